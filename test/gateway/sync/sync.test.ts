import { describe, expect, onTestFinished, test } from "vitest";
import type { Lane } from "../../../contracts/wire/ids.ts";
import type { SyncReply } from "../../../contracts/wire/sync.ts";
import { CloudLink } from "../../../gateway/sync/cloud-link.ts";
import { Sync } from "../../../gateway/sync/sync.ts";
import type { SendResult } from "../../../gateway/sync/uplink.ts";
import { HandTime } from "../../support/hand-time.ts";
import { identity, SmallCloud, SmallJournal } from "./small-chain.ts";

type Request = { readonly lane: Lane; readonly atMs: number; readonly count: number };

/** The whole sync on a clock of its own. `msOf` is how long a request of so many records takes. */
function openSync(msOf: (count: number, lane: Lane) => number = () => 10) {
  const time = new HandTime();
  const journal = new SmallJournal();
  const cloud = new SmallCloud();
  const link = new CloudLink({ clock: time, random: () => 0.5, pause: time.pause });
  const stop = new AbortController();
  const requests: Request[] = [];
  const rolledBack: string[] = [];
  const startMs = time.now().monoMs;
  const passedMs = () => time.now().monoMs - startMs;
  let isAway = false;
  const sync = new Sync({
    ...identity,
    journal,
    link,
    clock: time,
    pause: time.pause,
    random: () => 0,
    onParked: () => undefined,
    onRolledBack: (_lane, reason) => rolledBack.push(reason),
    onBedsStored: () => undefined,
    uplink: {
      async sendBatch(lane, body, signal): Promise<SendResult<SyncReply>> {
        const { firstSeq, lastSeq } = JSON.parse(Buffer.from(body).toString());
        requests.push({ lane, atMs: passedMs(), count: lastSeq - firstSeq + 1 });
        const sent = time.now();
        await time.pause(msOf(lastSeq - firstSeq + 1, lane), signal);
        const result = isAway
          ? ({ kind: "retry", reason: "the cloud cannot be reached", afterMs: null } as const)
          : cloud.take(lane, body);
        if (result.kind === "retry") link.failed(lane, result.reason, result.afterMs);
        else if (result.kind === "stored") link.answered(lane, result.reply.serverTimeMs, sent, time.now());
        else if (result.kind === "refused") link.refused(lane, result.reason, result.scope);
        return result;
      },
    },
  });
  const append = (lane: Lane, count = 1) => {
    journal.append(lane, count);
    sync.wake();
  };
  void sync.run(stop.signal);
  onTestFinished(() => stop.abort());
  return {
    time,
    journal,
    cloud,
    link,
    requests,
    rolledBack,
    passedMs,
    append,
    goAway(away = true) {
      isAway = away;
    },
    of: (lane: Lane) => requests.filter((one) => one.lane === lane),
  };
}

describe("bed events", () => {
  test("go at once, and readings gather for a moment", async () => {
    const { time, append, requests } = openSync();
    await time.pass(0);
    append("vitals", 3);
    append("beds");
    await time.pass(2_000);
    expect(requests.map(({ lane, atMs }) => [lane, atMs])).toEqual([
      ["beds", 0],
      ["vitals", 1_000],
    ]);
  });

  test("wait for none of what was measured, behind weeks of backlog on a thin link", async () => {
    const { time, append, of, journal, passedMs } = openSync((count, lane) =>
      lane === "beds" ? 40 : count * 1.9,
    );
    append("vitals", 1_000_000);
    append("environment", 1_000_000);
    await time.pass(30_000);
    for (let event = 0; event < 20; event++) {
      const saidMs = passedMs();
      append("beds");
      await time.pass(733);
      expect(of("beds")[event]?.atMs).toBe(saidMs);
    }
    expect(journal.marks("beds").acknowledgedSeq).toBe(20);
    // One batch of readings at a time, of about a second.
    const readings = [...of("vitals"), ...of("environment")].toSorted((a, b) => a.atMs - b.atMs);
    for (const [index, { atMs, count }] of readings.entries()) {
      expect(count * 1.9).toBeLessThanOrEqual(1_000);
      const next = readings[index + 1];
      if (next !== undefined) expect(next.atMs).toBeGreaterThanOrEqual(atMs + Math.floor(count * 1.9));
    }
    expect(of("environment").length).toBeGreaterThan(10);
  });

  test("go before readings where both wait", async () => {
    const { time, append, requests, goAway } = openSync();
    goAway();
    append("beds", 1);
    append("vitals", 1);
    await time.pass(2_500);
    append("beds", 250);
    append("vitals", 250);
    goAway(false);
    requests.length = 0;
    await time.pass(10_000);
    // The first finds out that the cloud is back, whichever lane's it is.
    const lanes = requests.slice(1).map(({ lane }) => lane);
    expect(lanes.lastIndexOf("beds")).toBeLessThan(lanes.indexOf("vitals"));
  });

  test.each([
    ["a good link", 50],
    ["a thin one", 900],
  ])("that never pause leave readings a fifth of the time on %s", async (_name, batchMs) => {
    const { time, append, of } = openSync((_count, lane) => (lane === "beds" ? 60 : batchMs));
    append("vitals", 1_000_000);
    append("environment", 1_000_000);
    for (let ms = 0; ms < 60_000; ms += 20) {
      append("beds");
      await time.pass(20);
    }
    const batches = [...of("vitals"), ...of("environment")].length;
    const share = (batches * batchMs) / 60_000;
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.25);
  });
});

describe("while the cloud is away", () => {
  test("all lanes together ask once a second at most, and less and less", async () => {
    const { time, append, requests, goAway } = openSync();
    goAway();
    for (const lane of ["beds", "vitals", "environment"] as const) append(lane, 10);
    await time.pass(600_000);
    const later = requests.slice(3).map(({ atMs }) => atMs);
    for (const [index, atMs] of later.entries())
      if (index > 0) expect(atMs - (later[index - 1] ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(requests.length).toBeLessThan(40);
  });

  test("nothing is forgotten: everything arrives once it is back", async () => {
    const { time, append, journal, goAway } = openSync();
    goAway();
    for (const lane of ["beds", "vitals", "environment"] as const) append(lane, 500);
    await time.pass(300_000);
    goAway(false);
    await time.pass(62_000);
    for (const lane of ["beds", "vitals", "environment"] as const)
      expect([lane, journal.marks(lane).acknowledgedSeq]).toEqual([lane, 500]);
  });
});

describe("a lane that is refused", () => {
  test("for itself alone holds no other up", async () => {
    const { time, append, journal, cloud } = openSync();
    cloud.answers.push({ kind: "refused", scope: "alone", reason: "422" });
    append("beds");
    await time.pass(5);
    append("vitals", 5);
    await time.pass(3_000);
    expect([journal.marks("beds").acknowledgedSeq, journal.marks("vitals").acknowledgedSeq]).toEqual([0, 5]);
  });

  test("for its journal's sake stops every lane, and asks again slowly until somebody has acted", async () => {
    const { time, append, requests, cloud, journal, link } = openSync();
    const refusal = { kind: "refused", scope: "all", reason: "SYNC_EQUIVOCATION" } as const;
    cloud.answers.push(refusal, refusal);
    append("vitals");
    await time.pass(1_100);
    append("beds");
    await time.pass(40_000);
    expect(requests.map(({ lane }) => lane)).toEqual(["vitals"]);
    expect(link.state).toMatchObject({ state: "refused", lastError: "vitals: SYNC_EQUIVOCATION" });
    await time.pass(60_000);
    expect([journal.marks("beds").acknowledgedSeq, journal.marks("vitals").acknowledgedSeq]).toEqual([1, 1]);
    expect(link.state.state).toBe("connected");
  });
});

test("bed events that the cloud wants back and nobody has are told with what to do, and asked for slowly", async () => {
  const sync = openSync();
  const gap = { kind: "gap", expectedSeq: 1 } as const;
  sync.cloud.answers.push(...Array.from({ length: 50 }, () => gap));
  sync.append("beds", 3);
  await sync.time.pass(29_000);
  expect(sync.link.state).toMatchObject({
    state: "refused",
    lastError: expect.stringContaining(`--new-epoch ${sync.journal.epoch}`),
  });
  expect(sync.requests.length).toBeLessThan(3);
});

test("an old copy of a journal sends nothing more on any lane, and says what to do", async () => {
  const { time, append, requests, cloud, link, rolledBack, journal } = openSync();
  cloud.markSeq.vitals = 9;
  append("vitals", 2);
  await time.pass(2_000);
  append("beds");
  append("vitals", 20);
  await time.pass(3_600_000);
  expect(requests).toHaveLength(1);
  expect(rolledBack).toHaveLength(1);
  expect(link.state.lastError).toContain(
    "the cloud has vitals up to 9, this journal ends at 2: it is an old copy",
  );
  expect(link.state.lastError).toContain(`--new-epoch ${journal.epoch}`);
});
