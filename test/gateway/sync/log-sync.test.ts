import { describe, expect, onTestFinished, test } from "vitest";
import type { LogReply } from "../../../contracts/wire/log-sync.ts";
import type { JournalLog, LogEnvelope } from "../../../gateway/journal/log-port.ts";
import { LogSync } from "../../../gateway/sync/log-sync.ts";
import { understandLogAnswer } from "../../../gateway/sync/understand-log-answer.ts";
import type { LogSendResult } from "../../../gateway/sync/uplink.ts";
import { BEGIN_MS, HandClock } from "../../support/moments.ts";
import { soon } from "../../support/soon.ts";
import { identity } from "./small-chain.ts";

type Asked = { readonly from: number; readonly envelope: LogEnvelope };

/** A log of so many leaves, a cloud that says what it is told to, and time that passes when somebody waits. */
function aLog({ size = 0, storedSize = 0, keptFrom = 0 } = {}) {
  const clock = new HandClock();
  const facts = { size, storedSize, checkpoint: { size, signedAtMs: BEGIN_MS } };
  const asked: Asked[] = [];
  const answers: (LogSendResult | LogReply["network"])[] = [];
  const told: string[] = [];
  const stored: number[] = [];
  const cosigned: number[] = [];
  const waits: number[] = [];
  const looked: unknown[] = [];
  const log: JournalLog = {
    facts,
    async encodeBatch(from, leavesMax, envelope) {
      if (from < keptFrom) return "not-kept";
      asked.push({ from, envelope });
      const endIndex = Math.min(facts.size, from + leavesMax);
      return { firstIndex: from, endIndex, body: new Uint8Array([from, endIndex]) };
    },
    stored: (now) => void stored.push(now),
    onCheckpoint() {},
  };
  const witness = {
    cosignedSize: 7,
    pending: null as { size: number; root: string; line: string } | null,
    async look(shown: unknown) {
      looked.push(shown);
      witness.pending = { size: 9, root: "", line: "" };
    },
    told() {
      witness.pending = null;
    },
  };
  const stop = new AbortController();
  let isRotationStored = false;
  const reply = (logSize: number, network: LogReply["network"] = null): LogSendResult => ({
    kind: "stored",
    reply: { logSize, network, serverTimeMs: BEGIN_MS },
  });
  const sync = new LogSync({
    ...identity,
    log,
    publicKey: "",
    witness,
    rotation: { oldPublicKey: "", signature: "" },
    onRotationStored: () => {
      isRotationStored = true;
    },
    uplink: {
      async sendLog(body) {
        const answer = answers.shift();
        if (answer !== undefined && answer !== null && "kind" in answer) return answer;
        return reply(body[1] ?? 0, answer ?? null);
      },
      async sendCosignature({ size: cosignedSize }) {
        cosigned.push(cosignedSize);
        return { kind: "stored", reply: { serverTimeMs: BEGIN_MS } };
      },
    },
    link: { turn: async () => {}, passes() {}, mayGo: () => true },
    afterBeds: (send) => send(),
    clock,
    random: () => 0,
    async pause(ms) {
      waits.push(ms);
      clock.pass(ms / 1_000);
      // Whoever looks on gets a turn.
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (waits.length > 50) stop.abort();
    },
    onHalted: (reason) => told.push(reason),
  });
  onTestFinished(() => stop.abort());
  return {
    ...{ sync, log, facts, asked, answers, told, stored, cosigned, waits, looked, reply, stop },
    isRotationStored: () => isRotationStored,
    run: () => void sync.run(stop.signal),
  };
}

const NETWORK = { checkpoint: "note", consistency: [], publicKey: "key" };

describe("the sync of the log", () => {
  test("sends from where the cloud has it, says what was cosigned, and asks every five seconds where nothing is new", async () => {
    const { run, asked, stored, waits, isRotationStored } = aLog({ size: 250, storedSize: 20 });
    run();
    await soon(() => expect(asked.length).toBeGreaterThan(4));
    expect(asked.map(({ from }) => from).slice(0, 4)).toEqual([20, 120, 250, 250]);
    expect(asked[0]?.envelope).toMatchObject({ cosignedSize: 7, rotation: { signature: "" } });
    // The cloud has heard of the new key.
    expect(asked[1]?.envelope.rotation).toBeNull();
    expect(isRotationStored()).toBe(true);
    expect(stored.slice(0, 2)).toEqual([120, 250]);
    expect(waits[0]).toBe(5_000);
  });

  test("shows the network's checkpoint to the witness, and brings back what that cosigns", async () => {
    const { run, answers, looked, cosigned } = aLog({ size: 3 });
    answers.push(NETWORK);
    run();
    await soon(() => expect(cosigned).toEqual([9]));
    expect(looked).toEqual([NETWORK]);
  });

  test("goes on where the cloud says that it has less, or more", async () => {
    const { run, answers, asked } = aLog({ size: 90, storedSize: 50 });
    answers.push({ kind: "log-gap", expectedIndex: 30 });
    run();
    await soon(() => expect(asked.map(({ from }) => from).slice(0, 3)).toEqual([50, 30, 90]));
  });

  test("ends for good where the cloud wants what is not kept any more, and says what to do", async () => {
    const { run, answers, told, sync } = aLog({ size: 90, storedSize: 50, keptFrom: 40 });
    answers.push({ kind: "log-gap", expectedIndex: 30 });
    run();
    await soon(() => expect(sync.isOver).toBe(true));
    expect(told).toEqual([expect.stringContaining("--new-epoch")]);
  });

  test("ends for good at a fork, and where the cloud has more leaves than there are", async () => {
    const forked = aLog({ size: 5 });
    forked.answers.push({ kind: "fork", reason: "LOG_FORK: something else is stored" });
    forked.run();
    await soon(() =>
      expect(forked.sync).toMatchObject({ isOver: true, trouble: "LOG_FORK: something else is stored" }),
    );
    const copied = aLog({ size: 5 });
    copied.answers.push(copied.reply(6));
    copied.run();
    await soon(() => expect(copied.sync.isOver).toBe(true));
    expect(copied.told).toEqual([expect.stringContaining("its journal is an old copy")]);
    expect(copied.stored).toEqual([]);
  });

  test("waits ten minutes where another key is in force, and goes on once it is let in", async () => {
    const { run, answers, told, waits, sync, stored } = aLog({ size: 5 });
    answers.push({ kind: "key-unknown", reason: "LOG_KEY_UNKNOWN: another key" });
    run();
    await soon(() => expect(stored).toContain(5));
    expect(told).toEqual(["LOG_KEY_UNKNOWN: another key"]);
    expect(waits[0]).toBe(600_000);
    expect(sync).toMatchObject({ trouble: null, isOver: false });
  });

  test("sends less at a time where the cloud takes no body of that length", async () => {
    const { run, answers, asked } = aLog({ size: 100 });
    answers.push({ kind: "too-large", reason: "413" });
    run();
    await soon(() => expect(asked.map(({ from }) => from).slice(0, 3)).toEqual([0, 0, 50]));
  });
});

describe("an answer about the log", () => {
  const answer = (status: number, body: object) =>
    understandLogAnswer(
      { status, retryAfter: null, text: JSON.stringify({ detail: "d", hint: "h", ...body }) },
      BEGIN_MS,
    );

  test.each([
    [409, { code: "LOG_GAP", expectedIndex: 4 }, { kind: "log-gap", expectedIndex: 4 }],
    [409, { code: "LOG_FORK" }, { kind: "fork" }],
    [409, { code: "LOG_KEY_UNKNOWN" }, { kind: "key-unknown" }],
    [404, { code: "ROUTE_NOT_FOUND" }, { kind: "refused", scope: "alone" }],
    [503, { code: "LOG_FORK" }, { kind: "retry" }],
    [413, {}, { kind: "too-large" }],
  ])("of %i with %j is understood", (status, body, meant) => {
    expect(answer(status, body)).toMatchObject(meant);
  });
});
