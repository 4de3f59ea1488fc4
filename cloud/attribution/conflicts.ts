/** What the database's exclusions say to a correction, told with the other interval's times. */

import { CloudError, type ProblemCode } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { errorCode } from "../start-error.ts";

const EXCLUSION_VIOLATION = "23P01";
const TOLD: Readonly<Record<string, { code: ProblemCode; says: string }>> = {
  one_encounter_a_bed_at_a_time: { code: "STAY_CONFLICT", says: "Another patient had the bed" },
  one_bed_an_encounter_at_a_time: { code: "STAY_CONFLICT", says: "The patient had another bed" },
  one_placement_at_a_time: { code: "PLACEMENT_CONFLICT", says: "The device was placed elsewhere" },
};
/** The last range of the error's detail is that of the row which is there already. */
const RANGES = /\[(\d+),(\d*)\)/g;

/** What is none of them is given back as it is. */
export function conflictOf(error: unknown): unknown {
  if (!(error instanceof Error) || errorCode(error) !== EXCLUSION_VIOLATION) return error;
  const { constraint, detail } = error as Error & { constraint?: string; detail?: string };
  const told = TOLD[constraint ?? ""];
  if (told === undefined) return error;
  const [, from, to] = [...(detail ?? "").matchAll(RANGES)].at(-1) ?? [];
  if (from === undefined) return new CloudError(told.code, `${told.says} at that time.`);
  const conflict = { from: rfc3339(Number(from)), to: to ? rfc3339(Number(to)) : null };
  const until = conflict.to === null ? "and still has" : `to ${conflict.to}`;
  return new CloudError(told.code, `${told.says} from ${conflict.from} ${until}.`, { conflict });
}
