/** The drawer's axes tell what stands now, as the tile does, and until when. */
import { expect, test } from "vitest";
import { axisWords } from "../../cloud/web/drawer/axis-words.ts";
import { momentWords } from "../../contracts/ui/clock-words.ts";
import { BedView } from "../../contracts/wire/board.ts";
import { aBed, at, MIN, NOW_MS } from "./a-bed.ts";

const bed = aBed();
const heldFor = (leftMs: number) =>
  BedView.parse({
    ...bed,
    axes: {
      ...bed.axes,
      assignment: {
        value: "held",
        since: at(10 * MIN),
        by: { kind: "declaration", who: "a doctor" },
        evidence: [],
        lapse: { at: at(-leftMs), to: "none" },
      },
    },
  });

test("a hold tells until when it stands", () => {
  const since = momentWords(NOW_MS - 10 * MIN, NOW_MS);
  const until = momentWords(NOW_MS + 5 * MIN, NOW_MS);
  expect(axisWords(heldFor(5 * MIN), "assignment", NOW_MS)).toEqual({
    value: "Held",
    since: `${since} until ${until}`,
    by: "declared by a doctor",
  });
});

test("a hold that has lapsed is none, since it lapsed, and nobody is said to have said so", () => {
  expect(axisWords(heldFor(-2 * MIN), "assignment", NOW_MS)).toEqual({
    value: "Free of claims",
    since: momentWords(NOW_MS - 2 * MIN, NOW_MS),
    by: "what was said before has lapsed",
  });
});

test("what does not lapse tells since when alone", () => {
  expect(axisWords(bed, "readiness", NOW_MS).since).not.toContain("until");
});
