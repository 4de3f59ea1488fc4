/** What the screens of the evidence show, in each of their states, as a browser meets them. */
import type { Page } from "playwright-core";
import type { BedEvidence } from "../../contracts/wire/evidence.ts";
import { aSnapshot } from "./a-bed.ts";
import type { Scene } from "./board-scenes.ts";
import { fakeCloud, NURSE_NORTH } from "./fake-cloud.ts";
import { sceneBeds } from "./scene.ts";
import { differingEvidence, sceneEvidence } from "./scene-evidence.ts";

const beds = sceneBeds();
const BED_ID = "north-bed-01";
const [bed] = beds;
if (bed === undefined) throw new Error("the scene has no bed");

const told = async (page: Page, evidence: BedEvidence) => {
  await fakeCloud(page, beds, [aSnapshot(beds)], NURSE_NORTH);
  await page.route(`**/api/v1/beds/${BED_ID}/evidence`, (route) => route.fulfill({ json: evidence }));
};
const proofInSight = async (page: Page) => {
  await page.locator(".proof-all, .proof-explained").first().waitFor();
  await page.locator(".proof").evaluate((proof) => proof.scrollIntoView());
};

export const EVIDENCE_SCENES: readonly Scene[] = [
  {
    name: "proof-drawer",
    path: `/?bed=${BED_ID}`,
    prepare: (page) => told(page, sceneEvidence(bed)),
    play: proofInSight,
  },
  {
    name: "proof-drawer-open",
    path: `/?bed=${BED_ID}`,
    prepare: (page) => told(page, differingEvidence(bed)),
    play: async (page) => {
      await proofInSight(page);
      await page.getByText("What these words are worth").click();
      await page.getByText("Its last 7 statements").click();
    },
  },
  {
    name: "proof-page",
    path: `/beds/${BED_ID}`,
    prepare: (page) => told(page, sceneEvidence(bed)),
    play: proofInSight,
  },
];
