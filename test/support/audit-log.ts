/**
 * The gateway's log as its file has it, held against the records beside it: written from docs/evidence.md, with nothing
 * of the program's own but the leaf's and the tree's definitions.
 */
import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import { chainHead, commitmentOf, EMPTY_ROOT, leafHash, nodeHash } from "../../contracts/log/hash.ts";
import { encodeGatewayLeaf } from "../../contracts/log/leaf.ts";

const LANES = ["beds", "vitals", "environment"] as const;
const KINDS = ["bed-event", "readings"] as const;

export type AuditedLeaf = {
  readonly kind: (typeof KINDS)[number];
  readonly lane: (typeof LANES)[number];
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly hash: Uint8Array;
  /** Of readings: how many the payload tells of. */
  readonly count: number;
};
export type Audit = {
  readonly leaves: readonly AuditedLeaf[];
  readonly root: Uint8Array;
  /** What is wrong, in sentences. */
  readonly faults: readonly string[];
};
type Row = {
  readonly place: number;
  readonly kind: number;
  readonly lane: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly hash: Uint8Array;
  readonly salt: Uint8Array;
  readonly payload: string | null;
  readonly head: Uint8Array;
};
type State = {
  readonly size: number;
  readonly head: Uint8Array;
  readonly beds_through: number;
  readonly vitals_through: number;
  readonly environment_through: number;
};

/** Of a log of which nothing was pruned yet. */
export function auditLog(database: Database.Database): Audit {
  const faults: string[] = [];
  const rows = database.prepare<[], Row>("SELECT * FROM log_leaf ORDER BY place").all();
  const state = database.prepare<[], State>("SELECT * FROM log_state").get();
  const body = database.prepare<[number], string>("SELECT body FROM beds WHERE seq = ?").pluck();
  let head: Uint8Array = new Uint8Array(32);
  const leaves = rows.map((row, place): AuditedLeaf => {
    if (row.place !== place) faults.push(`leaf ${place} is missing, ${row.place} came`);
    const [kind, lane] = [KINDS[row.kind] ?? "readings", LANES[row.lane] ?? "beds"];
    const { first_seq: firstSeq, last_seq: lastSeq } = row;
    const payload = row.payload ?? body.get(firstSeq) ?? "";
    const commitment = commitmentOf(row.salt, Buffer.from(payload));
    const hash = leafHash(encodeGatewayLeaf({ kind, lane, firstSeq, lastSeq, commitment }));
    if (!Buffer.from(hash).equals(Buffer.from(row.hash)))
      faults.push(`leaf ${place} does not say what was hashed`);
    head = chainHead(head, hash);
    if (!Buffer.from(head).equals(Buffer.from(row.head))) faults.push(`leaf ${place} breaks the chain`);
    if (kind === "bed-event") {
      if (payload !== body.get(firstSeq)) faults.push(`leaf ${place} is not the event ${firstSeq}`);
      return { kind, lane, firstSeq, lastSeq, hash, count: 1 };
    }
    const told = JSON.parse(payload) as { count: number; sha256: string };
    const found = digestOf(database, lane, firstSeq, lastSeq);
    if (told.count !== lastSeq - firstSeq + 1) faults.push(`leaf ${place} counts ${told.count}`);
    // What gave way since cannot be held against it.
    if (found.count === told.count && found.sha256 !== told.sha256)
      faults.push(`leaf ${place} has another digest`);
    return { kind, lane, firstSeq, lastSeq, hash, count: told.count };
  });
  if ((state?.size ?? 0) !== rows.length)
    faults.push(`the state tells of ${state?.size} leaves, ${rows.length} are there`);
  if (state !== undefined && !Buffer.from(state.head).equals(Buffer.from(head)))
    faults.push("the state has another head");
  faults.push(...uncovered(database, leaves, state));
  return { leaves, root: rootOf(leaves.map(({ hash }) => hash)), faults };
}

/** Each record of the file is in exactly one leaf, or behind the end of what the state says is covered. */
function uncovered(
  database: Database.Database,
  leaves: readonly AuditedLeaf[],
  state: State | undefined,
): string[] {
  return LANES.flatMap((lane) => {
    const faults: string[] = [];
    const own = leaves.filter((leaf) => leaf.lane === lane);
    for (const [n, leaf] of own.entries())
      if (leaf.firstSeq <= (own[n - 1]?.lastSeq ?? 0))
        faults.push(`${lane} ${leaf.firstSeq} is in two leaves`);
    const through = state?.[`${lane}_through`] ?? 0;
    const seqs = database
      .prepare<[], number>(`SELECT seq FROM ${lane} WHERE seq > 0 ORDER BY seq`)
      .pluck()
      .all();
    const first = own[0]?.firstSeq ?? 1;
    let at = 0;
    for (const seq of seqs) {
      while (at < own.length && (own[at]?.lastSeq ?? 0) < seq) at += 1;
      const isCovered = (own[at]?.firstSeq ?? Number.POSITIVE_INFINITY) <= seq;
      if (seq <= through ? !isCovered && seq >= first : isCovered)
        faults.push(`${lane} ${seq} is not where the state says`);
    }
    return faults;
  });
}

type Reading = {
  readonly series: number;
  readonly received_at_ms: number;
  readonly observed_at_ms: number;
  readonly value: number;
  readonly flags: number;
};
type Series = Record<"device_id" | "bed_id" | "room_id" | "metric" | "unit", string | null>;

function digestOf(database: Database.Database, lane: string, firstSeq: number, lastSeq: number) {
  const hash = createHash("sha256");
  const read = database.prepare<[number, number], Reading>(
    `SELECT * FROM ${lane} WHERE seq BETWEEN ? AND ? ORDER BY seq`,
  );
  const series = database.prepare<[number], Series>("SELECT * FROM series WHERE id = ?");
  let count = 0;
  for (const row of read.iterate(firstSeq, lastSeq)) {
    const { device_id, bed_id, room_id, metric, unit } = series.get(row.series) as Series;
    const facts = JSON.stringify([device_id, bed_id, room_id, metric, unit]);
    const bytes = Buffer.alloc(41);
    createHash("sha256").update(facts).digest().copy(bytes, 0, 0, 16);
    bytes.writeBigInt64BE(BigInt(row.received_at_ms), 16);
    bytes.writeBigInt64BE(BigInt(row.observed_at_ms), 24);
    bytes.writeDoubleBE(row.value, 32);
    bytes.writeUInt8(row.flags, 40);
    hash.update(bytes);
    count += 1;
  }
  return { count, sha256: hash.digest("hex") };
}

/** RFC 6962 section 2.1, as it is written there. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (first === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return first;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return nodeHash(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
}
