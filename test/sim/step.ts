/** What may happen in the simulation, as data, so that a run that failed can be shrunk, printed and run again. */
import fc from "fast-check";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { Weather } from "../support/model-uplink.ts";

export const BEDS = ["bed-1", "bed-2", "bed-3"] as const;

const bed = fc.constantFrom(...BEDS);
const lane = fc.constantFrom(...LANES);
const weather = fc.constantFrom<Weather>(
  "clear",
  "clear",
  "clear",
  "request-lost",
  "reply-lost",
  "refused",
  "busy",
);

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      bed,
      occupied: fc.boolean(),
      /** Whether the device tells its own time. */
      timed: fc.boolean(),
      /** How long the device kept it before it could send. */
      keptSeconds: fc.constantFrom(0, 0, 0, 1, 30, 400),
      /** What becomes of it: acknowledged; kept, and the acknowledgement is lost; or the commit fails. */
      end: fc.constantFrom("acknowledged", "acknowledged", "acknowledgement-lost", "commit-failed"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("press" as const), bed, pressed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("repeat" as const), bed }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("sync" as const), lane, weather }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      seconds: fc.oneof(fc.constantFrom(1, 5, 30, 61, 700), fc.integer({ min: 1, max: 90 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("power-cut" as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  },
  /** A power cut, and a row that the cloud does not have yet becomes another while it lasts. */
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rot" as const), pick: fc.nat(1_000) }) },
  /** The second that the journal's thread counts by itself. */
  { weight: 1, arbitrary: fc.record({ do: fc.constant("tidy" as const) }) },
);

export const steps = fc.array(step, { minLength: 1, maxLength: 60, size: "max" });
type ValueOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
export type Step = ValueOf<typeof step>;
