/** Session stores that a test opens: here, or in a thread of its own. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import Database from "better-sqlite3";
import type { SessionChannel } from "../../../gateway/sessions/session-channel.ts";
import type { SessionLimits } from "../../../gateway/sessions/session-limits.ts";
import { SessionStore } from "../../../gateway/sessions/session-store.ts";

export type OpenChannel = { readonly channel: SessionChannel; close(): Promise<void> };

export function openStore(file: string, limits?: SessionLimits) {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  return { store: new SessionStore(database, limits), close: () => void database.close() };
}

/** Arguments and answers are cloned, as they are between threads. */
export async function openInThread(file: string, limits?: SessionLimits): Promise<OpenChannel> {
  const { store, close } = openStore(file, limits);
  const methods = store as unknown as Record<string, (...args: unknown[]) => unknown>;
  return {
    channel: {
      call: async (method, args) =>
        structuredClone(methods[method]?.apply(store, structuredClone([...args]))),
    },
    close: async () => close(),
  };
}

/** One thread for all of a process's tests, each with a store of its own in it: to start one takes long. */
let shared: Promise<Worker> | null = null;
let stores = 0;
/** Calls that are not answered yet; while there are none, the thread does not keep the process. */
let unanswered = 0;

export async function openInWorker(file: string, limits?: SessionLimits): Promise<OpenChannel> {
  shared ??= startWorker();
  const worker = await shared;
  const name = ++stores;
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  worker.on("message", ({ store, id, value, error }: WorkerAnswer) => {
    if (store !== name) return;
    const answered = waiting.get(id);
    waiting.delete(id);
    if (--unanswered === 0) worker.unref();
    if (error === undefined) answered?.resolve(value);
    else answered?.reject(new Error(error));
  });
  const call = (method: string, args: readonly unknown[]) => {
    const answered = Promise.withResolvers<unknown>();
    waiting.set(++calls, answered);
    if (++unanswered === 1) worker.ref();
    worker.postMessage({ store: name, id: calls, method, args } satisfies WorkerCall);
    return answered.promise;
  };
  await call("open", [file, limits]);
  return { channel: { call }, close: async () => void (await call("close", [])) };
}

async function startWorker(): Promise<Worker> {
  const worker = new Worker(new URL("session-worker.ts", import.meta.url));
  worker.setMaxListeners(0);
  await once(worker, "online");
  worker.unref();
  return worker;
}

export type WorkerCall = { store: number; id: number; method: string; args: readonly unknown[] };
export type WorkerAnswer = { store: number; id: number; value?: unknown; error?: string };
