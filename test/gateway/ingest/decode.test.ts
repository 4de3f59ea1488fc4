import { describe, expect, test } from "vitest";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import { metricsOf } from "../../../devices/profile.ts";
import { PROFILES } from "../../../devices/profiles.ts";
import { SenmlNames } from "../../../devices/senml/senml-names.ts";
import type { DevicePlace } from "../../../gateway/commissioning/topology.ts";
import { decode, rawBytes } from "../../../gateway/ingest/decode.ts";
import type { RawMessage } from "../../../gateway/ingest/raw-message.ts";
import {
  BED_12_PACK,
  BED_TEXT_MESSAGE,
  CONTEC_FRAME,
  LOAD_PAD_WORDS,
  NONIN_LINE,
  RADICAL_7_LINE,
  ROOM_PRESSURE_WORDS,
  TASMOTA_SENSOR_71_4,
  XY_MD02_REPLY_WORDS,
} from "../../fixtures/golden.ts";

const placeOf = (model: string): DevicePlace => {
  const profile = PROFILES.get(model);
  if (profile === undefined) throw new Error(`no profile ${model}`);
  return {
    deviceId: DeviceId.parse("bed-12"),
    profile,
    bedId: null,
    roomId: null,
    expectedIntervalMs: profile.expectedIntervalMs,
    options: { wordOrder: null, isSignInverted: false },
    modbusTcp: null,
    modbusRtu: null,
    serial: null,
    mqtt: null,
  };
};

const mqtt = (payload: Uint8Array): RawMessage["body"] => ({
  kind: "mqtt",
  payload,
  packetId: null,
  isRepeat: false,
});
const frame = (bytes: Uint8Array): RawMessage["body"] => ({ kind: "frame", bytes });
const registers = (functionCode: 2 | 4, address: number, words: readonly number[]): RawMessage["body"] => ({
  kind: "registers",
  blocks: [{ functionCode, address, words }],
});
const message = (body: RawMessage["body"]): RawMessage => ({
  deviceId: DeviceId.parse("bed-12"),
  received: { atMs: 1_732_400_001_000, monoMs: 0 },
  body,
});

function decodeOf(model: string, body: RawMessage["body"]) {
  const place = placeOf(model);
  return decode(place, new SenmlNames(place.deviceId, metricsOf(place.profile)), message(body));
}

const CASES: readonly [string, RawMessage["body"], number][] = [
  ["smart-bed-senml", mqtt(BED_12_PACK), 5],
  ["tasmota-hx711", mqtt(TASMOTA_SENSOR_71_4), 1],
  ["bed-text-json", mqtt(BED_TEXT_MESSAGE), 4],
  ["xy-md02", registers(4, 1, XY_MD02_REPLY_WORDS), 2],
  ["load-pad-4", registers(4, 0, LOAD_PAD_WORDS), 5],
  ["room-pressure", registers(4, 0, ROOM_PRESSURE_WORDS), 1],
  ["dry-contacts", registers(2, 0, [1, 0]), 2],
  ["masimo-ascii-1", frame(RADICAL_7_LINE), 3],
  ["nonin-ascii", frame(NONIN_LINE), 2],
  ["contec-cms50d-plus", frame(CONTEC_FRAME), 2],
];

describe("a message is read by its device's profile", () => {
  test("and every profile has one here", () => {
    expect(CASES.map(([model]) => model).toSorted()).toEqual([...PROFILES.keys()].toSorted());
  });

  test.each(CASES)("%s", (model, body, values) => {
    const decoded = decodeOf(model, body);
    expect(decoded.unreadable).toEqual([]);
    expect(decoded.values).toHaveLength(values);
  });

  test.each(CASES)("%s does not speak over another protocol's way", (model, body) => {
    const others = [mqtt(BED_12_PACK), frame(CONTEC_FRAME), registers(4, 0, LOAD_PAD_WORDS)];
    for (const other of others.filter(({ kind }) => kind !== body.kind)) {
      const decoded = decodeOf(model, other);
      expect(decoded).toMatchObject({ values: [], unreadable: [{ reason: "wrong-topic" }] });
    }
  });
});

describe("what goes into quarantine", () => {
  test("is a message or a frame as it came", () => {
    expect(rawBytes(message(mqtt(BED_12_PACK)))).toBe(BED_12_PACK);
    expect(rawBytes(message(frame(CONTEC_FRAME)))).toBe(CONTEC_FRAME);
  });

  test("is each block with its function, address and count", () => {
    const body: RawMessage["body"] = {
      kind: "registers",
      blocks: [
        { functionCode: 4, address: 0x0102, words: [0x00f7, 0xffad] },
        { functionCode: 2, address: 0, words: [1] },
      ],
    };
    expect(Buffer.from(rawBytes(message(body))).toString("hex")).toBe("040102000200f7ffad02000000010001");
  });
});
