import { type Decoded, unreadable } from "../../devices/decoded.ts";
import { decodeMasimoLine } from "../../devices/masimo/decode-masimo-line.ts";
import { decodeRegisters } from "../../devices/modbus/decode-registers.ts";
import { decodeSenml } from "../../devices/senml/decode-senml.ts";
import type { DevicePlace } from "../commissioning/topology.ts";
import type { RawMessage } from "./raw-message.ts";

/** Reads a message by its device's profile. */
export function decode(place: DevicePlace, { body, received }: RawMessage): Decoded {
  const { profile } = place;
  if (body.kind === "mqtt" && profile.protocol === "mqtt-senml") {
    return decodeSenml(body.payload, place.deviceId, profile.metrics, received.atMs);
  }
  if (body.kind === "registers" && profile.protocol === "modbus") {
    return decodeRegisters(profile, body.range, body.words);
  }
  if (body.kind === "line" && profile.protocol === "lines") return decodeMasimoLine(profile, body.line);
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
    case "line":
      return body.line;
    case "registers":
      return Uint8Array.from(body.words.flatMap((word) => [word >> 8, word & 0xff]));
  }
}
