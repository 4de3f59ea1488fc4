import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, vi } from "vitest";
import { buildWeb } from "../../config/demo/build-web.ts";
import { chromiumPath, launchChromium } from "../support/chromium.ts";
import { type Served, serveDist } from "./serve-dist.ts";

/** A built page on a port of its own, and a browser to look at it. */
export type ServedBoard = { readonly url: string; readonly browser: Browser };

type InBrowser = {
  readonly web: "cloud/web" | "gateway/web";
  /** Only where the page's pace is what is tested. */
  readonly optimizes: boolean;
};

/** Holds in time: the browser shares the machine with other tests. */
export const soon = (holds: () => Promise<void>, withinMs = 20_000): Promise<void> =>
  vi.waitFor(holds, { timeout: withinMs });

/** Tests that need a browser; where there is none they say so, and fail where every test must run. */
export function describeInBrowser(
  name: string,
  tests: (board: ServedBoard) => void,
  { web = "cloud/web", optimizes = false }: Partial<InBrowser> = {},
): void {
  const isMissing = chromiumPath() === null;
  if (isMissing && process.env.CI !== undefined) throw new Error(`${name}: Chromium is missing`);
  if (isMissing) console.warn(`SKIPPED: ${name} needs Chromium (apt-get install chromium)`);
  describe.skipIf(isMissing)(name, { timeout: 60_000 }, () => {
    let served: Served | undefined;
    let browser: Browser | undefined;

    beforeAll(async () => {
      await buildWeb();
      served = await serveDist(join(import.meta.dirname, "../..", web, "dist"));
      browser = await launchChromium({ optimizes });
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      served?.close();
    });

    // What a test reads is there only once it runs.
    tests({
      get url() {
        return present(served).url;
      },
      get browser() {
        return present(browser);
      },
    });
  });
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("the page is not served yet");
  return part;
}
