/** The screens of the evidence in a real browser, played by a cloud of the test's own. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { packCar } from "../../cloud/evidence/views/content.ts";
import { aSnapshot } from "./a-bed.ts";
import { describeInBrowser, type ServedBoard, soon } from "./describe-in-browser.ts";
import { asAdministrator, EVIDENCE_SCENES, give } from "./evidence-scenes.ts";
import { fakeCloud, NURSE_NORTH, refusingCloud } from "./fake-cloud.ts";
import { aDocument, ENCOUNTER, fakeDocuments } from "./fake-documents.ts";
import { axeViolations, DESK, openPage, PHONE } from "./open-page.ts";
import { pageCloud } from "./page-scenes.ts";
import { sceneBeds } from "./scene.ts";
import { aBundle, aPolicyOfTheCloud, differingEvidence, sceneEvidence } from "./scene-evidence.ts";

const beds = sceneBeds();
const [bed] = beds;
if (bed === undefined) throw new Error("the scene has no bed");
const BED = "/?bed=north-bed-01";

describeInBrowser("the evidence in a browser", (board: ServedBoard) => {
  async function visit<Played>(
    path: string,
    prepare: (page: Page) => Promise<Played>,
    play: (page: Page, played: Played) => Promise<void>,
  ): Promise<void> {
    const { page, complaints, close } = await openPage(board.browser, board.url, { viewport: DESK });
    const played = await prepare(page);
    await page.goto(board.url + path);
    await play(page, played);
    expect(complaints).toEqual([]);
    await close();
  }
  const asCoordinator = (page: Page) => fakeCloud(page, beds, [aSnapshot(beds)]);
  const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true }).waitFor();
  const policyIsThere = (page: Page) => page.getByText("Keep it as a file").waitFor();
  const standing = (page: Page) => page.getByRole("list", { name: "What its status rests on" });

  test("a bed says what of its status is logged, witnessed and anchored, and what is not yet and for how long", () =>
    visit(BED, asCoordinator, async (page) => {
      const occupancy = standing(page).getByRole("listitem").filter({ hasText: "Occupancy: Empty" }).first();
      await occupancy.getByText("Anchored in block 12,345 at 07:11:00").waitFor();
      await occupancy.getByText("Witnessed at 07:02:04 by Southbank Hospital").waitFor();
      const hrefs = await occupancy
        .getByRole("link")
        .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      expect(hrefs).toEqual(
        ["json", "car"].map(
          (format) => `/api/v1/beds/north-bed-01/evidence/00000000deadbeef/88/bundle?format=${format}`,
        ),
      );
      const service = standing(page).getByRole("listitem").filter({ hasText: "Service: Open" }).first();
      await service.getByText(/Not logged yet, for \d+ s/).waitFor();
      expect(await service.getByRole("link").count()).toBe(0);
      await page.getByText("What these words are worth").press("Enter");
      await page.getByText("It does not show that the sensor was right.").waitFor();
    }));

  test("a bed's proof follows as it grows", async () => {
    let isWitnessed = false;
    await visit(
      BED,
      async (page) => {
        await asCoordinator(page);
        await page.route("**/api/v1/beds/north-bed-01/evidence", (route) => {
          const evidence = sceneEvidence(bed);
          const [, , witnessed] = evidence.statements;
          const statements = evidence.statements.map((one) =>
            one.seq === 92 && isWitnessed && witnessed !== undefined
              ? { ...one, witnessed: witnessed.witnessed }
              : one,
          );
          return route.fulfill({ json: { ...evidence, statements } });
        });
      },
      async (page) => {
        const infection = standing(page)
          .getByRole("listitem")
          .filter({ hasText: "Infection control" })
          .first();
        await infection.getByText("Not witnessed yet").waitFor();
        isWitnessed = true;
        await infection.getByText("Witnessed at 08:56:04").waitFor();
      },
    );
  });

  test("a statement that does not match the log, and an erased one, are loud", () =>
    visit(
      BED,
      async (page) => {
        await asCoordinator(page);
        await page.route("**/api/v1/beds/north-bed-01/evidence", (route) =>
          route.fulfill({ json: differingEvidence(bed) }),
        );
      },
      async (page) => {
        await page
          .getByRole("alert")
          .getByText("One statement of this bed does not match the log.")
          .waitFor();
        await standing(page).getByText("Does not match").waitFor();
        await page.getByText("Its last 7 statements").click();
        const all = page.getByRole("list", { name: "What it said, newest first" });
        await all.getByText("What it said was destroyed for good.").waitFor();
        expect(await page.getByRole("button", { name: "Erase…" }).count()).toBe(0);
      },
    ));

  test("a file is checked with the network off: accepted as JSON, as CAR and as text, refused for one bit", () =>
    visit("/verify", asCoordinator, async (page) => {
      await policyIsThere(page);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.context().setOffline(true);
      const bytes = aBundle();
      await give(page, bytes);
      await heading(page, "Accepted");
      await page.getByText("The last step is yours: compare this hash").waitFor();
      await page.getByText("It was checked against the keys that this service names itself.").waitFor();
      expect(await page.locator(".verify-hash").textContent()).toMatch(/^0x[0-9a-f]{64}$/);
      await give(page, packCar(bytes), "north-bed-01-88.car");
      await page.getByRole("article", { name: "north-bed-01-88.car: accepted" }).waitFor();
      await page.getByRole("textbox", { name: "or paste its text" }).fill(`${Buffer.from(bytes)}\n`);
      await page.getByRole("article", { name: "Pasted text: accepted" }).waitFor();
      // A digit of the record's number: still a bundle, and another statement.
      const text = Buffer.from(bytes).toString();
      const forged = text.replace(/"firstSeq":(\d+),(.*)"lastSeq":\d+/, '"firstSeq":99,$2"lastSeq":99');
      expect(forged).not.toBe(text);
      await give(page, Buffer.from(forged), "forged.json");
      await heading(page, "Refused");
      await page.getByText("The statement is not in the log that the gateway signed.").waitFor();
      await page.getByText("leaf-not-in-gateway-log").waitFor();
      // The live socket may knock meanwhile; nothing else does.
      expect(asked.filter((url) => !url.includes("/api/v1/live"))).toEqual([]);
    }));

  test("a file that is dropped beside the box is checked, and does not replace the page", () =>
    visit("/verify", asCoordinator, async (page) => {
      await policyIsThere(page);
      const text = Buffer.from(aBundle()).toString();
      const transfer = await page.evaluateHandle((content) => {
        const data = new DataTransfer();
        data.items.add(new File([content], "dropped.json"));
        return data;
      }, text);
      await page.dispatchEvent("h2", "drop", { dataTransfer: transfer });
      await page.getByRole("article", { name: "dropped.json: accepted" }).waitFor();
      expect(new URL(page.url()).pathname).toBe("/verify");
    }));

  test("whoever is not signed in checks against a policy of their own, and is told what is wrong with it", () =>
    visit(
      "/verify",
      (page) => refusingCloud(page, 401),
      async (page) => {
        await page.getByText("You can check a file all the same").waitFor();
        await page.getByLabel("A policy of my own").check();
        await give(page, aBundle());
        await page.getByText("It waits for a policy").waitFor();
        const own = page.getByRole("region", { name: "Whom you trust" });
        const policy = aPolicyOfTheCloud();
        const pasted = own.getByRole("textbox");
        await pasted.fill(JSON.stringify({ ...policy, witnessesMin: "two" }));
        await own.getByRole("alert").getByText("witnessesMin").waitFor();
        await pasted.fill(JSON.stringify({ ...policy, witnessesMin: 3 }, null, 2));
        await page.getByText("too-few-witnesses").waitFor();
        await pasted.fill(JSON.stringify(policy));
        await heading(page, "Accepted");
        await page.getByText("It was checked against your own policy.").waitFor();
      },
    ));

  test("how the evidence is: who is behind or halted, what the anchor cost, and what to do about an alarm", () =>
    visit("/evidence", asCoordinator, async (page) => {
      const row = (name: string) => page.getByRole("row").filter({ hasText: name });
      await row("north-gateway").getByText("4 behind").waitFor();
      await row("east-gateway").getByText("nothing signed yet").waitFor();
      await row("west-gateway").getByText("It signed two different roots of size 128300.").waitFor();
      await page.getByText("11,887,200 in 312 anchors").waitFor();
      await page.getByText("take the gateway out of service, keep its data directory").waitFor();
      expect(await page.getByRole("heading", { name: "Erased for good" }).count()).toBe(0);
    }));

  test("a document is stored, listed, saved and consented to, and one that was changed is not saved", () =>
    visit(
      "/bookings",
      async (page) => {
        await pageCloud(page, NURSE_NORTH);
        return await fakeDocuments(page);
      },
      async (page, documents) => {
        await page.getByRole("link", { name: "Documents and consent of R-7F3K" }).click();
        await page.getByRole("heading", { name: "Documents and consent: R-7F3K" }).waitFor();
        expect(new URL(page.url()).pathname).toBe(ENCOUNTER);
        const upload = page.getByLabel("Store a document");
        await upload.setInputFiles({ name: "x.html", mimeType: "text/html", buffer: Buffer.from("<b>") });
        await page.getByText("Not stored: x.html.").waitFor();
        expect(documents.sent).toEqual([]);
        const buffer = Buffer.alloc(300_000, "%PDF");
        await upload.setInputFiles({ name: "Arztbrief Müller.pdf", mimeType: "application/pdf", buffer });
        await page.getByText("Stored: Arztbrief Müller.pdf").waitFor();
        expect(documents.sent[0]).toMatchObject({ body: "Arztbrief Müller.pdf", type: "application/pdf" });
        await page.getByRole("button", { name: "Save Arztbrief Müller.pdf" }).waitFor();

        const saving = page.waitForEvent("download");
        await page.getByRole("button", { name: "Save Discharge letter.pdf" }).click();
        const download = await saving;
        expect(download.suggestedFilename()).toBe("Discharge letter.pdf");
        expect(await readFile(await download.path(), "utf8")).toBe("%PDF-1.7");
        documents.damageNext();
        await page.getByRole("button", { name: "Save Discharge letter.pdf" }).click();
        await page.getByText("The document does not match its commitment.").waitFor();

        await page.getByLabel("Hospital that may read").fill("south");
        await page.getByRole("button", { name: "The patient consents" }).click();
        await page.getByText("Recorded: doctors of Southbank Hospital may read the documents.").waitFor();
        expect(documents.sent.at(-1)?.body).toMatchObject({ kind: "share-documents", hospitalId: "south" });
        await page.getByRole("button", { name: "Withdraw it for Southbank Hospital" }).click();
        await page.getByText("Withdrawn: nobody at Southbank Hospital").waitFor();
      },
    ));

  test("erasing takes a reason and a typed word, says what it does, and names the files that may hold it still", () =>
    visit(BED, asAdministrator, async (page, documents) => {
      await page.getByText("Its last 7 statements").click();
      await page.getByRole("button", { name: "Erase… number 90" }).click();
      const form = page.getByRole("form", { name: "Erase number 90 of bed 1A" });
      await form.getByText("Nobody brings it back, this service neither.").waitFor();
      await form.getByLabel("Why; name nobody").fill("Said of another bed");
      await form.getByLabel("Type erase 1A").fill("erase 1B");
      await form.getByLabel("Type erase 1A").press("Enter");
      expect(documents.sent).toEqual([]);
      await form.getByLabel("Type erase 1A").fill("erase 1A");
      await form.getByLabel("Type erase 1A").press("Enter");
      await page.getByText("readings-2026-11-23.parquet").waitFor();
      expect(documents.sent.map(({ body }) => body)).toEqual([
        { bedId: "north-bed-01", epoch: "00000000deadbeef", seq: 90, reason: "Said of another bed" },
      ]);
    }));

  test("an administrator erases a document by its number alone", () =>
    visit("/evidence", asAdministrator, async (page, documents) => {
      await page.getByText("Stored for another patient by mistake").waitFor();
      const { documentId } = aDocument(1);
      await page.getByLabel("Number of a document").fill(documentId);
      await page.getByLabel("Number of a document").press("Enter");
      await page.getByLabel("Why; name nobody").fill("Of another patient");
      await page.getByLabel("Type erase document").fill("erase document");
      await page.getByRole("button", { name: "Erase for good" }).click();
      await page.getByText("Erased.", { exact: true }).waitFor();
      await soon(async () =>
        expect(documents.sent.map(({ body }) => body)).toEqual([
          { documentId, reason: "Of another patient" },
        ]),
      );
    }));

  test.each(EVIDENCE_SCENES.map((scene) => [scene.name, scene] as const))(
    "%s fits a desk in light and dark, and a phone, and axe has nothing against it",
    async (_name, scene) => {
      const { page, complaints, close } = await openPage(board.browser, board.url, { viewport: DESK });
      await scene.prepare(page);
      await page.goto(board.url + (scene.path ?? "/"));
      await scene.play(page);
      for (const [viewport, colorScheme] of [
        [DESK, "light"],
        [DESK, "dark"],
        [PHONE, "light"],
      ] as const) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        const width = () => page.evaluate(() => document.documentElement.scrollWidth);
        await soon(async () => expect(await width()).toBeLessThanOrEqual(viewport.width));
        expect(await axeViolations(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );
});
