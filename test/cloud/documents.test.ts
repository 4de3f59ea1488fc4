/** A patient's documents over HTTP: sealed, told to who may read them, and shown only as they were stored. */
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { DOCUMENT_BYTES_MAX, DocumentList, DocumentView } from "../../contracts/wire/documents.ts";
import { until } from "../support/until.ts";
import { type DocumentWard, documentWard, PDF, TEXT } from "./document-ward.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("documents", (cloud) => {
  let ward: DocumentWard;
  beforeEach(async () => {
    ward = await documentWard(cloud());
  });

  it("are stored, listed and fetched as they were sent, to be saved and not to be shown", async () => {
    const { doctor, nurse } = ward;
    const stored = await doctor.upload(PDF, { name: "Befund Müller (2).pdf", type: "application/pdf" });
    expect(stored).toMatchObject({
      status: 201,
      body: {
        name: "Befund Müller (2).pdf",
        type: "application/pdf",
        bytes: PDF.length,
        storedBy: "doctor",
        logged: null,
      },
    });
    const { documentId } = DocumentView.parse(stored.body);
    const { documents } = DocumentList.parse((await nurse.list()).body);
    expect(documents).toEqual([stored.body]);
    const file = await nurse.file(documentId);
    expect(file.statusCode).toBe(200);
    expect(file.rawPayload.equals(PDF)).toBe(true);
    expect(file.headers).toMatchObject({
      "content-type": "application/pdf",
      "content-disposition": `attachment; filename="Befund M_ller (2).pdf"; filename*=UTF-8''Befund%20M%C3%BCller%20%282%29.pdf`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    await cloud().logIntake.sequencer.look();
    const { network } = cloud().logIntake;
    expect((await doctor.view(documentId)).body).toMatchObject({ logged: { origin: network.origin } });
    expect((await doctor.file(documentId)).statusCode).toBe(200);
  });

  it("of several blocks come back whole", async () => {
    const content = Buffer.alloc(3 * 1_048_576 + 17, 7);
    const { documentId } = DocumentView.parse((await ward.doctor.upload(content)).body);
    const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM document_blocks`.execute(
      cloud().db,
    );
    expect(rows).toEqual([{ count: 4 }]);
    expect((await ward.doctor.file(documentId)).rawPayload.equals(content)).toBe(true);
  });

  it("lie nowhere in the database or the log in the clear, nor does their name or a hash of them", async () => {
    const { documentId } = DocumentView.parse(
      (await ward.doctor.upload(TEXT, { name: "quillfeather.txt" })).body,
    );
    await ward.doctor.file(documentId);
    await ward.doctor.upload(TEXT, { name: "quillfeather.txt", type: "text/html" });
    await cloud().logIntake.sequencer.look();
    const everywhere = (await ward.dump()) + cloud().logged.join("\n");
    expect(everywhere).toContain(documentId);
    for (const secret of [TEXT, Buffer.from("quillfeather"), ...ward.hashesOf(TEXT)])
      for (const form of [secret.toString(), secret.toString("hex"), secret.toString("base64").slice(0, -4)])
        expect(everywhere).not.toContain(form);
  });

  it("are for doctors and nurses of the hospital that stored them; for others there are none", async () => {
    const { documentId } = DocumentView.parse((await ward.doctor.upload(TEXT)).body);
    for (const role of [
      "super-admin",
      "hospital-admin",
      "emergency-coordinator",
      "facility-engineer",
    ] as const) {
      const other = await ward.person(role);
      expect([(await other.list()).status, (await other.file(documentId)).statusCode]).toEqual([403, 403]);
      expect((await other.upload(TEXT)).status).toBe(403);
    }
    for (const role of ["doctor", "nurse"] as const) {
      const elsewhere = await ward.person(role, "south");
      expect((await elsewhere.list()).body).toMatchObject({ status: 404, code: "ENCOUNTER_NOT_FOUND" });
      expect((await elsewhere.view(documentId)).body).toMatchObject({
        status: 404,
        code: "DOCUMENT_NOT_FOUND",
      });
      expect((await elsewhere.file(documentId)).statusCode).toBe(404);
      expect((await elsewhere.upload(TEXT)).body).toMatchObject({ status: 404, code: "ENCOUNTER_NOT_FOUND" });
    }
  });

  it("stay with who stored them when the patient goes on; who has them then stores their own", async () => {
    const { documentId } = DocumentView.parse((await ward.doctor.upload(TEXT)).body);
    await ward.moveTo("south");
    const south = await ward.person("doctor", "south");
    expect((await south.list()).body).toMatchObject({ documents: [] });
    expect((await south.file(documentId)).statusCode).toBe(404);
    const own = DocumentView.parse((await south.upload(PDF, { type: "application/pdf" })).body);
    expect((await ward.doctor.file(documentId)).statusCode).toBe(200);
    expect((await ward.doctor.file(own.documentId)).statusCode).toBe(404);
    expect((await ward.doctor.upload(TEXT)).status).toBe(404);
  });

  it.each([
    ["another type", { type: "text/html" }, TEXT, 415, "DOCUMENT_TYPE"],
    ["a type of its own name alone", { type: "image/svg+xml" }, TEXT, 415, "DOCUMENT_TYPE"],
    ["no bytes", {}, Buffer.alloc(0), 400, "DOCUMENT_EMPTY"],
    ["a path as its name", { name: "../../etc/passwd" }, TEXT, 400, "VALIDATION"],
    ["no name", { name: " " }, TEXT, 400, "VALIDATION"],
    ["a newline in its name", { name: "a\nb.txt" }, TEXT, 400, "VALIDATION"],
  ])("with %s are refused, and nothing is stored", async (_what, fields, content, status, code) => {
    expect((await ward.doctor.upload(content, fields)).body).toMatchObject({ status, code });
    expect((await ward.doctor.list()).body).toMatchObject({ documents: [] });
  });

  it("of one byte too many are refused with the limit in the error, whether announced or not", async () => {
    const most = Buffer.alloc(DOCUMENT_BYTES_MAX, 1);
    const refused = await ward.doctor.upload(Buffer.concat([most, Buffer.of(1)]));
    expect(refused.body).toMatchObject({ status: 413, code: "DOCUMENT_TOO_LARGE" });
    expect(refused.body.detail).toContain(String(DOCUMENT_BYTES_MAX));
    const unannounced = await ward.doctor.upload(most, { lengthSaid: null, more: Buffer.of(1) });
    expect(unannounced.body).toMatchObject({ status: 413, code: "DOCUMENT_TOO_LARGE" });
    expect((await ward.doctor.list()).body).toMatchObject({ documents: [] });
  });

  it("that are cut on the way are not stored", async () => {
    const cut = await ward.doctor.upload(TEXT, { lengthSaid: TEXT.length + 1 });
    expect(cut.body).toMatchObject({ status: 400, code: "BODY_UNREADABLE" });
    expect((await ward.doctor.list()).body).toMatchObject({ documents: [] });
  });

  it("whose sender goes away before the end are not stored, and that is nobody's fault here", async () => {
    await cloud().app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = cloud().app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const head = [
      `POST /api/v1/encounters/${ward.encounterId}/documents?name=a.txt HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      `cookie: ${ward.doctor.cookie}`,
      "origin: http://beds.example",
      "content-type: text/plain",
      "idempotency-key: cut",
      "content-length: 1000",
    ];
    const isUnderWay = once(cloud().app.server, "request");
    socket.write(`${head.join("\r\n")}\r\n\r\n${"x".repeat(500)}`);
    await isUnderWay;
    socket.destroy();
    const log = () => cloud().logged.join("\n");
    const noticed = async () => (log().includes("BODY_UNREADABLE") ? true : undefined);
    await until("the service notices that the sender is gone", noticed, 10_000);
    expect(log()).not.toContain("request failed");
    expect((await ward.doctor.list()).body).toMatchObject({ documents: [] });
  });

  it("are stored once under one key, and not under a key that another one had", async () => {
    const first = await ward.doctor.upload(TEXT, { key: "one" });
    const again = await ward.doctor.upload(TEXT, { key: "one" });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    for (const other of [{ content: PDF }, { name: "other.txt" }, { type: "application/pdf" }]) {
      const { content = TEXT, ...fields } = other as { content?: Buffer };
      expect((await ward.doctor.upload(content, { key: "one", ...fields })).body).toMatchObject({
        code: "IDEMPOTENCY_KEY_REUSED",
      });
    }
    expect(DocumentList.parse((await ward.doctor.list()).body).documents).toHaveLength(1);
  });

  it.each([
    [
      "a bit of what is sealed",
      "UPDATE document_blocks SET bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1)",
    ],
    [
      "its end cut off",
      "UPDATE document_blocks SET bytes = substring(bytes FROM 1 FOR octet_length(bytes) - 1)",
    ],
    ["all of it", "DELETE FROM document_blocks"],
    [
      "what it is called here",
      "UPDATE documents SET cid = 'bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu'",
    ],
    ["its length", "UPDATE documents SET bytes = bytes + 1"],
    ["its type", "UPDATE documents SET type = 'application/pdf'"],
    [
      "its key",
      "UPDATE documents SET wrapped_key = set_byte(wrapped_key, 40, get_byte(wrapped_key, 40) # 1)",
    ],
    [
      "what the log says of it",
      "UPDATE evidence_leaves SET payload = replace(payload, 'text/plain', 'image/png') WHERE kind = 'document'",
    ],
    [
      "the salt of what the log says",
      "UPDATE evidence_leaves SET salt = set_byte(salt, 0, get_byte(salt, 0) # 1) WHERE kind = 'document'",
    ],
    [
      "the leaf itself",
      "UPDATE evidence_nodes SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE level = 0",
    ],
  ])("are never shown where somebody changed %s", async (_what, change) => {
    const { documentId } = DocumentView.parse((await ward.doctor.upload(TEXT)).body);
    await cloud().logIntake.sequencer.look();
    expect((await ward.doctor.file(documentId)).statusCode).toBe(200);
    await sql.raw(change).execute(cloud().db);
    const refused = await ward.doctor.file(documentId);
    expect(refused.json()).toMatchObject({ status: 500, code: "DOCUMENT_DAMAGED" });
    expect(refused.headers["content-disposition"]).toBeUndefined();
    const alarm = cloud().logged.find((line) => line.includes("not what was stored"));
    expect(alarm).toContain(documentId);
  });

  it("are never shown as each other, however much of them was swapped", async () => {
    const one = DocumentView.parse((await ward.doctor.upload(TEXT)).body).documentId;
    const other = DocumentView.parse((await ward.doctor.upload(Buffer.from(TEXT).reverse())).body).documentId;
    await cloud().logIntake.sequencer.look();
    const { db } = cloud();
    const swapped = ["bytes", "cid"].join(", ");
    await sql`UPDATE document_blocks SET (bytes, cid) = (SELECT ${sql.raw(swapped)} FROM document_blocks
      WHERE document_id = ${other}) WHERE document_id = ${one}`.execute(db);
    expect((await ward.doctor.file(one)).statusCode).toBe(500);
    await sql`UPDATE documents SET (cid, key_id, wrapped_key, sealed_name, bytes) =
      (SELECT cid, key_id, wrapped_key, sealed_name, bytes FROM documents WHERE document_id = ${other})
      WHERE document_id = ${one}`.execute(db);
    expect((await ward.doctor.file(one)).statusCode).toBe(500);
    await sql`UPDATE documents SET entry_id = gen_random_uuid() WHERE document_id = ${other}`.execute(db);
    expect((await ward.doctor.file(other)).statusCode).toBe(500);
    const { documents } = (await ward.doctor.list()).body as {
      documents: { documentId: string; name: string | null }[];
    };
    expect(new Map(documents.map(({ documentId, name }) => [documentId, name]))).toEqual(
      new Map([
        [one, null],
        [other, "note.txt"],
      ]),
    );
  });

  it("wait for the key file that they were sealed under, and say so", async () => {
    const { documentId } = DocumentView.parse((await ward.doctor.upload(TEXT)).body);
    await cloud().db.updateTable("documents").set({ keyId: "k-lost" }).execute();
    expect((await ward.doctor.file(documentId)).json()).toMatchObject({
      status: 503,
      code: "DOCUMENT_SEALED",
    });
  });

  it("are on record with each storing and reading, which nobody is told of elsewhere", async () => {
    const { documentId } = DocumentView.parse((await ward.doctor.upload(TEXT)).body);
    await ward.nurse.file(documentId);
    await (await ward.person("doctor", "south")).file(documentId);
    const events = await cloud()
      .db.selectFrom("deskEvents")
      .select(["kind", "role", "body"])
      .where("kind", "like", "document-%")
      .orderBy("position")
      .execute();
    expect(events).toEqual([
      { kind: "document-stored", role: "doctor", body: { documentId } },
      { kind: "document-read", role: "nurse", body: { documentId } },
    ]);
    expect(await ward.toldElsewhere()).not.toContain(ward.encounterId);
  });
});
