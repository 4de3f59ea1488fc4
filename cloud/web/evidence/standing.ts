/** Which of a bed's statements its status rests on. Pure. */
import { AXES, type Axis } from "../../../contracts/bed/axes.ts";
import type { BedStatement } from "../../../contracts/wire/evidence.ts";

/** The newest statement of an axis. `says`: it is what the board shows of that axis now. */
export type Standing = { readonly axis: Axis; readonly statement: BedStatement; readonly says: boolean };

export function standingStatements(
  statements: readonly BedStatement[],
  shownOf: (axis: Axis) => string,
): { readonly standing: readonly Standing[]; readonly without: readonly Axis[] } {
  const standing: Standing[] = [];
  const without: Axis[] = [];
  for (const axis of AXES) {
    const statement = statements.find(({ kind }) => kind === `${axis}-changed`);
    if (statement === undefined) without.push(axis);
    // What an erased statement said is not told, so that nobody can say that it is another.
    else standing.push({ axis, statement, says: statement.to === null || statement.to === shownOf(axis) });
  }
  return { standing, without };
}
