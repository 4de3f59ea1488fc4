/**
 * A session's subscriptions are taken up before its CONNACK is written, so aedes may tell it of a message first, which MQTT
 * does not allow. Such a message is left out here: of QoS 1 and 2 it waits in the session, and is sent behind the CONNACK.
 */
const CONNACK_HEADER = 0x20;

/** What aedes wrote (whole frames), from its CONNACK on; null where that is not among it. */
export function fromConnack(bytes: Buffer): Buffer | null {
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === CONNACK_HEADER) return bytes.subarray(at);
    let length = 0;
    let next = at + 1;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[next++];
      if (byte === undefined) return null;
      length += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
    }
    at = next + length;
  }
  return null;
}
