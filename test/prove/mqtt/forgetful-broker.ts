/** The control: the gateway's broker with its memory in its process alone. Argument: the port to listen on. */
import { createHash } from "node:crypto";
import { ProblemCounts } from "../../../gateway/ingest/problem-counts.ts";
import { systemClock } from "../../../gateway/moment.ts";
import { LinkBook } from "../../../gateway/transport/link-book.ts";
import { startBroker } from "../../../gateway/transport/mqtt/broker.ts";
import { BEDS_MAX, bedId, keyOf } from "./bench.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const beds = Array.from({ length: BEDS_MAX }, (_, n) => bedId(n + 1));
const keyHashes = new Map(beds.map((id) => [id, sha256(keyOf(id))]));
const problems = new ProblemCounts();

await startBroker({
  tcp: { host: "127.0.0.1", port: Number(process.argv[2]) },
  tls: null,
  webSocket: null,
  connectionsPerAddressMax: 2_000,
  keyHashes,
  topicsOf: (id) => (keyHashes.has(id) ? { readings: `devices/${id}/readings`, ownArea: null } : null),
  ingest: {
    hear: () => Promise.resolve(),
    take: (_message, kept) => void setImmediate(kept, null),
    isFull: false,
    onRoom: (resume) => void setImmediate(resume),
  },
  persistence: null,
  clock: systemClock,
  links: new LinkBook(systemClock),
  problemsOf: () => problems,
  strangers: new ProblemCounts(),
});
process.send?.({ kind: "ready" });
