/** The evidence's health in words: what is wrong with a witness or the anchor, and what to do. Pure. */
import type { EvidenceHealth } from "../../../contracts/wire/evidence.ts";

type Alarm = EvidenceHealth["alarms"][number];
type Anchor = NonNullable<EvidenceHealth["anchor"]>;

export const ALARM_WORDS: Readonly<Record<Alarm["kind"], { readonly title: string; readonly todo: string }>> =
  {
    "gateway-fork": {
      title: "A gateway signed two histories",
      todo: "Nothing more is taken of its log. Its key may be in other hands, or its disk was put back to an older state: take the gateway out of service, keep its data directory, and set it up anew with a new key.",
    },
    "record-differs": {
      title: "Board and log say different things",
      todo: "A record was changed on the way or in the database. Do not rely on that bed’s history; compare the gateway’s journal with the database, and find out who could write to either.",
    },
    "witness-refused": {
      title: "A gateway refuses to witness this service’s log",
      todo: "It saw another log of this service before. Somebody may have put the database back to an older state, or shows two histories: the gateway kept both notes in its data directory. Do not tell it to go on before that is explained.",
    },
  };

/** "Confirmed" is what the chain finalized; everything before may still be undone by the chain. */
export const ANCHOR_STATE_WORDS: Readonly<Record<Anchor["state"], string>> = {
  idle: "waits for its next turn",
  queued: "the next root waits for its turn",
  signed: "the next transaction is signed, not sent",
  sent: "the next transaction is sent",
  mined: "the next root is in a block that may still be undone",
  safe: "the next root is in a block that is nearly final",
  unreachable: "the chain’s node does not answer",
  refused: "the chain refuses the transaction",
};

const TROUBLED: readonly Anchor["state"][] = ["unreachable", "refused"];
export const isAnchorTroubled = ({ state }: Pick<Anchor, "state">) => TROUBLED.includes(state);

export const KEY_STATE_WORDS: Readonly<Record<EvidenceHealth["gateways"][number]["keyState"], string>> = {
  none: "none yet",
  "in-force": "in force",
  revoked: "withdrawn",
};

const counted = new Intl.NumberFormat("en-GB");

/** Gas is counted in whole units and may exceed a double: it travels as text. */
export function gasWords(gas: string): string {
  return /^[0-9]{1,80}$/.test(gas) ? counted.format(BigInt(gas)) : gas;
}

const short = new Intl.NumberFormat("en-GB", { notation: "compact", maximumFractionDigits: 1 });
export const shortGasWords = (gas: string) => (/^[0-9]{1,80}$/.test(gas) ? short.format(BigInt(gas)) : gas);

/** How many entries of the network's log a witness has not signed for. */
export function behindWords(cosignedSize: number, size: number): string {
  const behind = Math.max(0, size - cosignedSize);
  return behind === 0 ? "none behind" : `${counted.format(behind)} behind`;
}
