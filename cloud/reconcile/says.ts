/** Who says what, in words: the two sides of a conflict, each with its time. Pure. */
import type { LookedBed } from "../../contracts/booking/discrepancies.ts";
import type { DiscrepancyKind, LiveBookingState } from "../../contracts/booking/states.ts";
import type { By } from "../../contracts/wire/bed-event.ts";
import { AXIS_VALUE_WORDS } from "../../contracts/words/axis-words.ts";
import type { KnownBed } from "../registry/bed.ts";
import { composeAxes } from "../registry/compose-axes.ts";

export type Saying = { readonly who: string; readonly what: string; readonly atMs: number };

const CLAIM_WORDS: Readonly<Record<LiveBookingState, string>> = {
  held: "held for a patient",
  requested: "asked for, for a patient",
  reserved: "reserved for a patient",
  assigned: "prepared for a patient",
  arrived: "the patient has arrived",
  admitted: "a patient is admitted",
  "on-leave": "the patient is on leave",
};

export function sayingsOf(
  kind: DiscrepancyKind,
  known: KnownBed,
  looked: LookedBed,
  nowMs: number,
): Saying[] {
  const service = composeAxes(known, nowMs).service;
  switch (kind) {
    case "arrival-overdue":
      return [
        ...claimSays(looked),
        { who: "the hospital's policy", what: overdueWords(looked), atMs: nowMs },
      ];
    case "closed-under-claim":
      return [
        ...claimSays(looked),
        {
          who: whoSays(service.by),
          what: AXIS_VALUE_WORDS.service[service.value].toLowerCase(),
          atMs: service.sinceMs ?? nowMs,
        },
      ];
    default:
      return [...claimSays(looked), occupancySays(known, nowMs)];
  }
}

const overdueWords = ({ arrivalMs }: LookedBed) => `to arrive within ${arrivalMs / 60_000} min`;

function claimSays({ claim, leaver, facts }: LookedBed): Saying[] {
  const who = "bookings";
  if (claim?.dischargeOrderedAtMs != null)
    return [{ who, what: "discharge is ordered", atMs: claim.dischargeOrderedAtMs }];
  if (claim !== null) return [{ who, what: CLAIM_WORDS[claim.state], atMs: claim.sinceMs }];
  if (leaver !== null) return [{ who, what: "the patient was discharged", atMs: leaver.endedAtMs }];
  const { sinceMs } = facts.axes.assignment;
  return sinceMs === null ? [] : [{ who, what: "free of claims", atMs: sinceMs }];
}

function occupancySays({ bed }: KnownBed, nowMs: number): Saying {
  const { by, value, sinceMs } = bed.axes.occupancy;
  const what = value === "present" ? "somebody is in the bed" : "empty";
  return { who: whoSays(by), what, atMs: sinceMs ?? nowMs };
}

function whoSays(by: By | null): string {
  if (by === null) return "the bed";
  return by.kind === "declaration" ? by.who : by.deviceId;
}
