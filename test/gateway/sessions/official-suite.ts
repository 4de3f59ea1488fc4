/**
 * The official suite of `aedes-persistence` over this project's persistence, run by `node --test`. The environment says
 * over which channel: `in-thread`, or `worker`, a thread of its own as in the gateway.
 */
import { test } from "node:test";
import abstractSuite from "aedes-persistence/abstract.js";
import { SqlitePersistence } from "../../../gateway/sessions/sqlite-persistence.ts";
import { openInThread, openInWorker } from "./session-channels.ts";

const open = process.env.SESSION_CHANNEL === "worker" ? openInWorker : openInThread;

abstractSuite({
  test,
  testAsync: true,
  persistence: async () => {
    const { channel, close } = await open(":memory:");
    const persistence = new SqlitePersistence({
      channel,
      nowMs: () => Date.now(),
      mayListen: () => true,
      onGaveWay: ({ what, owner }) => {
        throw new Error(`the suite stays below every limit, yet a ${what} of ${owner} gave way`);
      },
    });
    const destroy = persistence.destroy.bind(persistence);
    persistence.destroy = async () => {
      await destroy();
      await close();
    };
    return persistence;
  },
});
