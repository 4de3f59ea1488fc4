/** Signs in at a running demo and takes pictures of its pages, on a desk and a phone, for docs. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { DESK, PHONE } from "./open-page.ts";

export const ROOT = join(import.meta.dirname, "../..");
const SCREENSHOTS = "docs/screenshots";

/** What the demo prints once it runs: board, the gateways' consoles, then a nurse of each hospital. */
export async function linksOf(program: ChildProcess): Promise<string[]> {
  let said = "";
  program.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!said.includes("Ctrl-C")) {
    if (program.exitCode !== null) throw new Error(said);
    await sleep(100);
  }
  return said.match(/http\S+token=\S+/g) ?? [];
}

export async function signedIn(onBrowser: Browser, link: string): Promise<Page> {
  const context = await onBrowser.newContext({ viewport: DESK, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(link);
  // The cloud's link presses its own button; the gateway's waits for a person.
  if (new URL(page.url()).pathname !== "/")
    await page
      .getByRole("button")
      .click({ timeout: 2_000 })
      .catch(() => undefined);
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

export type Picture = {
  readonly fullPage?: boolean;
  readonly folder?: string;
  /** What is to be at the top of the picture. */
  readonly sight?: string;
};

export async function take(
  page: Page,
  name: string,
  schemes: readonly ("light" | "dark")[],
  { fullPage = false, folder = SCREENSHOTS, sight }: Picture = {},
): Promise<void> {
  const pictures = join(ROOT, folder);
  mkdirSync(pictures, { recursive: true });
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    for (const [size, viewport] of Object.entries({ "": DESK, "-phone": PHONE })) {
      await page.setViewportSize(viewport);
      if (sight !== undefined)
        await page
          .locator(sight)
          .first()
          .evaluate((element) => element.scrollIntoView());
      await page.waitForTimeout(800);
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}${size}.png`), fullPage });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(DESK);
}
