import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export const DESK = { width: 1920, height: 1080 } as const;
export const PHONE = { width: 390, height: 844 } as const;

export type OpenPage = { readonly page: Page; readonly complaints: string[]; close(): Promise<void> };

/** A page that writes down whatever the browser complains of, and every request that leaves its own origin. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: Pick<BrowserContextOptions, "viewport" | "colorScheme" | "hasTouch">,
): Promise<OpenPage> {
  const context = await browser.newContext({ ...options, timezoneId: "Europe/London", locale: "en-GB" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // A refused request is part of some scenes, and the browser always mentions it.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`left its origin: ${request.url()}`);
  });
  return { page, complaints, close: () => context.close() };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, each with the elements it means. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    type Result = { violations: { id: string; help: string; nodes: { html: string }[] }[] };
    const axe = (globalThis as unknown as { axe: { run(options: object): Promise<Result> } }).axe;
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => {
      const first = nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
      return `${id}: ${help} (${nodes.length})\n      ${first.join("\n      ")}`;
    });
  });
}
