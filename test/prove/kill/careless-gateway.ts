/**
 * The control: the same gateway, except that it acknowledges what it has heard at once, as most do, and lets the disk
 * come after. Killed, it must be found to have lost what it acknowledged.
 */
import { IngestQueue } from "../../../gateway/ingest/ingest-queue.ts";
import { runMain } from "../../../gateway/run-main.ts";

const { take } = IngestQueue.prototype;

IngestQueue.prototype.take = function (message, kept) {
  take.call(this, message, () => undefined);
  kept(null);
};

await runMain(process.argv.slice(2));
