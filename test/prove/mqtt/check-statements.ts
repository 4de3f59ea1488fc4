/** Looks at every statement that is said to be met, some at a time, and says which are not. */
import type { Bench } from "./bench.ts";
import type { Statement } from "./statement.ts";

export type Broken = { readonly id: string; readonly why: string };

export async function checkStatements(
  statements: readonly Statement[],
  bench: Bench,
  atOnce: number,
): Promise<{ readonly checked: number; readonly broken: readonly Broken[] }> {
  const broken: Broken[] = [];
  let checked = 0;
  const waiting = [...statements];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      if (one.verdict.kind !== "met") continue;
      try {
        await one.verdict.check(bench);
      } catch (error) {
        broken.push({ id: one.id, why: firstLines(error) });
      }
      checked += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { checked, broken };
}

const firstLines = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split("\n").slice(0, 12).join(" ").slice(0, 400);
