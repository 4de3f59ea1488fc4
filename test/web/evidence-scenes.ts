/** What the screens of the evidence show, in each of their states, as a browser meets them. */
import type { Page } from "playwright-core";
import type { BedEvidence } from "../../contracts/wire/evidence.ts";
import { aSnapshot } from "./a-bed.ts";
import type { Scene } from "./board-scenes.ts";
import { fakeCloud, NURSE_NORTH, refusingCloud } from "./fake-cloud.ts";
import { aDocument, ENCOUNTER, fakeDocuments } from "./fake-documents.ts";
import { pageCloud } from "./page-scenes.ts";
import { sceneBeds } from "./scene.ts";
import { aBundle, anEvidenceHealth, differingEvidence, sceneEvidence } from "./scene-evidence.ts";

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

const asCoordinator = (page: Page) => fakeCloud(page, beds, [aSnapshot(beds)]);
const ADMINISTRATOR_NORTH = { role: "hospital-admin", hospitalId: "north" } as const;
/** Who answers for the north. */
export async function asAdministrator(page: Page) {
  await fakeCloud(page, beds, [aSnapshot(beds)], ADMINISTRATOR_NORTH);
  return await fakeDocuments(page);
}
const policyIsThere = (page: Page) => page.getByText("Keep it as a file").waitFor();

/** As somebody who has the file chooses it. */
export async function give(page: Page, bytes: Uint8Array, name = "north-bed-01-88.json"): Promise<void> {
  const buffer = Buffer.from(bytes);
  await page.getByLabel("Drop the file here").setInputFiles({ name, mimeType: "application/json", buffer });
}

export const EVIDENCE_SCENES: readonly Scene[] = [
  {
    name: "proof-drawer",
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
  {
    name: "evidence",
    path: "/evidence",
    prepare: asCoordinator,
    play: (page) => page.getByText("Gateways and witnesses").waitFor(),
  },
  {
    name: "evidence-well",
    path: "/evidence",
    prepare: async (page) => {
      await asCoordinator(page);
      const { gateways } = anEvidenceHealth();
      const health = anEvidenceHealth({ gateways: gateways.slice(0, 2), alarms: [], anchor: null });
      await page.route("**/api/v1/evidence/health", (route) => route.fulfill({ json: health }));
    },
    play: (page) => page.getByText("No chain is set up").first().waitFor(),
  },
  {
    name: "evidence-denied",
    path: "/evidence",
    prepare: (page) => refusingCloud(page, 403),
    play: (page) => page.getByText("Your role does not open").waitFor(),
  },
  {
    name: "verify-accepted",
    path: "/verify",
    prepare: asCoordinator,
    play: async (page) => {
      await policyIsThere(page);
      await give(page, aBundle());
      await page.getByRole("heading", { name: "Accepted" }).waitFor();
    },
  },
  {
    name: "verify-refused",
    path: "/verify",
    prepare: asCoordinator,
    play: async (page) => {
      await policyIsThere(page);
      await give(
        page,
        aBundle().map((byte, at) => (at === 900 ? byte ^ 1 : byte)),
      );
      await page.getByRole("heading", { name: "Refused" }).waitFor();
    },
  },
  {
    name: "verify-signed-out",
    path: "/verify",
    prepare: (page) => refusingCloud(page, 401),
    play: async (page) => {
      await page.getByText("You are signed out.").waitFor();
      await page.getByLabel("A policy of my own").check();
    },
  },
  {
    name: "documents",
    path: ENCOUNTER,
    prepare: async (page) => {
      await pageCloud(page, NURSE_NORTH);
      await fakeDocuments(page);
    },
    play: (page) => page.getByText("Discharge letter.pdf").first().waitFor(),
  },
  {
    name: "erasures",
    path: "/evidence",
    prepare: asAdministrator,
    play: async (page) => {
      await page.getByLabel("Number of a document").fill(aDocument(1).documentId);
      await page.getByRole("button", { name: "Erase it…" }).click();
      await page.getByRole("form").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "erase-statement",
    path: `/?bed=${BED_ID}`,
    prepare: asAdministrator,
    play: async (page) => {
      await page.getByText("Its last 7 statements").click();
      await page.getByRole("button", { name: "Erase… number 90" }).click();
      await page.getByRole("form", { name: "Erase number 90" }).waitFor();
    },
  },
];
