import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const EXECUTABLE = process.env.HOSPITELL_CHROMIUM ?? "/usr/bin/chromium";

/** Null where there is none; the caller says so aloud. */
export function chromiumPath(): string | null {
  return existsSync(EXECUTABLE) ? EXECUTABLE : null;
}

/**
 * Chromium loads two pages of its own, the lists under its address bar, for each window, and keeps a process ready for the
 * next one; nobody sees either, and together they cost as much as the page under test. The last list of features counts,
 * so those that Playwright turns off itself are named again.
 */
const FEATURES_OFF = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "SpareRendererForSitePerProcess",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

/**
 * `optimizes`: whether what a page runs often is compiled for speed. A page that lives for seconds pays more for that than
 * it gains; where its pace is measured it has to.
 */
export function launchChromium({ optimizes = true } = {}): Promise<Browser> {
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
      `--disable-features=${FEATURES_OFF.join(",")}`,
      ...(optimizes ? [] : ["--js-flags=--no-turbofan --no-maglev"]),
    ],
  });
}
