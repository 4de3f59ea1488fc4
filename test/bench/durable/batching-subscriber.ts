/**
 * `batching-subscriber.ts PORT FILE`: what is usually built instead of a gateway: a subscriber of a broker that writes
 * to SQLite what came within 100 ms, at most 1,000 rows at a time. It is as careful with the disk as ours.
 */
import Sqlite from "better-sqlite3";
import mqtt from "mqtt";

const EVERY_MS = 100;
const ROWS_MAX = 1_000;

type Pack = readonly { readonly bn: string; readonly bt: number; readonly n: string; readonly v: number }[];

const [port = "", file = ""] = process.argv.slice(2);
const database = new Sqlite(file);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec("CREATE TABLE reading (device TEXT, metric TEXT, at REAL, value REAL)");
const insert = database.prepare("INSERT INTO reading VALUES (?, ?, ?, ?)");
const store = database.transaction((rows: readonly Pack[]) => {
  for (const [reading] of rows)
    if (reading !== undefined) insert.run(reading.bn, reading.n, reading.bt, reading.v);
});

let waiting: Pack[] = [];
let stored = 0;
function flush(): void {
  if (waiting.length === 0) return;
  store(waiting);
  stored += waiting.length;
  waiting = [];
}
setInterval(flush, EVERY_MS);
process.on("message", () => process.send?.({ kind: "stored", count: stored }));
process.on("disconnect", () => process.exit(0));

const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: "subscriber" });
client.on("message", (_topic, payload) => {
  waiting.push(JSON.parse(payload.toString()) as Pack);
  if (waiting.length >= ROWS_MAX) flush();
});
await client.subscribeAsync("devices/+/readings", { qos: 1 });
process.send?.({ kind: "ready" });
