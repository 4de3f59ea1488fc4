import {
  type Badge,
  type ConflictKind,
  type DisplayState,
  deriveBed,
  type Verification,
} from "../../../contracts/bed/derive.ts";
import type { Freshness } from "../../../contracts/bed/freshness.ts";
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";
import { bedFacts, momentMs } from "./bed-facts.ts";
import { profileWords } from "./profile-words.ts";
import { stateSinceMs } from "./state-since.ts";

/** What a tile shows of a bed at one moment, ages aside. Two that are the same draw the same. */
export type ShownBed = Pick<BedView, "bedId" | "hospitalId" | "gatewayId" | "label"> & {
  readonly wardId: BedView["ward"]["wardId"];
  readonly roomName: string;
  /** What it is for and what it offers, in words to look for; empty where nobody has said. */
  readonly profileWords: string;
  readonly display: DisplayState;
  readonly badges: readonly Badge[];
  readonly verification: Verification;
  readonly freshness: Freshness | null;
  readonly conflict: ConflictKind | null;
  readonly conflictSinceMs: number | null;
  readonly bookable: boolean;
  readonly settling: "present" | "absent" | "unknown" | null;
  readonly sinceMs: number | null;
};

export function showBed(bed: BedView, gateway: GatewayView | undefined, nowMs: number): ShownBed {
  const facts = bedFacts(bed, gateway, nowMs);
  const derived = deriveBed(facts, nowMs);
  return {
    bedId: bed.bedId,
    hospitalId: bed.hospitalId,
    gatewayId: bed.gatewayId,
    wardId: bed.ward.wardId,
    label: bed.label,
    roomName: bed.room.name,
    profileWords: profileWords(bed.profile),
    display: derived.display,
    badges: derived.badges,
    verification: derived.verification,
    freshness: derived.freshness,
    conflict: derived.conflict?.kind ?? null,
    conflictSinceMs: derived.conflict?.sinceMs ?? contradictionSinceMs(bed),
    bookable: derived.bookable.ok,
    settling: facts.settling?.candidate ?? null,
    sinceMs: stateSinceMs(facts, derived.display, nowMs),
  };
}

function contradictionSinceMs({ findings }: BedView): number | null {
  return momentMs(findings.find(({ kind }) => kind === "contradiction")?.since ?? null);
}

export function isSameShown(one: ShownBed, other: ShownBed): boolean {
  const { badges, ...plain } = one;
  const { badges: otherBadges, ...otherPlain } = other;
  return badges.join() === otherBadges.join() && shallowEqual(plain, otherPlain);
}

export function shallowEqual<T extends object>(one: T, other: T): boolean {
  const keys = Object.keys(one) as (keyof T)[];
  return keys.length === Object.keys(other).length && keys.every((key) => Object.is(one[key], other[key]));
}
