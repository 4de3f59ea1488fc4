/** A patient in a bed of the north, and people who store and read documents of theirs over HTTP. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { sql } from "kysely";
import { LiveRepository } from "../../cloud/live/repository.ts";
import { nextEvents } from "../../cloud/webhooks/repository.ts";
import { DESK_TOPICS } from "../../contracts/wire/live.ts";
import type { PersonRole } from "../../contracts/wire/roles.ts";
import { type Answer, openBeds, person } from "./booking-desk.ts";
import type { TestCloud } from "./support.ts";

export const TEXT = Buffer.from("Penicillin gives her a rash, says Ottoline.");
export const PDF = Buffer.concat([
  Buffer.from("%PDF-1.7\n"),
  Buffer.from(Array.from({ length: 500 }, (_, n) => n % 256)),
]);

type Upload = {
  readonly name?: string;
  readonly type?: string;
  readonly key?: string;
  /** Null: none is said. */
  readonly lengthSaid?: number | null;
  readonly more?: Buffer;
};

let keys = 0;

function documentPerson(cloud: TestCloud, cookie: string, encounterId: string) {
  const headers = { cookie, origin: "http://beds.example" };
  async function send(method: "GET" | "POST", path: string, payload?: object, key?: string): Promise<Answer> {
    const reply = await cloud.app.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { ...headers, ...(key === undefined ? {} : { "idempotency-key": key }) },
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: reply.statusCode, body: reply.json(), etag: "" };
  }
  return {
    cookie,
    send,
    list: () => send("GET", `encounters/${encounterId}/documents`),
    view: (documentId: string) => send("GET", `documents/${documentId}`),
    file: (documentId: string) =>
      cloud.app.inject({ url: `/api/v1/documents/${documentId}/file`, headers: { cookie } }),
    async upload(content: Buffer, fields: Upload = {}): Promise<Answer> {
      keys += 1;
      const { name = "note.txt", type = "text/plain", key = `upload-${keys}`, more } = fields;
      const { lengthSaid = content.length + (more?.length ?? 0) } = fields;
      const parts = more === undefined ? [content] : [content, more];
      const reply = await cloud.app.inject({
        method: "POST",
        url: `/api/v1/encounters/${encounterId}/documents?name=${encodeURIComponent(name)}`,
        headers: {
          ...headers,
          "content-type": type,
          "idempotency-key": key,
          ...(lengthSaid === null ? {} : { "content-length": String(lengthSaid) }),
        },
        payload: Readable.from(parts),
      });
      return { status: reply.statusCode, body: reply.json(), etag: "" };
    },
    consent: (body: object, key: string) => send("POST", `encounters/${encounterId}/consents`, body, key),
    consents: () => send("GET", `encounters/${encounterId}/consents`),
    withdraw: (consentId: string) => send("POST", `consents/${consentId}/withdraw`),
  };
}

export type DocumentWard = Awaited<ReturnType<typeof documentWard>>;

export async function documentWard(cloud: TestCloud) {
  await openBeds(cloud, 1);
  const admitting = await person(cloud, "doctor");
  const request = await admitting.askFor({}, { urgency: "emergency", clinicalPriority: 1 });
  await admitting.moved(await admitting.held(request.requestId, "north-1"), "admit");
  const { encounterId } = request;
  const of = async (role: PersonRole, hospital: "north" | "south" = "north") =>
    documentPerson(cloud, await cloud.signIn(role, hospital), encounterId);
  return {
    encounterId,
    doctor: await of("doctor"),
    nurse: await of("nurse"),
    person: of,
    async moveTo(hospital: string): Promise<void> {
      await sql`UPDATE encounters SET hospital_id = ${hospital} WHERE encounter_id = ${encounterId}`.execute(
        cloud.db,
      );
    },
    hashesOf: (content: Buffer) =>
      ["sha256", "sha1", "md5", "sha512"].map((name) => createHash(name).update(content).digest()),
    dump: () => allRows(cloud),
    /** Subjects of everything that the live socket and webhooks tell. */
    async toldElsewhere(): Promise<string[]> {
      const { db } = cloud;
      const everything = { topics: [...DESK_TOPICS], hospitalId: null, throughPosition: 0 };
      const told = await new LiveRepository(db).deskChangesAfter(0);
      const heard = await nextEvents(db, everything, 1_000);
      return [...told, ...heard.events].map(({ subjectId }) => subjectId);
    },
  };
}

/** Every row of every table, as text; bytes in hex. */
export async function allRows({ db }: TestCloud): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`.execute(db);
  const texts: string[] = [];
  for (const { name } of rows) {
    const { rows: found } = await sql<{
      row: string;
    }>`SELECT t::text AS row FROM ${sql.table(name)} t`.execute(db);
    texts.push(...found.map(({ row }) => row));
  }
  return texts.join("\n");
}
