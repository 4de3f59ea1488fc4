/**
 * What the page's URL says: which beds to show and which one is open, so that a view can be kept and passed on.
 * `?hospital=north&state=available&bookable=1&q=icu&bed=north-bed-01`
 */
import { DISPLAY_STATES, type DisplayState } from "../../../contracts/bed/derive.ts";
import { BedId, HospitalId } from "../../../contracts/wire/ids.ts";

export type BoardFilter = {
  readonly hospitalId: HospitalId | null;
  readonly state: DisplayState | null;
  readonly bookableOnly: boolean;
  readonly text: string;
};

export type Address = { readonly filter: BoardFilter; readonly bedId: BedId | null };

export const NO_FILTER: BoardFilter = { hospitalId: null, state: null, bookableOnly: false, text: "" };
/** Longer than any label, room or ward name; a URL may come from anywhere. */
const TEXT_LENGTH_MAX = 128;

/** A parameter that means nothing here is left out, not refused: an old link still opens the board. */
export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  return {
    filter: {
      hospitalId: HospitalId.safeParse(query.get("hospital")).data ?? null,
      state: DISPLAY_STATES.find((state) => state === query.get("state")) ?? null,
      bookableOnly: query.get("bookable") === "1",
      text: (query.get("q") ?? "").slice(0, TEXT_LENGTH_MAX),
    },
    bedId: BedId.safeParse(query.get("bed")).data ?? null,
  };
}

/** The query of an address, empty or with its question mark. */
export function writeAddress({ filter, bedId }: Address): string {
  const query = new URLSearchParams();
  if (filter.hospitalId !== null) query.set("hospital", filter.hospitalId);
  if (filter.state !== null) query.set("state", filter.state);
  if (filter.bookableOnly) query.set("bookable", "1");
  if (filter.text !== "") query.set("q", filter.text);
  if (bedId !== null) query.set("bed", bedId);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

export function isFiltering(filter: BoardFilter): boolean {
  return writeAddress({ filter, bedId: null }) !== "";
}
