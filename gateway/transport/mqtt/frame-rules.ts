/** Which frames a client of MQTT 3.1.1 may send, and how long each kind can be. What lies inside is read elsewhere. */

export const CONNECT = 1;
export const PUBLISH = 3;
const PUBACK = 4;
const PUBREC = 5;
const PUBREL = 6;
const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const UNSUBSCRIBE = 10;
const PINGREQ = 12;
export const DISCONNECT = 14;

type Rule = { readonly flags: number; readonly lengthMin: number; readonly lengthMax: number };

const answer: Rule = { flags: 0, lengthMin: 2, lengthMax: 2 };
const empty: Rule = { flags: 0, lengthMin: 0, lengthMax: 0 };

const RULES = new Map<number, Rule>([
  [PUBACK, answer],
  [PUBREC, answer],
  [PUBREL, { ...answer, flags: 2 }],
  [PUBCOMP, answer],
  // A packet id, and one filter at least: two bytes of length, one of text; a subscription's QoS is one more.
  [SUBSCRIBE, { flags: 2, lengthMin: 6, lengthMax: Number.POSITIVE_INFINITY }],
  [UNSUBSCRIBE, { flags: 2, lengthMin: 5, lengthMax: Number.POSITIVE_INFINITY }],
  [PINGREQ, empty],
  [DISCONNECT, empty],
]);

export const kindOf = (header: number) => header >> 4;

/** Whether a connected client may send such a frame; PUBLISH is read by rules of its own, and a second CONNECT never. */
export function mayFollow(header: number, bodyLength: number): boolean {
  const rule = RULES.get(kindOf(header));
  return (
    rule !== undefined &&
    (header & 0x0f) === rule.flags &&
    bodyLength >= rule.lengthMin &&
    bodyLength <= rule.lengthMax
  );
}
