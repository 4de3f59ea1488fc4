import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../config/load.ts";
import type { HospitalWards } from "../../../config/ward.ts";
import { BedId, DeviceId, RoomId } from "../../../contracts/wire/ids.ts";
import { PROFILES } from "../../../devices/profiles.ts";
import { buildTopology } from "../../../gateway/commissioning/topology.ts";
import { busesOf } from "../../../gateway/transport/modbus/buses.ts";
import {
  BED,
  BED_DEVICE,
  CLIMATE,
  hospital,
  MAT,
  MONITOR,
  PAD,
  PRESSURE,
  ROOM,
  topology,
} from "../../support/wards.ts";

const device = (
  id: string,
  more: Partial<HospitalWards["devices"][number]>,
): HospitalWards["devices"][number] => ({
  id: DeviceId.parse(id),
  profile: "smart-bed-senml",
  isSignInverted: false,
  ...more,
});

describe("a hospital as its gateway sees it", () => {
  test("finds the device that decides, its metric and how often it is due", () => {
    const { beds, rooms, devices } = topology({ decides: "pulse-rate" });
    expect(beds.get(BED)?.deciders).toEqual([
      { deviceId: MONITOR, metric: "pulse-rate", expectedIntervalMs: 1_000, weight: 1 },
    ]);
    expect(rooms.get(ROOM)).toMatchObject({ climate: { deviceId: CLIMATE }, pressure: null, bedIds: [BED] });
    expect(devices.get(MONITOR)?.serial).toEqual("tcp://127.0.0.1:16001");
    expect(devices.get(BED_DEVICE)).toMatchObject({ bedId: BED, roomId: null, expectedIntervalMs: 5_000 });
  });

  test("finds every source that has a say in a bed, with its weight, and who speaks for each side of a room", () => {
    const { beds, rooms } = topology({
      isolation: "positive-pressure",
      deciders: [
        { device: MAT, metric: "occupancy", weight: 2 },
        { device: PAD, metric: "load" },
      ],
    });
    expect(beds.get(BED)?.deciders).toMatchObject([
      { deviceId: MAT, metric: "occupancy", weight: 2 },
      { deviceId: PAD, metric: "load", weight: 1 },
    ]);
    const decides = beds
      .get(BED)
      ?.sources.map(({ deviceId, decides, weight }) => [deviceId, decides, weight]);
    expect(decides).toEqual([
      [BED_DEVICE, null, undefined],
      [MONITOR, null, undefined],
      [CLIMATE, null, undefined],
      [PAD, "load", 1],
      [MAT, "occupancy", 2],
      [PRESSURE, null, undefined],
    ]);
    expect(rooms.get(ROOM)).toMatchObject({
      isolation: "positive-pressure",
      pressureLimits: { differencePaMin: 2.5 },
      climate: { deviceId: CLIMATE },
      pressure: { deviceId: PRESSURE },
      door: { deviceId: PRESSURE },
    });
  });

  test("has no pressure limits for a room that does not isolate, whatever is measured in it", () => {
    expect(topology().rooms.get(ROOM)).toMatchObject({ isolation: "none", pressureLimits: null });
  });

  test("asks units behind one address on one bus", () => {
    const shared = { host: "127.0.0.1", port: 15_020 };
    const climate = (id: string, unit: number, port: number) =>
      device(id, { profile: "xy-md02", room: RoomId.parse("room-1"), modbusTcp: { ...shared, port, unit } });
    const built = buildTopology(
      {
        ...hospital(),
        devices: [...hospital().devices, climate("climate-2", 2, 15_020), climate("climate-3", 1, 15_021)],
      },
      PROFILES,
    );
    expect(
      busesOf(built).map(({ way, units }) => [
        way.kind === "tcp" ? way.port : way.line,
        units.map(({ unit }) => unit),
      ]),
    ).toEqual([
      [15_020, [1, 2]],
      [15_021, [1]],
    ]);
  });
});

test("an isolation room without a pressure sensor is refused: nobody would know that it leaks", () => {
  const isolating = hospital({ isolation: "negative-pressure" });
  const devices = isolating.devices.filter(({ id }) => id !== PRESSURE);
  expect(() => buildTopology({ ...isolating, devices }, PROFILES)).toThrow(
    "room room-1: isolation negative-pressure needs a device that says differential-pressure",
  );
});

test("what cannot work is named all at once, with what to do", () => {
  const bedId = BedId.parse("bed-1");
  const wrong = {
    ...hospital({ decides: "pulse-rate" }),
    devices: [
      device("monitor-1", { bed: bedId }),
      device("lost", { profile: "no-such-model", bed: bedId }),
      device("climate-9", { profile: "xy-md02", bed: bedId }),
      device("monitor-9", { profile: "masimo-ascii-1", bed: bedId }),
    ],
  };
  const build = () => buildTopology(wrong, PROFILES);
  expect(build).toThrow(ConfigError);
  for (const problem of [
    "device lost: profile no-such-model is not known; expected smart-bed-senml, ",
    "device climate-9: profile xy-md02 is read over Modbus: expected one of modbusTcp: { host, port, unit } and modbusRtu: { line, unit }, got none of them",
    "device monitor-9: profile masimo-ascii-1 is read from a serial line: expected serial: tcp://host:port or a device path, got none of them",
    "bed bed-1: pulse-rate is not among what smart-bed-senml says",
  ])
    expect(build).toThrow(problem);
});
