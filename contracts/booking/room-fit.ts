/** What the room has to be: how it keeps its patient apart, and who else is in it. */
import type { BedFacts } from "../bed/derive.ts";
import type { BedProfileBody } from "../wire/ward-desk.ts";
import { listWords } from "./misfit-words.ts";
import type { IsolationNeed, Sex, SexRule } from "./vocabulary.ts";

type Room = {
  readonly facts: Pick<BedFacts, "roomIsolation" | "roomCondition">;
  readonly profile: Pick<BedProfileBody, "features">;
  readonly roommates: readonly Sex[];
};
type RoomIsolation = BedFacts["roomIsolation"];

/** Pressure that the need asks for; contact and droplet ask for a door that can be closed. */
export const PRESSURE_WANTED: Readonly<Record<IsolationNeed, RoomIsolation>> = {
  none: "none",
  contact: "none",
  droplet: "none",
  airborne: "negative-pressure",
  protective: "positive-pressure",
};

const ROOM_WORDS: Readonly<Record<RoomIsolation, string>> = {
  none: "room without pressure of its own",
  "negative-pressure": "negative-pressure room",
  "positive-pressure": "positive-pressure room",
};
const CONDITION_WORDS: Readonly<Record<BedFacts["roomCondition"], string>> = {
  "within-limits": "within limits",
  "out-of-limits": "out of limits",
  unknown: "not known to be within limits",
};

export const roomWords = ({ roomIsolation, roomCondition }: Room["facts"]): string =>
  `${ROOM_WORDS[roomIsolation]} ${CONDITION_WORDS[roomCondition]}`;

/** Whether it matters who else is in the room. */
export const asksRoommates = (
  { isolation }: { readonly isolation: IsolationNeed },
  { sexRule }: { readonly sexRule: SexRule },
): boolean => isolation !== "none" || sexRule === "same-as-bay";

/** Null: it fits. Who is to be kept apart shares a room with nobody, whatever the room is built for. */
export function isolationMisfit(need: IsolationNeed, { facts, profile, roommates }: Room): string | null {
  if (need === "none") return null;
  const pressure = PRESSURE_WANTED[need];
  const wanted =
    pressure === "none"
      ? `single room for ${need} isolation wanted`
      : `${ROOM_WORDS[pressure]} within limits for ${need} isolation wanted`;
  if (facts.roomIsolation !== pressure && pressure !== "none")
    return `${ROOM_WORDS[facts.roomIsolation]}, ${wanted}`;
  if (pressure !== "none" && facts.roomCondition !== "within-limits") return `${roomWords(facts)}, ${wanted}`;
  // Its air is pushed out into the corridor, and what the patient has with it.
  if (facts.roomIsolation === "positive-pressure" && need !== "protective")
    return `${ROOM_WORDS[facts.roomIsolation]}, ${wanted}`;
  if (pressure === "none" && !profile.features.includes("single-room")) return `no single room, ${wanted}`;
  return roommates.length === 0 ? null : `others lie in the room or are expected there, ${wanted}`;
}

/** Null: it fits. Where the rule asks for a sex, one that is not known does not fit. */
export function sexMisfit(sex: Sex, rule: SexRule, roommates: readonly Sex[]): string | null {
  const wanted = `place for ${sex === "unknown" ? "a patient of unknown sex" : `sex ${sex}`} wanted`;
  switch (rule) {
    case "any":
      return null;
    case "female":
    case "male":
      return sex === rule ? null : `${rule} bay, ${wanted}`;
    case "same-as-bay": {
      const others = [...new Set(roommates)];
      const fits = others.every((other) => other !== "unknown" && other === sex);
      return fits ? null : `bay with ${listWords(others)} patients, ${wanted}`;
    }
  }
}
