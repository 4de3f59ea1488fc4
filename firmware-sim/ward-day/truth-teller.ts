/** What really is, as lines of the truth file: of each bed, each room, and each device that fails. */

import { excursionsOf } from "../room-day/climate-day.ts";
import { createPressureDay, type PressureDay, type RoomStretch } from "../room-day/pressure-day.ts";
import type { Hospital } from "../ward-file.ts";
import type { BedTruth } from "./bed-truth.ts";
import type { Faults } from "./faults.ts";
import { DAY_MS } from "./plan-ward-day.ts";
import type { Ward } from "./ward.ts";
import { realTimeAt, type WardPace } from "./ward-clock.ts";

type Fact = { readonly atMs: number; readonly kind: string } & (
  | { readonly bedId: string }
  | { readonly roomId: string }
  | { readonly deviceId: string }
) & { readonly [detail: string]: unknown };

/** `atMs` is in ward time, `realMs` the same moment in real time. */
export type TruthLine = Fact & { readonly realMs: number };

export type TruthTeller = {
  /** What has come to be so since it was asked the last time, in order; the first time also how every bed is. */
  linesUntil(wardTimeMs: number): readonly TruthLine[];
};

export type TruthTellerParts = {
  readonly hospital: Hospital;
  readonly ward: Ward;
  readonly seed: number;
  readonly faults: Faults;
  readonly pace: WardPace;
};

export function createTruthTeller({ hospital, ward, seed, faults, pace }: TruthTellerParts): TruthTeller {
  const isolated = hospital.rooms.filter(({ isolation }) => isolation !== "none");
  const airs = isolated.map((room) => ({ ...room, air: createPressureDay({ seed, ...room }) }));
  let toldUntilMs: number | undefined;
  return {
    linesUntil: (untilMs) => {
      const isFirst = toldUntilMs === undefined;
      const afterMs = toldUntilMs ?? untilMs;
      toldUntilMs = untilMs;
      const facts: Fact[] = [
        ...(isFirst
          ? hospital.beds.map(({ bedId }) => bedLine(untilMs, bedId, ward.bedAt(bedId, untilMs).truth))
          : []),
        ...ward.changesBetween(afterMs, untilMs).map(({ atMs, bedId, truth }) => bedLine(atMs, bedId, truth)),
        ...ward
          .handlingsBetween(afterMs, untilMs)
          .map(({ bedId, kind, fromMs, untilMs: endsAtMs, weightKg }) => ({
            atMs: fromMs,
            bedId,
            kind,
            weightKg,
            forS: Math.round((endsAtMs - fromMs) / 1_000),
          })),
        ...hospital.rooms.flatMap(({ roomId }) =>
          daysOf(afterMs, untilMs)
            .flatMap((day) => excursionsOf({ seed, roomId }, day))
            .flatMap(({ kind, startsAtMs, endsAtMs }) =>
              edges({ fromMs: startsAtMs, untilMs: endsAtMs }, roomId, kind, "climate-ordinary"),
            ),
        ),
        ...airs.flatMap(({ roomId, air }) =>
          daysOf(afterMs, untilMs).flatMap((day) => airLines(roomId, air, day)),
        ),
        ...faults.startingBetween(afterMs, untilMs).map(({ deviceId, kind, fromMs, untilMs: endsAtMs }) => ({
          atMs: fromMs,
          deviceId,
          kind: `fault-${kind}`,
          forS: Math.round((endsAtMs - fromMs) / 1_000),
        })),
      ];
      return facts
        .filter(({ atMs }) => (isFirst && atMs === untilMs) || (atMs > afterMs && atMs <= untilMs))
        .sort((a, b) => a.atMs - b.atMs)
        .map((fact) => ({ ...fact, realMs: Math.round(realTimeAt(pace, fact.atMs)) }));
    },
  };
}

function daysOf(afterMs: number, untilMs: number): readonly number[] {
  const first = Math.max(0, Math.floor(afterMs / DAY_MS));
  const last = Math.floor(untilMs / DAY_MS);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place);
}

function airLines(roomId: string, air: PressureDay, day: number): readonly Fact[] {
  return [
    ...air.doorsOf(day).flatMap((door) => edges(door, roomId, "door-open", "door-closed")),
    ...air.weakFanOf(day).flatMap((weak) => edges(weak, roomId, "fan-weak", "fan-ordinary")),
  ];
}

function edges(
  { fromMs, untilMs }: RoomStretch,
  roomId: string,
  begins: string,
  ends: string,
): readonly Fact[] {
  return [
    { atMs: fromMs, roomId, kind: begins },
    { atMs: untilMs, roomId, kind: ends },
  ];
}

function bedLine(atMs: number, bedId: string, truth: BedTruth): Fact {
  const { kind } = truth;
  switch (kind) {
    case "in-bed":
    case "rolled-away":
      return { atMs, bedId, kind, weightKg: truth.patient.weightKg };
    case "out-of-bed":
      return { atMs, bedId, kind, weightKg: truth.patient.weightKg, where: truth.where };
    case "cleaning":
      return { atMs, bedId, kind, because: truth.because };
    case "awaiting-cleaning":
    case "clean":
      return { atMs, bedId, kind };
  }
}
