/**
 * The pictures of the evidence in docs/screens: `node test/web/evidence-screenshots.ts`. Runs the demo with its chain,
 * waits until a bed is anchored, and looks at it as a coordinator, a stranger and a nurse.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { BookingList } from "../../contracts/wire/booking.ts";
import { BedEvidence } from "../../contracts/wire/evidence.ts";
import { launchChromium } from "../support/chromium.ts";
import { layDeskScene } from "./desk-scene.ts";
import { give } from "./evidence-scenes.ts";
import { linksOf, ROOT, signedIn, take } from "./take-pictures.ts";

const PORT_OFFSET = 15_000;
/** The demo anchors every minute, and a block is final some seconds later. */
const ANCHORED_MS_MAX = 300_000;
/** The demo, a browser and whatever else runs share the machine. */
const ANSWERED_MS_MAX = 90_000;
const BED_ID = "north-bed-05";
const BOTH = ["light", "dark"] as const;
const LIGHT = ["light"] as const;
const IN = { folder: "docs/screens" } as const;

const data = mkdtempSync(join(tmpdir(), "hospitell-screens-"));
const demo = spawn(process.execPath, ["config/demo/start.ts", "--port-offset", String(PORT_OFFSET)], {
  cwd: ROOT,
  env: { ...process.env, HOSPITELL_DATA_DIR: data },
  stdio: ["pipe", "pipe", "inherit"],
});
const browser = await launchChromium();
try {
  const [board = "", , , northLink = "", southLink = ""] = await linksOf(demo);
  const coordinator = await signedIn(browser, board);
  const north = await signedIn(browser, northLink);
  const south = await signedIn(browser, southLink);
  for (const page of [coordinator, north]) page.setDefaultTimeout(ANSWERED_MS_MAX);
  const { origin } = new URL(coordinator.url());
  const bundle = await anchoredBundle(coordinator, origin);
  await layDeskScene({ coordinator, north, south });

  await coordinator.goto(`${origin}/?bed=${BED_ID}`);
  await coordinator
    .getByText(/Anchored in block/)
    .first()
    .waitFor();
  await take(coordinator, "proof-drawer", BOTH, { ...IN, sight: ".proof" });
  await coordinator.getByText("What these words are worth").click();
  await take(coordinator, "proof-explained", LIGHT, { ...IN, sight: ".proof-explained" });
  await coordinator.goto(`${origin}/evidence`);
  await coordinator.getByText("Gateways and witnesses").waitFor();
  await take(coordinator, "evidence", BOTH, { ...IN, fullPage: true });

  await coordinator.goto(`${origin}/verify`);
  await coordinator.getByText("Keep it as a file").waitFor();
  await give(coordinator, bundle, `${BED_ID}.json`);
  await coordinator.getByRole("heading", { name: "Accepted" }).waitFor();
  await take(coordinator, "verify-accepted", BOTH, { ...IN, fullPage: true });
  // One digit of a hash.
  const forged = bundle
    .toString()
    .replace(/"commitment":"(.)/, (all, first: string) => all.slice(0, -1).concat(first === "A" ? "B" : "A"));
  await give(coordinator, Buffer.from(forged), `${BED_ID}, changed.json`);
  await coordinator.getByRole("heading", { name: "Refused" }).waitFor();
  await take(coordinator, "verify-refused", LIGHT, { ...IN, fullPage: true });

  await north.goto(`${origin}/encounters/${await someEncounter(north, origin)}`);
  for (const [name, mimeType, bytes] of [
    ["Discharge letter.pdf", "application/pdf", 184_000],
    ["Consent form, signed.jpeg", "image/jpeg", 410_000],
  ] as const) {
    await north
      .getByLabel("Store a document")
      .setInputFiles({ name, mimeType, buffer: Buffer.alloc(bytes, name) });
    await north.getByText(`Stored: ${name}`).waitFor();
  }
  await north.getByLabel("Hospital that may read").fill("south");
  await north.getByRole("button", { name: "The patient consents" }).click();
  await north.getByText("Recorded:").waitFor();
  await north.getByRole("button", { name: "Close" }).click();
  await sleep(3_000);
  await take(north, "documents", LIGHT, { ...IN, fullPage: true });
} finally {
  await browser.close();
  demo.kill("SIGINT");
  await new Promise((resolve) => demo.once("exit", resolve));
  rmSync(data, { recursive: true, force: true });
}

/** Of the newest statement of the bed that stands in a block, as soon as there is one. */
async function anchoredBundle(page: Page, origin: string): Promise<Buffer> {
  const endMs = performance.now() + ANCHORED_MS_MAX;
  while (performance.now() < endMs) {
    const answer = await page.request.get(`${origin}/api/v1/beds/${BED_ID}/evidence`);
    const { statements } = answer.ok() ? BedEvidence.parse(await answer.json()) : { statements: [] };
    const found = statements.find(({ anchored, kind }) => anchored !== null && kind === "occupancy-changed");
    if (found?.bundle != null) return await (await page.request.get(`${origin}${found.bundle}`)).body();
    await sleep(2_000);
  }
  throw new Error(`nothing that ${BED_ID} said was anchored within ${ANCHORED_MS_MAX / 1_000} s`);
}

async function someEncounter(page: Page, origin: string): Promise<string> {
  const answer = await page.request.get(`${origin}/api/v1/bookings?live=true`);
  const { bookings } = BookingList.parse(await answer.json());
  const found = bookings.find(({ state, hospitalId }) => state === "admitted" && hospitalId === "north");
  if (found === undefined) throw new Error("nobody is admitted in the north");
  return found.encounterId;
}
