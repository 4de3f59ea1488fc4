import type { Lane } from "../../../contracts/wire/ids.ts";
import { READING_LANES, type ReadingLane } from "../journal-port.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";

/** The lanes that hold readings, by their numbers. */
export const READING_LANE_NUMBERS: readonly number[] = READING_LANES.map((lane) => LANE_NUMBERS[lane]);

const NAMES = new Map(Object.entries(LANE_NUMBERS).map(([name, lane]) => [lane, name as Lane]));

/** Also the name of its table. */
export function laneName(lane: number): Lane {
  const name = NAMES.get(lane);
  if (name === undefined)
    throw new Error(`expected one of the lanes ${[...NAMES.keys()].join(", ")}, got ${lane}`);
  return name;
}

export function readingLaneName(lane: number): ReadingLane {
  const name = laneName(lane);
  if (name === "beds") throw new Error("expected a lane of readings, got that of the bed events");
  return name;
}
