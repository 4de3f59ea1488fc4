import { describe, expect, test } from "vitest";
import {
  BEDSIDE_ENTRY_VALID_MS,
  type BedsideEntry,
  isEntryValid,
  news2Input,
} from "../../../cloud/web/bed/news2-input.ts";
import { vitalTiles } from "../../../cloud/web/bed/vital-tiles.ts";
import type { StandingFacts } from "../../../cloud/web/history/standing.ts";
import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import { news2 } from "../../../contracts/scores/news2.ts";
import { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { aBed, MIN, NOW_MS } from "../a-bed.ts";
import { aLatest } from "../scene-history.ts";

const bed = aBed();
const value = (metric: MetricName, words: Partial<LatestSeriesValue> = {}, agoMs = 1_000) =>
  LatestSeriesValue.parse(aLatest(bed, agoMs, { metric, ...words }));

const WELL = [
  value("respiratory-rate", { value: 16 }),
  value("spo2", { value: 97 }),
  value("systolic-pressure", { value: 122 }),
  value("pulse-rate", { value: 71 }),
  value("body-temperature", { value: 37 }),
];
const FACTS: StandingFacts = { nowMs: NOW_MS, isGatewaySilent: false, findings: [] };
const ENTRY: BedsideEntry = {
  airOrOxygen: "air",
  consciousness: "alert",
  spo2Scale: 1,
  enteredAtMs: NOW_MS - MIN,
};

const scored = (latest: readonly LatestSeriesValue[], facts = FACTS, entry: BedsideEntry | null = ENTRY) =>
  news2(news2Input(latest, facts, entry));
const reasonOf = (latest: readonly LatestSeriesValue[], facts = FACTS) =>
  scored(latest, facts).parts.flatMap((part) => ("missing" in part ? [part.missing] : []));
const instead = (other: LatestSeriesValue) => [
  ...WELL.filter(({ metric }) => metric !== other.metric),
  other,
];

test("a total needs the five that are measured and what a person entered", () => {
  expect(scored(WELL).total).toBe(0);
  expect(scored(WELL, FACTS, null)).toMatchObject({
    total: null,
    missing: ["air-or-oxygen", "consciousness"],
  });
});

describe("a value is calculated with only where it may be relied on", () => {
  test.each([
    [
      "bad",
      value("spo2", { value: 97, quality: "bad", badReason: "sensor-fault" }),
      "not used: sensor fault",
    ],
    ["stale", value("spo2", { value: 97 }, 5 * MIN), "stale: 5 min old"],
    ["late", value("spo2", { value: 97 }, 30_000), "late: 30 s old"],
    ["none", value("spo2", { value: null }), "its device has no value"],
    [
      "of unknown pace",
      value("spo2", { value: 97, expectedIntervalMs: null }),
      "how old it may be is not known",
    ],
  ])("%s", (_name, latest, reason) => {
    expect(reasonOf(instead(latest))).toEqual([reason]);
    expect(scored(instead(latest)).total).toBeNull();
  });

  test("not from a sensor that is suspect, nor through a gateway that is silent", () => {
    const finding = {
      deviceId: WELL[1]?.deviceId ?? bed.sources[0]?.deviceId,
      metric: "spo2",
      kind: "stuck",
    } as const;
    const findings = [finding] as StandingFacts["findings"];
    expect(reasonOf(WELL, { ...FACTS, findings })).toEqual(["its sensor is suspect: stuck"]);
    expect(reasonOf(WELL, { ...FACTS, isGatewaySilent: true })).toHaveLength(5);
  });

  test("it goes stale by time alone", () => {
    expect(scored(WELL, { ...FACTS, nowMs: NOW_MS + 2 * MIN }).total).toBeNull();
  });

  test("no device at all is a reason, too", () => {
    expect(reasonOf(WELL.slice(1))).toEqual(["no device at this bed measures it"]);
  });
});

describe("of several devices", () => {
  test("the newest that may be used counts, whatever an unusable one said later", () => {
    const older = value("spo2", { value: 90, deviceId: "monitor-2" as LatestSeriesValue["deviceId"] }, 3_000);
    const badNewer = value("spo2", { value: 99, quality: "bad", badReason: "out-of-range" }, 500);
    const input = news2Input(
      [...WELL.filter(({ metric }) => metric !== "spo2"), badNewer, older],
      FACTS,
      ENTRY,
    );
    expect(input.spo2Percent).toEqual({ kind: "value", value: 90 });
  });

  test("the heart's rate comes before the pulse in a finger, and the pulse where the heart's is of no use", () => {
    const heart = value("heart-rate", { value: 110 }, 2_000);
    expect(news2Input([...WELL, heart], FACTS, ENTRY).pulsePerMin).toEqual({ kind: "value", value: 110 });
    const stale = value("heart-rate", { value: 110 }, 5 * MIN);
    expect(news2Input([...WELL, stale], FACTS, ENTRY).pulsePerMin).toEqual({ kind: "value", value: 71 });
  });
});

test("what was entered expires, and the score with it", () => {
  const afterMs = ENTRY.enteredAtMs + BEDSIDE_ENTRY_VALID_MS;
  expect(isEntryValid(ENTRY, afterMs - 1)).toBe(true);
  expect(isEntryValid(ENTRY, afterMs)).toBe(false);
  const input = news2Input(WELL, { ...FACTS, nowMs: afterMs }, { ...ENTRY, spo2Scale: 2 });
  expect(input).toMatchObject({ airOrOxygen: { kind: "missing" }, spo2Scale: 1 });
});

describe("the tiles", () => {
  const shown = (latest: readonly LatestSeriesValue[], readsVitals = true) =>
    vitalTiles(latest, readsVitals).map(
      ({ metric, latest: of }) => `${metric} ${of === null ? "none" : of.value}`,
    );

  test("stand in a nurse's order, and what nobody measures is said to be missing", () => {
    expect(shown([value("load", { value: 71 }), value("spo2", { value: 97 })])).toEqual([
      "pulse-rate none",
      "spo2 97",
      "respiratory-rate none",
      "systolic-pressure none",
      "body-temperature none",
      "load 71",
    ]);
  });

  test("two oximeters have a tile each", () => {
    const second = value("spo2", { value: 91, deviceId: "oximeter-2" as LatestSeriesValue["deviceId"] });
    expect(shown([second, ...WELL]).filter((words) => words.startsWith("spo2"))).toEqual([
      "spo2 97",
      "spo2 91",
    ]);
  });

  test("do not tell whoever may not read them that vital signs are missing", () => {
    expect(shown([value("load", { value: 71 })], false)).toEqual(["load 71"]);
  });
});
