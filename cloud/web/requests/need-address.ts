/**
 * What a link to the form asks for, so that it opens filled in: `?level=intensive&features=oxygen,telemetry&isolation=airborne`.
 * What means nothing here is left out, not refused. Pure.
 */
import {
  FEATURES,
  ISOLATION_NEEDS,
  type IsolationNeed,
  LEVELS_OF_CARE,
} from "../../../contracts/booking/vocabulary.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { Wish } from "./quick-need.ts";

type KindOfBed = Pick<Wish, "levelOfCare" | "features" | "isolation">;

export function readKindOfBed(search: string): Partial<KindOfBed> {
  const query = new URLSearchParams(search);
  const levelOfCare = LEVELS_OF_CARE.find((level) => level === query.get("level"));
  const named = query.get("features")?.split(",") ?? [];
  const features = FEATURES.filter((feature) => named.includes(feature));
  const isolation = ISOLATION_NEEDS.find((need) => need === query.get("isolation"));
  return {
    ...(levelOfCare === undefined ? {} : { levelOfCare }),
    ...(features.length === 0 ? {} : { features }),
    ...(isolation === undefined ? {} : { isolation }),
  };
}

/** The isolation that a room's pressure is made for. A single room is a feature. */
const ISOLATION_OF_ROOM: Readonly<Record<BedView["room"]["isolation"], IsolationNeed>> = {
  none: "none",
  "negative-pressure": "airborne",
  "positive-pressure": "protective",
};

/** Where a bed like this one is asked for; null: nobody has said what it is. */
export function addressOfKind({ profile, room }: Pick<BedView, "profile" | "room">): string | null {
  if (profile === null) return null;
  const isolation = ISOLATION_OF_ROOM[room.isolation];
  const query = [
    `level=${profile.levelOfCare}`,
    ...(profile.features.length === 0 ? [] : [`features=${profile.features.join(",")}`]),
    ...(isolation === "none" ? [] : [`isolation=${isolation}`]),
  ];
  return `/requests?${query.join("&")}`;
}
