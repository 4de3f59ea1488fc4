/** What is wrong with sensors, from the wire to the journal; and that what is late changes none of it. */
import { describe, expect, test } from "vitest";
import { staleAfterMs } from "../../../contracts/bed/freshness.ts";
import { SyncRecord } from "../../../contracts/wire/sync.ts";
import type { RawMessage } from "../../../gateway/ingest/raw-message.ts";
import type { Moment } from "../../../gateway/moment.ts";
import { pack, type SenmlRecord } from "../../support/messages.ts";
import { at, BEGIN_MS } from "../../support/moments.ts";
import {
  BED,
  BED_DEVICE,
  MAT,
  PAD,
  PRESSURE,
  ROOM,
  type SmallHospital,
  topology,
} from "../../support/wards.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";

const NO_WAIT = { debounce: { presentMs: 0, absentMs: 0 } };
const MATTED: SmallHospital = { ...NO_WAIT, deciders: [{ device: MAT, metric: "occupancy" }] };
const ISOLATING: SmallHospital = { ...NO_WAIT, isolation: "negative-pressure", withoutClimateLimits: true };

const mat = (received: Moment, somebody: boolean): RawMessage => ({
  deviceId: MAT,
  received,
  body: { kind: "registers", blocks: [{ functionCode: 2, address: 0, words: [Number(somebody), 0] }] },
});
const pressure = (received: Moment, tenthsOfPa: number, doorOpen = false): RawMessage => ({
  deviceId: PRESSURE,
  received,
  body: {
    kind: "registers",
    blocks: [
      { functionCode: 4, address: 0, words: [tenthsOfPa & 0xffff] },
      { functionCode: 2, address: 0, words: [Number(doorOpen)] },
    ],
  },
});
/** As an older gateway wrote them. */
function keepStates({ journal }: WiredGateway, states: ReadonlyMap<string, string>): void {
  const none = { count: 0, buffer: new ArrayBuffer(0) };
  const nothing = { vitals: none, environment: none, newSeries: [], events: [], quarantined: [] };
  void journal.append({ ...nothing, states: [...states] });
}
const findingsTold = (of: WiredGateway) =>
  of.kept().flatMap(({ record }) => (record.kind === "sensor-findings-changed" ? [record] : []));

/** In and out every second: nobody does that. */
function babbling(north = new WiredGateway(topology(MATTED))): WiredGateway {
  for (let second = 1; second <= 15; second++) north.hears(mat(at(second), second % 2 === 0));
  return north;
}
/** The register of the pressure jumps by 60 Pa with every poll. */
function roomBabbling(north = new WiredGateway(topology(ISOLATING))): WiredGateway {
  for (let second = 1; second <= 30; second += 2)
    north.hears(pressure(at(second), second % 4 === 1 ? -80 : -700));
  return north;
}

describe("a finding", () => {
  test("is told once, in the append of the reading that shows it, and names readings that are kept", () => {
    const north = babbling();
    const [told, ...more] = findingsTold(north);
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      bedId: BED,
      observedAtMs: at(12).atMs,
      findings: [{ deviceId: MAT, metric: "occupancy", kind: "implausible" }],
    });
    const kept = north.kept();
    for (const { lane, seq, value } of told?.findings[0]?.evidence ?? []) {
      const found = kept.find((one) => one.lane === lane && one.seq === seq)?.record;
      expect(found).toMatchObject({ kind: "reading", deviceId: MAT, value });
    }
    expect(told?.findings[0]?.evidence).toHaveLength(2);
    const records = kept.map(({ record }) => record);
    expect(SyncRecord.array().parse(records)).toEqual(records);
  });

  test("is what the ward shows, and takes the vote away", () => {
    const north = babbling();
    expect(north.ward.findings(BED)).toMatchObject([{ kind: "implausible" }]);
    expect(north.ward.votesAt(BED, at(15))).toMatchObject([
      { deviceId: MAT, weight: 1, ageMs: 0, setAside: expect.stringMatching(/^implausible/) },
    ]);
    expect(north.ward.bed(BED).occupancy).toBe("unknown");
  });

  test("outlives the process, and is told to be over by the next one", () => {
    const before = babbling();
    const after = new WiredGateway(before.topology, before.journal, at(20));
    expect(after.ward.findings(BED)).toMatchObject([{ kind: "implausible" }]);
    for (let second = 21; second <= 45; second++) after.hears(mat(at(second), false));
    expect(findingsTold(after).at(-1)?.findings).toEqual([]);
    expect(after.ward.bed(BED).occupancy).toBe("absent");
  });

  test("on a device that the ward file has no more is told to be gone", () => {
    const before = babbling();
    const without = new WiredGateway(topology(NO_WAIT), before.journal, at(20));
    expect(without.ward.findings(BED)).toEqual([]);
    expect(findingsTold(without).at(-1)?.findings).toEqual([]);
  });

  test("on a room's sensor is told of its beds, and makes the room's condition unknown", () => {
    const north = roomBabbling();
    expect(findingsTold(north)).toMatchObject([{ bedId: BED, findings: [{ deviceId: PRESSURE }] }]);
    expect(north.ward.room(ROOM).condition).toBe("unknown");
  });

  test("on a room's sensor is told to a bed that is new in the room", () => {
    const before = roomBabbling(new WiredGateway(topology({ ...ISOLATING, withoutBed: true })));
    expect(findingsTold(before)).toEqual([]);
    const after = new WiredGateway(topology(ISOLATING), before.journal, at(60));
    expect(findingsTold(after)).toMatchObject([{ bedId: BED, findings: [{ deviceId: PRESSURE }] }]);
  });
});

describe("an isolation room", () => {
  test("goes with its bed, and is what it was after a start", () => {
    const north = new WiredGateway(topology(ISOLATING));
    for (let second = 1; second <= 9; second += 2) north.hears(pressure(at(second), -80 - second));
    expect(north.kept()[0]?.record).toMatchObject({
      kind: "bed-commissioned",
      roomIsolation: "negative-pressure",
    });
    const after = new WiredGateway(north.topology, north.journal, at(20));
    expect(after.ward.room(ROOM).condition).toBe("within-limits");
  });

  test("that an older gateway stored with its climate alone begins with a pressure that is not known", () => {
    const first = new WiredGateway(topology(ISOLATING));
    const stored = new Map([[`room:${ROOM}`, JSON.stringify("within-limits")]]);
    keepStates(first, stored);
    const after = new WiredGateway(topology(ISOLATING), first.journal, at(5));
    expect(after.ward.room(ROOM)).toMatchObject({
      condition: "unknown",
      climate: { condition: "within-limits" },
      pressure: { condition: "unknown" },
    });
  });
});

test("a bed that an older gateway stored keeps what its one source said", () => {
  const first = new WiredGateway(topology(NO_WAIT));
  const old = {
    occupancy: "present",
    occupancySinceMs: BEGIN_MS,
    raw: "present",
    readiness: "dirty",
    readinessSinceMs: BEGIN_MS,
    cleaningPressed: null,
    lastEvidenceAtMs: BEGIN_MS,
    settling: null,
  };
  const stored = new Map([[`bed:${BED}`, JSON.stringify(old)]]);
  keepStates(first, stored);
  const after = new WiredGateway(topology(NO_WAIT), first.journal, at(5));
  expect(after.ward.votesAt(BED, at(6))).toMatchObject([
    { deviceId: BED_DEVICE, vote: "present", ageMs: null, setAside: null },
  ]);
  expect(after.ward.findings(BED)).toEqual([]);
});

test("what time alone shows to be wrong is told then, with no word from a sensor", () => {
  const deciders = [
    { device: MAT, metric: "occupancy" },
    { device: BED_DEVICE, metric: "load" },
  ] as const;
  const north = new WiredGateway(topology({ deciders, expectedIntervalMs: 60_000 }));
  // A load says it twice before it counts.
  for (const second of [1, 2])
    north.hears(mat(at(second), true), pack(at(second), [{ n: "load", u: "kg", v: 0 }]));
  north.passesTo(at(31));
  expect(findingsTold(north)).toEqual([]);
  north.passesTo(at(32));
  expect(findingsTold(north)).toMatchObject([{ bedId: BED, findings: [{ kind: "contradiction" }] }]);
});

test("a reading moves the time when its source counts as silent", () => {
  const north = new WiredGateway(topology({ ...MATTED, expectedIntervalMs: 60_000 }));
  expect(north.ward.nextDueMonoMs()).toBeNull();
  north.hears(mat(at(1), true));
  expect(north.ward.nextDueMonoMs()).toBe(at(1).monoMs + staleAfterMs(60_000) + 1);
});

describe("what is late", () => {
  /** The smart bed decides beside the mat; its clock is right, and shown to be by its first message. */
  const BOTH: SmallHospital = {
    ...NO_WAIT,
    deciders: [
      { device: MAT, metric: "occupancy" },
      { device: BED_DEVICE, metric: "load" },
    ],
  };
  const load = (received: Moment, kg: number, measured = received): RawMessage =>
    pack(received, [{ n: "load", u: "kg", v: kg, t: measured.atMs / 1_000 } satisfies SenmlRecord]);

  function emptyBed(): WiredGateway {
    const north = new WiredGateway(topology(BOTH));
    for (let second = 1; second <= 5; second++) north.hears(mat(at(second), false), load(at(second), 0));
    expect(north.ward.bed(BED).occupancy).toBe("absent");
    return north;
  }

  test("is kept, and neither votes nor teaches nor shows anything of its sensor", () => {
    const north = emptyBed();
    const before = structuredClone(north.ward.bed(BED));
    const told = north.kept().filter(({ lane }) => lane === "beds").length;
    const votes = north.ward.votesAt(BED, at(5));
    // An hour's queue comes in at once: it babbles, it weighs somebody, and it creeps.
    for (let index = 0; index < 60; index++)
      north.hears(load(at(5), index % 2 === 0 ? 80 : 3 + index / 100, at(-3_600 + index)));
    expect(north.ward.bed(BED)).toEqual(before);
    expect(north.ward.votesAt(BED, at(5))).toEqual(votes);
    expect(north.kept().filter(({ lane }) => lane === "beds")).toHaveLength(told);
    const late = north.kept().filter(({ record }) => record.kind === "reading" && record.value === 80);
    expect(late).toHaveLength(30);
  });

  test("does not end the silence of its source", () => {
    const north = emptyBed();
    for (let second = 6; second <= 90; second++)
      north.hears(mat(at(second), false), load(at(second), 80, at(-second)));
    north.passesTo(at(90));
    expect(north.ward.votesAt(BED, at(90))).toMatchObject([
      { deviceId: MAT, vote: "absent", setAside: null },
      { deviceId: BED_DEVICE, vote: "unknown", setAside: expect.stringMatching(/silent/) },
    ]);
    expect(north.ward.bed(BED).occupancy).toBe("absent");
  });
});

test("a pad's poll is one vote, and its corners are watched as its companions", () => {
  const north = new WiredGateway(topology({ ...NO_WAIT, deciders: [{ device: PAD, metric: "load" }] }));
  // Four times 17.5 kg, as float32 in big-endian words.
  const words = [0x418c, 0, 0x418c, 0, 0x418c, 0, 0x418c, 0];
  for (const second of [1, 2])
    north.hears({
      deviceId: PAD,
      received: at(second),
      body: { kind: "registers", blocks: [{ functionCode: 4, address: 0, words }] },
    });
  expect(north.ward.votesAt(BED, at(2))).toMatchObject([{ deviceId: PAD, metric: "load", vote: "present" }]);
  const watched = north.ward.bed(BED).watches.filter(({ newest }) => newest.deviceId === PAD);
  expect(watched.map(({ newest }) => newest.metric).sort()).toEqual([
    "load",
    "load-cell-1",
    "load-cell-2",
    "load-cell-3",
    "load-cell-4",
  ]);
});
