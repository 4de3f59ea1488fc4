/** Consents over HTTP: by one in force, and by nothing else, does another hospital's doctor read. */
import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { commitmentOf } from "../../contracts/log/hash.ts";
import { encodeNetworkLeaf } from "../../contracts/log/leaf.ts";
import { CONSENT_DAYS_MAX, ConsentList, ConsentView, DocumentView } from "../../contracts/wire/documents.ts";
import { type DocumentWard, documentWard, TEXT } from "./document-ward.ts";
import { START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const HOUR_MS = 3_600_000;
const hours = (count: number) => new Date(START_MS + count * HOUR_MS).toISOString();
const TO_SOUTH = { kind: "share-documents", hospitalId: "south", until: hours(2) };

describeOnEachDatabase("consents", (cloud) => {
  let ward: DocumentWard;
  let documentId: string;
  beforeEach(async () => {
    ward = await documentWard(cloud());
    documentId = DocumentView.parse((await ward.doctor.upload(TEXT)).body).documentId;
  });
  const given = async (body: object = TO_SOUTH, key = "given") => {
    const answer = await ward.nurse.consent(body, key);
    expect(answer.status).toBe(201);
    return ConsentView.parse(answer.body);
  };

  it("let doctors of the hospital that they name list and fetch, and nobody else", async () => {
    const south = await ward.person("doctor", "south");
    expect((await south.file(documentId)).statusCode).toBe(404);
    expect(await given()).toMatchObject({
      state: "in-force",
      hospitalId: "south",
      hospitalName: "Southbank Hospital",
      given: { recordedBy: "nurse", hospitalId: "north", logged: null },
      withdrawn: null,
    });
    expect((await south.list()).body).toMatchObject({ documents: [{ documentId }] });
    expect((await south.file(documentId)).rawPayload.equals(TEXT)).toBe(true);
    expect((await south.upload(TEXT)).status).toBe(404);
    const nurse = await ward.person("nurse", "south");
    expect([(await nurse.list()).status, (await nurse.file(documentId)).statusCode]).toEqual([404, 404]);
    const events = await cloud()
      .db.selectFrom("deskEvents")
      .select(["kind", "hospitalIds"])
      .where("kind", "in", ["document-read", "consent-given"])
      .execute();
    expect(events).toEqual([
      { kind: "consent-given", hospitalIds: ["north"] },
      { kind: "document-read", hospitalIds: ["north", "south"] },
    ]);
  });

  it("end at their time, to the millisecond", async () => {
    await given();
    cloud().clock.now = START_MS + 2 * HOUR_MS - 1;
    const south = await ward.person("doctor", "south");
    expect((await south.file(documentId)).statusCode).toBe(200);
    cloud().clock.now += 1;
    expect([(await south.file(documentId)).statusCode, (await south.list()).status]).toEqual([404, 404]);
    expect((await ward.doctor.consents()).body).toMatchObject({ consents: [{ state: "expired" }] });
  });

  it("are withdrawn at once and once, by who has the patient or recorded them", async () => {
    const { consentId } = await given();
    const south = await ward.person("doctor", "south");
    expect((await south.file(documentId)).statusCode).toBe(200);
    expect((await south.withdraw(consentId)).body).toMatchObject({ status: 404, code: "CONSENT_NOT_FOUND" });
    const withdrawn = await ward.doctor.withdraw(consentId);
    expect(withdrawn).toMatchObject({
      status: 200,
      body: { state: "withdrawn", withdrawn: { recordedBy: "doctor", hospitalId: "north" } },
    });
    expect([(await south.file(documentId)).statusCode, (await south.list()).status]).toEqual([404, 404]);
    expect((await ward.doctor.withdraw(consentId)).body).toMatchObject({ code: "CONSENT_WITHDRAWN" });
    const again = await given(TO_SOUTH, "again");
    expect((await south.file(documentId)).statusCode).toBe(200);
    await ward.moveTo("south");
    expect((await south.withdraw(again.consentId)).status).toBe(200);
  });

  it("stand in the network's log, both when given and when withdrawn, as commitments that say nothing", async () => {
    const { consentId } = await given();
    await ward.doctor.withdraw(consentId);
    await cloud().logIntake.sequencer.look();
    const leaves = await cloud()
      .db.selectFrom("evidenceLeaves")
      .select(["leaf", "salt", "payload"])
      .where("kind", "=", "consent")
      .orderBy("index")
      .execute();
    expect(leaves.map(({ payload }) => JSON.parse(payload ?? "{}"))).toMatchObject([
      { act: "given", consentId, mayRead: "south", role: "nurse", hospitalId: "north", atMs: START_MS },
      { act: "withdrawn", consentId, mayRead: "south", role: "doctor", hospitalId: "north" },
    ]);
    for (const { leaf, salt, payload } of leaves) {
      const commitment = commitmentOf(salt ?? Buffer.of(), Buffer.from(payload ?? ""));
      expect(Buffer.from(leaf).equals(encodeNetworkLeaf({ kind: "consent", commitment }))).toBe(true);
    }
    const { consents } = ConsentList.parse((await ward.doctor.consents()).body);
    const { origin } = cloud().logIntake.network;
    expect(consents[0]?.given.logged?.origin).toBe(origin);
    expect(consents[0]?.withdrawn?.logged?.index).toBeGreaterThan(
      consents[0]?.given.logged?.index ?? Infinity,
    );
  });

  it("are recorded once under one key", async () => {
    const first = await given();
    const again = await ward.nurse.consent(TO_SOUTH, "given");
    expect(again).toMatchObject({ status: 200, body: { consentId: first.consentId } });
    const other = await ward.nurse.consent({ ...TO_SOUTH, until: hours(3) }, "given");
    expect(other.body).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    expect(ConsentList.parse((await ward.doctor.consents()).body).consents).toHaveLength(1);
  });

  it("name the signed form, where it is a document of the same patient", async () => {
    expect(await given({ ...TO_SOUTH, formDocumentId: documentId })).toMatchObject({
      formDocumentId: documentId,
    });
    const unknown = { ...TO_SOUTH, formDocumentId: crypto.randomUUID() };
    expect((await ward.nurse.consent(unknown, "other")).body).toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
  });

  it.each([
    ["that is over already", { until: hours(0) }, 400, "CONSENT_UNTIL"],
    ["of more than a year", { until: hours(24 * CONSENT_DAYS_MAX + 1) }, 400, "CONSENT_UNTIL"],
    ["for who records it", { hospitalId: "north" }, 409, "CONSENT_REFUSED"],
    ["for a hospital that is none", { hospitalId: "nowhere" }, 404, "HOSPITAL_NOT_FOUND"],
    ["of a kind that is none", { kind: "everything" }, 400, "VALIDATION"],
  ])("one %s is refused", async (_what, fields, status, code) => {
    expect((await ward.nurse.consent({ ...TO_SOUTH, ...fields }, "one")).body).toMatchObject({
      status,
      code,
    });
    expect((await ward.nurse.consents()).body).toMatchObject({ consents: [] });
  });

  it("are not recorded by who wants to read, nor seen by who is named in none", async () => {
    const south = await ward.person("doctor", "south");
    expect((await south.consent({ ...TO_SOUTH, hospitalId: "north" }, "own")).body).toMatchObject({
      code: "ENCOUNTER_NOT_FOUND",
    });
    expect((await south.consents()).body).toMatchObject({ code: "ENCOUNTER_NOT_FOUND" });
    await given();
    expect((await south.consents()).body).toMatchObject({ consents: [{ hospitalId: "south" }] });
  });

  it("go with an encounter that is merged into another, and so do its documents", async () => {
    await given();
    const into = crypto.randomUUID();
    await sql`INSERT INTO encounters (encounter_id, call_name, hospital_id, created_at_ms)
      VALUES (${into}, 'Amber Finch', 'north', ${START_MS})`.execute(cloud().db);
    await sql`UPDATE encounters SET merged_into = ${into} WHERE encounter_id = ${ward.encounterId}`.execute(
      cloud().db,
    );
    const south = await ward.person("doctor", "south");
    expect((await south.send("GET", `encounters/${into}/documents`)).body).toMatchObject({
      documents: [{ documentId }],
    });
    expect((await south.file(documentId)).statusCode).toBe(200);
  });
});
