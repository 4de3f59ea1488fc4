import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const EXECUTABLE = process.env.HOSPITELL_CHROMIUM ?? "/usr/bin/chromium";

/** Null where there is none; the caller says so aloud. */
export function chromiumPath(): string | null {
  return existsSync(EXECUTABLE) ? EXECUTABLE : null;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
