/** What is called wrong with a sensor, and above all what is not: the recorded oximetry is of healthy sensors on people. */
import { describe, expect, test } from "vitest";
import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import { SensorFinding } from "../../../contracts/wire/bed-event.ts";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import type { BadReason } from "../../../contracts/wire/reading.ts";
import { loadRecording, RECORDINGS } from "../../../firmware-sim/monitor/recording.ts";
import {
  STUCK_LOAD_MS,
  STUCK_PATIENT_MS,
  STUCK_PRESSURE_MS,
  type WatchPlace,
  type WatchState,
  watch,
} from "../../../gateway/interpret/watch.ts";
import { at } from "../../support/moments.ts";
import { evidence } from "../../support/records.ts";

type Values = Readonly<Partial<Record<MetricName, number | boolean | null>>>;
const DEVICE = DeviceId.parse("sensor-1");

class Sensor {
  state: WatchState = { watches: [], findings: [] };
  second = 0;
  readonly told: string[] = [];
  readonly #place: WatchPlace;

  constructor(place: Partial<WatchPlace> = {}) {
    this.#place = { expectedIntervalMs: 1_000, decides: null, ...place };
  }

  says(values: Values, badReason: BadReason | null = null, everySeconds = 1): this {
    const now = at(this.second);
    for (const [metric, value] of Object.entries(values)) {
      const reading = evidence(metric as MetricName, value, now.atMs, DEVICE);
      const before = this.state.findings;
      this.state = watch(this.#place, this.state, { reading, badReason, now });
      if (this.state.findings === before) continue;
      const open = this.state.findings.map(({ kind, metric }) => `${kind} ${metric}`).join(", ");
      this.told.push(`${this.second} s: ${open || "nothing"}`);
    }
    this.second += everySeconds;
    return this;
  }

  keepsSaying(values: Values, seconds: number, everySeconds = 1): this {
    for (let left = seconds; left > 0; left -= everySeconds) this.says(values, null, everySeconds);
    return this;
  }

  /** Says nothing for so long. */
  rests(seconds: number): this {
    this.second += seconds;
    return this;
  }
}

const PATIENT = { spo2: 97, "pulse-rate": 71, "perfusion-index": 2.1 };

describe("a healthy oximeter on a person", () => {
  test.each(Object.keys(RECORDINGS) as (keyof typeof RECORDINGS)[])(
    "%s is never called anything",
    async (name) => {
      const recording = await loadRecording(RECORDINGS[name]);
      const sensor = new Sensor({ decides: "pulse-rate" });
      for (const { spo2Pct, pulsePerMin } of recording)
        sensor.says({ spo2: spo2Pct, "pulse-rate": pulsePerMin });
      expect(recording.length).toBeGreaterThan(1_000);
      expect(sensor.told).toEqual([]);
    },
  );

  test.each(Object.keys(RECORDINGS) as (keyof typeof RECORDINGS)[])(
    "%s that freezes in the middle is found within its time, once, by what it decides",
    async (name) => {
      const recording = await loadRecording(RECORDINGS[name]);
      const sensor = new Sensor({ decides: "pulse-rate" });
      const played = recording.slice(0, 500);
      for (const { spo2Pct, pulsePerMin } of played)
        sensor.says({ spo2: spo2Pct, "pulse-rate": pulsePerMin });
      const last = played.at(-1);
      sensor.keepsSaying({ spo2: last?.spo2Pct ?? 97, "pulse-rate": last?.pulsePerMin ?? 71 }, 600);
      expect(sensor.told).toHaveLength(1);
      const [found = ""] = sensor.told;
      expect(found).toMatch(/stuck pulse-rate$/);
      const foundAfterMs = (Number(found.split(" s")[0]) - 500) * 1_000;
      expect(foundAfterMs).toBeGreaterThan(3 * 60_000);
      expect(foundAfterMs).toBeLessThanOrEqual(STUCK_PATIENT_MS + 1_000);
    },
  );

  test("whose SpO₂ stands still for 113 s while the pulse moves is healthy", () => {
    const sensor = new Sensor();
    for (let second = 0; second < 1_200; second++)
      sensor.says({ spo2: 97, "pulse-rate": second % 64 === 0 ? 70 : 71 });
    expect(sensor.told).toEqual([]);
  });
});

describe("a stuck sensor", () => {
  test("fits the wire, and names what stands still since when", () => {
    const sensor = new Sensor().keepsSaying(PATIENT, 300);
    const [finding] = sensor.state.findings;
    expect(SensorFinding.parse(finding)).toEqual(finding);
    expect(finding).toMatchObject({ deviceId: DEVICE, sinceMs: at(0).atMs });
    expect(finding?.evidence.map(({ metric }) => metric)).toEqual([
      ...["spo2", "spo2", "pulse-rate", "pulse-rate", "perfusion-index", "perfusion-index"],
    ]);
    expect(finding?.detail).not.toMatch(/97|71/);
  });

  test("is right again as soon as anything of it moves", () => {
    const sensor = new Sensor().keepsSaying(PATIENT, 300).says({ ...PATIENT, "perfusion-index": 2.2 });
    expect(sensor.told).toEqual(["241 s: stuck spo2", "300 s: nothing"]);
  });

  test("is still stuck after a restart, until it says something else than then", () => {
    const stuck = new Sensor().keepsSaying(PATIENT, 300);
    const same = new Sensor();
    same.state = { watches: [], findings: stuck.state.findings };
    expect(same.says(PATIENT).state.findings).toHaveLength(1);
    const other = new Sensor();
    other.state = { watches: [], findings: stuck.state.findings };
    expect(other.says({ ...PATIENT, spo2: 96 }).state.findings).toEqual([]);
  });

  test.each<[string, Values, number]>([
    ["one vital sign alone, however long it stands still", { spo2: 97 }, 3_600],
    ["booleans alone", { occupancy: true, "nurse-call": false }, 90_000],
    ["one that says that it has no value", { spo2: null, "pulse-rate": null }, 3_600],
    ["an empty pad for less than its hours", { load: 0.4, battery: 90 }, STUCK_LOAD_MS / 1_000],
    ["an empty scale that cannot say less than nothing", { load: 0 }, (3 * STUCK_LOAD_MS) / 1_000],
    ["one value beside another that says nothing", { spo2: 97, "pulse-rate": null }, 3_600],
  ])("is not %s", (_name, values, seconds) => {
    expect(new Sensor().keepsSaying(values, seconds, 10).told).toEqual([]);
  });

  test.each<[string, Values, number]>([
    ["a pad whose cells and sum stand still for long", { "load-cell-1": 17.5, load: 70.25 }, STUCK_LOAD_MS],
    ["a pressure that no door in the corridor moves", { "differential-pressure": -4.2 }, STUCK_PRESSURE_MS],
  ])("is %s", (_name, values, afterMs) => {
    const sensor = new Sensor().keepsSaying(values, afterMs / 1_000 + 20, 10);
    expect(sensor.told).toEqual([expect.stringMatching(new RegExp(`^${afterMs / 1_000 + 10} s: stuck`))]);
  });

  test("is not one that was silent in between: nobody saw it stand still", () => {
    expect(new Sensor().keepsSaying(PATIENT, 150).rests(100).keepsSaying(PATIENT, 150).told).toEqual([]);
  });

  test("is not one of which few reports came", () => {
    expect(new Sensor({ expectedIntervalMs: 60_000 }).keepsSaying(PATIENT, 1_200, 60).told).toEqual([]);
  });
});

describe("a clip without a finger", () => {
  test("goes on showing the last one's numbers, says so, and has nothing wrong with it", () => {
    const sensor = new Sensor().keepsSaying(PATIENT, 60);
    for (let second = 0; second < 3_600; second++) sensor.says(PATIENT, "sensor-fault");
    expect(sensor.told).toEqual([]);
  });
});

describe("an implausible sensor", () => {
  test("is one that babbles, and no longer once it has been calm for a while", () => {
    const sensor = new Sensor();
    for (let second = 0; second < 20; second++) sensor.says({ occupancy: second % 2 === 0 });
    expect(sensor.told).toEqual(["11 s: implausible occupancy"]);
    sensor.keepsSaying({ occupancy: false }, 20);
    expect(sensor.told).toHaveLength(2);
  });

  test("is one most of whose values are bad", () => {
    const sensor = new Sensor();
    for (let second = 0; second < 12; second++) sensor.says({ load: 900 }, "out-of-range");
    expect(sensor.told).toEqual(["10 s: implausible load"]);
  });

  test.each<[string, Values[]]>([
    ["who gets in and out now and then", [...Array(9).fill({ occupancy: true }), { occupancy: false }]],
    [
      "a load that somebody brings and takes",
      [...Array(5).fill({ load: 70 }), ...Array(5).fill({ load: 0 })],
    ],
    [
      "a door that opens to the corridor",
      [...Array(5).fill({ "differential-pressure": -8 }), { "differential-pressure": 0 }],
    ],
    ["a window that is opened", [{ "room-temperature": 21 }, { "room-temperature": 19.5 }]],
  ])("is not %s", (_name, round) => {
    const sensor = new Sensor();
    for (let rounds = 0; rounds < 20; rounds++) for (const values of round) sensor.says(values);
    expect(sensor.told).toEqual([]);
  });
});
