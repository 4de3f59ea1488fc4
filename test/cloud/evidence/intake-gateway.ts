/** Sends as gateways do, and says what administrators say, through the service's own address. */
import { gzipSync } from "node:zlib";
import { decode } from "cborg";
import { toBase64 } from "../../../contracts/log/bytes.ts";
import type { Cosignature, LogBatch } from "../../../contracts/wire/log-sync.ts";
import type { PersonRole } from "../../../contracts/wire/roles.ts";
import { KEYS, type TestCloud } from "../support.ts";

export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** `as`: by whose key it comes; left out: its own gateway's. */
export const sendLog = (cloud: TestCloud, batch: LogBatch, as: string = batch.gatewayId): Promise<Answer> =>
  post(cloud, "/api/v1/sync/log", batch, as);

export const sendCosignature = (cloud: TestCloud, cosignature: Cosignature): Promise<Answer> =>
  post(cloud, "/api/v1/sync/cosignatures", cosignature, cosignature.gatewayId);

export async function administer(
  cloud: TestCloud,
  { role, hospital }: { readonly role: PersonRole; readonly hospital: "north" | "south" },
  gatewayId: string,
  what: "log/resume" | "log-key/revoke",
  reason: string,
): Promise<Answer> {
  const reply = await cloud.app.inject({
    method: "POST",
    url: `/api/v1/gateways/${gatewayId}/${what}`,
    headers: { cookie: await cloud.signIn(role, hospital), origin: "http://beds.example" },
    payload: { reason },
  });
  return { status: reply.statusCode, body: reply.json() };
}

/** Of the network's log: keys and whose they are, and checkpoints with their origin and size. */
export async function networkLeaves({ db, logIntake }: TestCloud): Promise<unknown[][]> {
  const rows = await db
    .selectFrom("evidenceLeaves")
    .select("leaf")
    .where("logId", "=", logIntake.network.logId)
    .orderBy("index")
    .execute();
  return rows.map(({ leaf }) => {
    const [, kind, first, second] = decode(new Uint8Array(leaf)) as [
      1,
      string,
      string | Uint8Array,
      Uint8Array,
    ];
    if (typeof first === "string") return [kind, first, toBase64(second)];
    const [origin, size] = Buffer.from(first).toString().split("\n");
    return [kind, origin, Number(size)];
  });
}

async function post(
  cloud: TestCloud,
  url: string,
  body: LogBatch | Cosignature,
  gatewayId: string,
): Promise<Answer> {
  const authorization = `Bearer ${KEYS[gatewayId === "gw-south" ? "gw-south" : "gw-north"]}`;
  const reply = await cloud.app.inject({
    method: "POST",
    url,
    headers: { authorization, "content-type": "application/json", "content-encoding": "gzip" },
    payload: gzipSync(JSON.stringify(body)),
  });
  return { status: reply.statusCode, body: reply.json() };
}
