/** Entry of the journal's thread; `open-journal.ts` starts it. */
import { flushCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import { SlotReader } from "./group-slots.ts";
import { hostClock, JournalHost } from "./journal-host.ts";
import { type FromThread, failureOf, type ThreadData } from "./journal-messages.ts";
import { buffersOf } from "./reading-rows.ts";
import { ThreadServer } from "./thread-server.ts";

if (parentPort === null) throw new Error("journal-thread.ts is started by open-journal.ts, not by itself");
const port = parentPort;

try {
  const { files, slots } = workerData as ThreadData;
  const host = new JournalHost(files, hostClock);
  const { epoch } = host;
  const start = host.start();
  // A file that cannot be opened is found out now, not when the first client connects.
  host.openSessions();
  const marks = {
    beds: host.marks("beds"),
    vitals: host.marks("vitals"),
    environment: host.marks("environment"),
  };
  const opened = { epoch, marks, start, facts: host.facts() };
  new ThreadServer(port, new SlotReader(slots), host);
  const { vitals, environment } = start.recent;
  port.postMessage({ kind: "opened", opened } satisfies FromThread, buffersOf(vitals, environment));
  // Of this thread; it ends when its gateway's power does.
  flushCompileCache();
} catch (error) {
  port.postMessage({ kind: "refused", failure: failureOf(error) } satisfies FromThread);
  port.close();
}
