/**
 * The gateway's broker in a process of its own, with its memory on disk and an ingest that keeps everything at once: what
 * is looked at is how it speaks. Told by one JSON argument; prints its ports as one line.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ProblemCounts } from "../../../gateway/ingest/problem-counts.ts";
import { systemClock } from "../../../gateway/moment.ts";
import { SessionStore } from "../../../gateway/sessions/session-store.ts";
import { SqlitePersistence } from "../../../gateway/sessions/sqlite-persistence.ts";
import { LinkBook } from "../../../gateway/transport/link-book.ts";
import { startBroker } from "../../../gateway/transport/mqtt/broker.ts";
import type { TlsFiles } from "../../../gateway/transport/mqtt/listeners.ts";
import { BEDS_MAX, bedId, keyOf } from "./bench.ts";

export type BrokerProcessParts = {
  readonly directory: string;
  readonly tcpPort: number;
  readonly tlsPort: number;
  readonly webSocketPort: number;
  readonly tls: TlsFiles;
  /** The control: nothing on disk. */
  readonly isForgetful: boolean;
};

const parts = JSON.parse(process.argv[2] ?? "") as BrokerProcessParts;
const on = (port: number) => ({ host: "127.0.0.1", port });

const database = new Database(join(parts.directory, "sessions.sqlite"));
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
const store = new SessionStore(database);
const methods = store as unknown as Record<string, (...args: unknown[]) => unknown>;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const beds = Array.from({ length: BEDS_MAX }, (_, n) => bedId(n + 1));
const keyHashes = new Map(beds.map((id) => [id, sha256(keyOf(id))]));
const problems = new ProblemCounts();

const persistence = new SqlitePersistence({
  // As between threads: in order, cloned, and answered later.
  channel: {
    call: async (method, args) => structuredClone(methods[method]?.apply(store, structuredClone([...args]))),
  },
  nowMs: () => Date.now(),
  onGaveWay: ({ what, owner, count }) => process.stderr.write(`${count} × ${what} of ${owner} gave way\n`),
});

await startBroker({
  tcp: on(parts.tcpPort),
  tls: { ...on(parts.tlsPort), files: parts.tls },
  webSocket: on(parts.webSocketPort),
  connectionsPerAddressMax: 2_000,
  keyHashes,
  topicsOf: (id) => (keyHashes.has(id) ? { readings: `devices/${id}/readings`, ownArea: null } : null),
  ingest: {
    hear: () => Promise.resolve(),
    take: (_message, kept) => void setImmediate(kept, null),
    isFull: false,
    onRoom: (resume) => void setImmediate(resume),
  },
  persistence: parts.isForgetful ? null : persistence,
  clock: systemClock,
  links: new LinkBook(systemClock),
  problemsOf: () => problems,
  strangers: new ProblemCounts(),
});
process.stdout.write("listening\n");
