/** Session stores in a thread of their own. */
import { parentPort } from "node:worker_threads";
import type { SessionLimits } from "../../../gateway/sessions/session-limits.ts";
import { openStore, type WorkerAnswer, type WorkerCall } from "./session-channels.ts";

type Methods = Record<string, (...args: unknown[]) => unknown>;

const open = new Map<number, ReturnType<typeof openStore>>();

function answer({ store: name, method, args }: WorkerCall): unknown {
  if (method === "open") return void open.set(name, openStore(args[0] as string, args[1] as SessionLimits));
  if (method === "close") return open.get(name)?.close();
  const store = open.get(name)?.store;
  return (store as unknown as Methods)[method]?.apply(store, [...args]);
}

const tell = (message: WorkerAnswer) => parentPort?.postMessage(message);

parentPort?.on("message", (call: WorkerCall) => {
  try {
    tell({ store: call.store, id: call.id, value: answer(call) });
  } catch (error) {
    tell({ store: call.store, id: call.id, error: String(error) });
  }
});
