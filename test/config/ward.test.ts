import { expect, test } from "vitest";
import { loadConfig, parseConfig } from "../../config/load.ts";
import { WardFile } from "../../config/ward.ts";
import { PROFILES } from "../../devices/profiles.ts";
import { buildTopology } from "../../gateway/commissioning/topology.ts";

const demo = () => loadConfig(WardFile, "config/demo/ward.yaml", "Ward file");

/** One room with two beds, each with a device, as far as a test does not say otherwise. */
function ward({ beds = "", devices = "", room = "" } = {}): string {
  return `
hospitals:
  - id: north
    name: North
    wards:
      - id: ward-1
        name: Medical
        assignmentSource: none
        rooms:
          - id: room-1
            name: Room 1
            ${room}
            beds:
              - { id: bed-1, label: 1A, occupancyFrom: { device: smart-bed-1, metric: load } }
              - { id: bed-2, label: 1B }
              ${beds}
    devices:
      - { id: smart-bed-1, profile: smart-bed-senml, bed: bed-1 }
      - { id: smart-bed-2, profile: smart-bed-senml, bed: bed-2 }
      ${devices}
`;
}

const parse = (text: string) => parseConfig(WardFile, text, "ward.yaml");

test("a bed's waits and thresholds have the values of the ward unless its file says otherwise", () => {
  const [bed] = parse(ward()).hospitals[0]?.wards[0]?.rooms[0]?.beds ?? [];
  expect(bed).toMatchObject({
    debounce: { presentMs: 5_000, absentMs: 30_000 },
    load: { presentAtKg: 25, absentAtKg: 12 },
  });
});

test("a bed listens to one source or to several, each with a weight of its own", () => {
  const beds =
    "- { id: bed-3, label: 3A, occupancyFrom: [{ device: mat-3, metric: occupancy, weight: 2 }, { device: pad-3, metric: load }] }";
  const devices = "- { id: mat-3, profile: x, bed: bed-3 }\n      - { id: pad-3, profile: x, bed: bed-3 }";
  const [one, none, several] = parse(ward({ beds, devices })).hospitals[0]?.wards[0]?.rooms[0]?.beds ?? [];
  expect(one?.occupancyFrom).toEqual([{ device: "smart-bed-1", metric: "load" }]);
  expect(none?.occupancyFrom).toBeUndefined();
  expect(several?.occupancyFrom).toMatchObject([{ weight: 2 }, { device: "pad-3" }]);
});

test("an isolation room must differ by two and a half pascal, in the middle of half a minute", () => {
  const [room] = parse(ward({ room: "isolation: negative-pressure" })).hospitals[0]?.wards[0]?.rooms ?? [];
  expect(room).toMatchObject({
    isolation: "negative-pressure",
    pressureLimits: { differencePaMin: 2.5, bandPa: 0.5, medianOverMs: 30_000, doorGraceMs: 60_000 },
  });
  expect(parse(ward()).hospitals[0]?.wards[0]?.rooms[0]?.isolation).toBe("none");
});

test.each<[string, Parameters<typeof ward>[0], RegExp]>([
  ["a bed twice", { beds: "- { id: bed-1, label: 9A }" }, /bed bed-1 is declared twice/],
  [
    "a device twice",
    { devices: "- { id: smart-bed-1, profile: x, bed: bed-1 }" },
    /device smart-bed-1 is declared twice/,
  ],
  [
    "a device of a bed that stands nowhere",
    { devices: "- { id: d, profile: x, bed: bed-9 }" },
    /device d speaks for bed bed-9, which no room holds/,
  ],
  [
    "a device of a room that is none",
    { devices: "- { id: d, profile: x, room: room-9 }" },
    /device d speaks for room room-9, which no ward holds/,
  ],
  [
    "a device of both a bed and a room",
    { devices: "- { id: d, profile: x, bed: bed-1, room: room-1 }" },
    /exactly one of bed and room/,
  ],
  ["a device of neither", { devices: "- { id: d, profile: x }" }, /exactly one of bed and room/],
  [
    "a bed that listens to a device that is not there",
    { beds: "- { id: bed-3, label: 3A, occupancyFrom: { device: lost, metric: load } }" },
    /bed bed-3 takes its occupancy from lost, which is not a device of that bed/,
  ],
  [
    "a bed that listens to another bed's device",
    { beds: "- { id: bed-3, label: 3A, occupancyFrom: { device: smart-bed-1, metric: load } }" },
    /bed bed-3 takes its occupancy from smart-bed-1, which is not a device of that bed/,
  ],
  [
    "weights the wrong way round",
    { beds: "- { id: bed-3, label: 3A, load: { presentAtKg: 10, absentAtKg: 10 } }" },
    /beds\.2\.load: absentAtKg must be below presentAtKg/,
  ],
  [
    "a climate the wrong way round",
    { room: "climateLimits: { temperatureCelMin: 24, temperatureCelMax: 21, relativeHumidityPctMax: 60 }" },
    /climateLimits: temperatureCelMin must be below/,
  ],
  [
    "a serial line without a port",
    { devices: "- { id: d, profile: x, bed: bed-1, serial: 'tcp://host' }" },
    /serial: expected a device path such as \/dev\/ttyUSB0, or tcp:\/\/host:port/,
  ],
  [
    "a serial line on a port that cannot be",
    { devices: "- { id: d, profile: x, bed: bed-1, serial: 'tcp://host:70000' }" },
    /serial: expected a device path such as \/dev\/ttyUSB0, or tcp:\/\/host:port/,
  ],
  [
    "a serial line at a host that cannot be",
    { devices: "- { id: d, profile: x, bed: bed-1, serial: 'tcp://a<b:1' }" },
    /serial: expected a device path such as \/dev\/ttyUSB0, or tcp:\/\/host:port/,
  ],
  [
    "a bed that asks one device twice",
    {
      beds: "- { id: bed-3, label: 3A, occupancyFrom: [{ device: d, metric: load }, { device: d, metric: occupancy }] }",
      devices: "- { id: d, profile: x, bed: bed-3 }",
    },
    /bed bed-3 names one device twice in occupancyFrom/,
  ],
  [
    "a source that weighs nothing",
    { beds: "- { id: bed-3, label: 3A, occupancyFrom: { device: d, metric: load, weight: 0 } }" },
    /beds\.2\.occupancyFrom/,
  ],
  ["an isolation that is none of the two", { room: "isolation: protective" }, /rooms\.0\.isolation/],
  [
    "a pressure that is less than nothing",
    { room: "isolation: negative-pressure\n            pressureLimits: { differencePaMin: -2.5 }" },
    /pressureLimits\.differencePaMin/,
  ],
  [
    "a word that nobody reads",
    { beds: "- { id: bed-3, label: 3A, colour: blue }" },
    /beds\.2: unknown field colour/,
  ],
])("a ward file with %s is refused, with the reason", (_name, change, reason) => {
  expect(() => parse(ward(change))).toThrow(reason);
});

test("a ward file with several mistakes between its parts names them all", () => {
  const wrong = () =>
    parse(
      ward({
        beds: "- { id: bed-1, label: 9A }",
        devices: "- { id: d, profile: x, bed: bed-9 }\n      - { id: d, profile: x, room: room-9 }",
      }),
    );
  for (const mistake of [
    "bed bed-1 is declared twice",
    "device d is declared twice",
    "for bed bed-9",
    "for room room-9",
  ])
    expect(wrong).toThrow(mistake);
});

test("the demo's ward has at least forty-eight beds in two hospitals, and every device of it is known", () => {
  const { hospitals } = demo();
  const topologies = hospitals.map((hospital) => buildTopology(hospital, PROFILES));
  expect(hospitals).toHaveLength(2);
  expect(topologies.reduce((beds, topology) => beds + topology.beds.size, 0)).toBeGreaterThanOrEqual(48);
  const profiles = topologies.flatMap(({ devices }) =>
    [...devices.values()].map(({ profile }) => profile.model),
  );
  expect(new Set(profiles)).toEqual(new Set(PROFILES.keys()));
});
