/** An erased document is gone with its key, and so are copies of it elsewhere. */
import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { Copier } from "../../cloud/documents/copier.ts";
import { copyWanted } from "../../cloud/documents/copy-rows.ts";
import { kuboPlace } from "../../cloud/documents/kubo-place.ts";
import { DocumentView, ErasureDone } from "../../contracts/wire/documents.ts";
import { startKuboReplay } from "../support/kubo-replay.ts";
import { allRows, type DocumentWard, documentWard, PDF, TEXT } from "./document-ward.ts";
import { START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const REASON = "The patient asked for it.";

describeOnEachDatabase("erasures of documents", (cloud) => {
  let ward: DocumentWard;
  beforeEach(async () => {
    ward = await documentWard(cloud());
  });
  const stored = async (content = TEXT) =>
    DocumentView.parse((await ward.doctor.upload(content)).body).documentId;
  const erase = async (
    documentId: string,
    hospital: "north" | "south" = "north",
    key: string = crypto.randomUUID(),
  ) =>
    await (await ward.person("hospital-admin", hospital)).send(
      "POST",
      "evidence/erasures",
      { documentId, reason: REASON },
      key,
    );
  const logged = async () => {
    while ((await cloud().logIntake.sequencer.look()) > 0);
  };

  it("take its bytes, its key, its name, its CID and what the log committed to; another stays", async () => {
    const [documentId, other] = [await stored(), await stored(PDF)];
    await logged();
    const { db } = cloud();
    const row = await db
      .selectFrom("documents")
      .selectAll()
      .where("documentId", "=", documentId)
      .executeTakeFirstOrThrow();
    const leaf = await db
      .selectFrom("evidenceLeaves")
      .selectAll()
      .where("entryId", "=", row.entryId)
      .executeTakeFirstOrThrow();
    const block = await db
      .selectFrom("documentBlocks")
      .select("bytes")
      .where("documentId", "=", documentId)
      .executeTakeFirstOrThrow();
    const hex = (bytes: Uint8Array | null) => Buffer.from(bytes ?? Buffer.from("missing")).toString("hex");
    const traces = [
      hex(block.bytes),
      hex(row.wrappedKey),
      hex(row.sealedName),
      row.cid ?? "",
      hex(leaf.salt),
    ];
    const before = await allRows(cloud());
    for (const trace of traces) expect(before).toContain(trace);
    const erased = await erase(documentId);
    expect(erased).toMatchObject({ status: 201, body: { kind: "document", archives: [] } });
    expect(ErasureDone.parse(erased.body).leaves).toMatchObject([{ index: leaf.index }]);
    await logged();
    const after = (await allRows(cloud())) + cloud().logged.join("\n");
    for (const trace of traces) expect(after).not.toContain(trace);
    expect((await ward.doctor.file(documentId)).json()).toMatchObject({ code: "DOCUMENT_NOT_FOUND" });
    expect((await ward.doctor.list()).body).toMatchObject({ documents: [{ documentId: other }] });
    expect((await ward.doctor.file(other)).rawPayload.equals(PDF)).toBe(true);
    expect((await erase(documentId)).body).toMatchObject({ code: "ERASED_ALREADY" });
  });

  it("wait for the log, for a legal hold, and are for the hospital that stored it", async () => {
    const documentId = await stored();
    expect((await erase(documentId)).body).toMatchObject({ code: "ERASURE_NOT_LOGGED" });
    await logged();
    expect((await erase(documentId, "south")).body).toMatchObject({ status: 404, code: "ERASURE_NOT_FOUND" });
    const hold = async (bed: string | null) =>
      await sql`INSERT INTO legal_holds (hold_id, hospital_id, bed_id, from_ms, reason, created_at_ms, created_role,
        created_session_sha256, request_sha256)
        VALUES (gen_random_uuid(), 'north', ${bed}, ${START_MS - 1}, 'Case 7', 0, 'hospital-admin', 's', 'r')`.execute(
        cloud().db,
      );
    await hold("north-9");
    await hold("north-1");
    expect((await erase(documentId)).body).toMatchObject({ code: "ERASURE_HELD" });
    await sql`UPDATE legal_holds SET released_at_ms = 1, released_role = 'hospital-admin' WHERE bed_id = 'north-1'`.execute(
      cloud().db,
    );
    expect((await erase(documentId)).status).toBe(201);
  });

  it("answer a repetition as they did the first time", async () => {
    const documentId = await stored();
    await logged();
    const admin = await ward.person("hospital-admin");
    const body = { documentId, reason: REASON };
    const first = await admin.send("POST", "evidence/erasures", body, "once");
    const again = await admin.send("POST", "evidence/erasures", body, "once");
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
  });

  it("reach the copy in a Kubo, also one that is away at first", async () => {
    const { db, clock } = cloud();
    const kubo = await startKuboReplay();
    try {
      const place = kuboPlace(kubo.url);
      let isAway = false;
      const copier = new Copier({
        db,
        clock: { nowMs: async () => clock.now },
        log: { warn: () => {} },
        place: {
          put: place.put,
          async remove(cid, blockCids) {
            if (isAway) throw Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
            await place.remove(cid, blockCids);
          },
        },
      });
      const documentId = await stored();
      const { bytes, cid } = await db
        .selectFrom("documentBlocks")
        .select(["bytes", "cid"])
        .where("documentId", "=", documentId)
        .executeTakeFirstOrThrow();
      const wanted = { documentId, sealed: new Uint8Array(bytes) };
      await db.transaction().execute(async (trx) => await copyWanted(trx, wanted, clock.now));
      expect([await copier.copyNext(), await copier.copyNext()]).toEqual([true, false]);
      expect([...kubo.pins]).toEqual([cid]);
      expect(Buffer.from(kubo.blocks.get(cid) ?? Buffer.of()).equals(Buffer.from(bytes))).toBe(true);
      await logged();
      expect((await erase(documentId)).status).toBe(201);
      isAway = true;
      await copier.copyNext();
      const copies = db.selectFrom("documentCopies").select(["state", "documentId", "lastError"]);
      expect(await copies.execute()).toEqual([
        { state: "unwanted", documentId: null, lastError: "connect refused" },
      ]);
      isAway = false;
      expect(await copier.copyNext()).toBe(false);
      clock.now += 5_000;
      expect(await copier.copyNext()).toBe(true);
      expect([kubo.pins.size, kubo.blocks.size, kubo.unknown]).toEqual([0, 0, []]);
      expect(await copies.execute()).toEqual([]);
    } finally {
      await kubo.stop();
    }
  });
});
