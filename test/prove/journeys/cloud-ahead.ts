/** The cloud on a clock that can be set ahead, its database's for claims too. */
import { databaseClock } from "../../../cloud/desk/desk-clock.ts";
import { keepAhead } from "./ahead.ts";

const wall = globalThis.Date;
keepAhead(process.argv);
// The embedded database reads the time of this process; PostgreSQL has a clock of its own.
if (process.env.DATABASE_URL) {
  const { nowMs } = databaseClock;
  databaseClock.nowMs = async (db) => (await nowMs(db)) + (Date.now() - wall.now());
}
const { runCloud } = await import("../../../cloud/run.ts");
process.exitCode = await runCloud(process.argv.slice(2), process.env);
if (process.connected) process.disconnect();
