import { decodeFrame } from "../../devices/decode-frame.ts";
import { type Decoded, unreadable } from "../../devices/decoded.ts";
import { decodeJson } from "../../devices/json/decode-json.ts";
import { decodeRegisters, type RegisterBlock } from "../../devices/modbus/decode-registers.ts";
import { decodeSenml } from "../../devices/senml/decode-senml.ts";
import type { SenmlNames } from "../../devices/senml/senml-names.ts";
import type { DevicePlace } from "../commissioning/topology.ts";
import type { RawMessage } from "./raw-message.ts";

/** Reads a message by its device's profile. Which device a topic or a port belongs to, its transport has decided. */
export function decode(place: DevicePlace, names: SenmlNames, { body, received }: RawMessage): Decoded {
  const { profile } = place;
  if (body.kind === "noise") return unreadable(body.reason, body.detail);
  switch (profile.protocol) {
    case "mqtt-senml":
      if (body.kind !== "mqtt") break;
      return decodeSenml(body.payload, names, received.atMs);
    case "mqtt-json":
      if (body.kind !== "mqtt") break;
      return decodeJson(profile, body.payload);
    case "modbus":
      if (body.kind !== "registers") break;
      return decodeRegisters(profile, body.blocks, place.options);
    case "lines":
    case "frames":
      if (body.kind !== "frame") break;
      return decodeFrame(profile, body.bytes);
  }
  return unreadable(
    "wrong-topic",
    `${place.deviceId} is a ${profile.model}, which does not speak over ${body.kind}`,
  );
}

/** The bytes as they came, for quarantine. */
export function rawBytes({ body }: RawMessage): Uint8Array {
  switch (body.kind) {
    case "mqtt":
      return body.payload;
    case "frame":
    case "noise":
      return body.bytes;
    case "registers":
      return Uint8Array.from(body.blocks.flatMap(blockBytes));
  }
}

/** As on the wire: function code, address, count, then two bytes a word; bits too, so that each is seen apart. */
function blockBytes({ functionCode, address, words }: RegisterBlock): number[] {
  return [functionCode, ...[address, words.length, ...words].flatMap((word) => [word >> 8, word & 0xff])];
}
