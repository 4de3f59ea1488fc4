import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import { fuse, type Vote, wordFor } from "../../../gateway/interpret/fusion.ts";

const vote = (said: Partial<Vote> & Pick<Vote, "vote">): Vote => ({
  deviceId: DeviceId.parse("mat-1"),
  metric: "occupancy",
  weight: 1,
  isWeak: false,
  ageMs: 1_000,
  setAside: null,
  ...said,
});
const present = vote({ vote: "present" });
const absent = vote({ vote: "absent" });
const unknown = vote({ vote: "unknown" });
const pulse = vote({ vote: "present", metric: "pulse-rate" });
const noPulse = vote({ vote: "unknown", metric: "pulse-rate" });
const weakAbsent = vote({ vote: "absent", metric: "load", isWeak: true });
const heavy = (one: Vote, weight: number): Vote => ({ ...one, weight });
const aside = (one: Vote): Vote => ({ ...one, setAside: "stuck: not used" });

test.each<[string, Vote[], "present" | "absent" | "unknown", string]>([
  ["holds an empty bed empty", [weakAbsent], "absent", "absent"],
  ["empties no bed that somebody was in", [weakAbsent], "present", "unknown"],
  ["tells nothing of a bed that is not known", [weakAbsent], "unknown", "unknown"],
  ["is one that is clear, where another is", [weakAbsent, absent], "present", "absent"],
  ["yields to somebody", [weakAbsent, present], "absent", "present"],
])("a load between its limits %s", (_name, votes, was, word) => {
  expect(wordFor(was, fuse(votes))).toBe(word);
});

describe("the sources of a bed", () => {
  test.each<[string, Vote[], string]>([
    ["none", [], "unknown"],
    ["one that sees somebody", [present], "present"],
    ["one that sees nobody", [absent], "absent"],
    ["one that does not know", [unknown], "unknown"],
    ["two that see the same", [absent, absent], "absent"],
    ["one that sees and one that does not know", [present, unknown], "present"],
    ["one that sees nobody, beside no pulse", [absent, noPulse], "absent"],
    ["no pulse, and nothing else", [noPulse], "unknown"],
    ["a pulse beside a load between its limits", [pulse, weakAbsent], "present"],
    ["a load between its limits alone", [weakAbsent], "absent"],
    ["a load between its limits, beside a mat that sees nobody", [weakAbsent, absent], "absent"],
    ["two of one weight at odds", [present, absent], "contradiction"],
    ["two against one", [present, absent, absent], "contradiction"],
    ["three against one", [present, absent, absent, absent], "absent"],
    ["one of three times the weight, for somebody", [heavy(present, 3), absent], "present"],
    ["one of three times the weight, for nobody", [heavy(absent, 3), present], "absent"],
    ["one of a little less", [heavy(present, 2.9), absent], "contradiction"],
    ["a pulse, however heavy the others are", [heavy(pulse, 0.1), heavy(absent, 10)], "contradiction"],
    ["one that was set aside, and one that was not", [aside(present), absent], "absent"],
    ["all set aside", [aside(present), aside(absent)], "unknown"],
  ])("%s", (_name, votes, word) => {
    const { occupancy, isContradiction } = fuse(votes);
    expect(isContradiction ? "contradiction" : occupancy).toBe(word);
    if (isContradiction) expect(occupancy).toBe("unknown");
  });
});

const anyVote: fc.Arbitrary<Vote> = fc.record({
  deviceId: fc.constantFrom("a", "b", "c", "d").map((id) => DeviceId.parse(id)),
  metric: fc.constantFrom("occupancy", "load", "pulse-rate"),
  weight: fc.oneof(fc.constantFrom(1, 2, 3), fc.double({ min: 0.1, max: 10, noNaN: true })),
  vote: fc.constantFrom("present", "absent", "unknown"),
  isWeak: fc.boolean(),
  ageMs: fc.constant(1_000),
  setAside: fc.constantFrom(null, null, null, "silent"),
});
const votes = fc.array(anyVote, { maxLength: 8 });

describe("whatever the sources say", () => {
  test("their order does not matter", () => {
    fc.assert(
      fc.property(
        votes.chain((said) =>
          fc.tuple(fc.constant(said), fc.shuffledSubarray(said, { minLength: said.length })),
        ),
        ([said, shuffled]) => {
          expect(fuse(shuffled)).toEqual(fuse(said));
        },
      ),
    );
  });

  test("one that is set aside changes nothing", () => {
    fc.assert(
      fc.property(votes, anyVote, (said, other) => {
        expect(fuse([...said, { ...other, setAside: "stuck" }])).toEqual(fuse(said));
      }),
    );
  });

  test("absent rests on one that says so, and on no pulse against it", () => {
    let met = 0;
    fc.assert(
      fc.property(votes, (said) => {
        if (fuse(said).occupancy !== "absent") return;
        met += 1;
        const counting = said.filter(({ setAside }) => setAside === null);
        expect(counting.some((one) => one.vote === "absent")).toBe(true);
        expect(counting.some((one) => one.vote === "present" && one.metric === "pulse-rate")).toBe(false);
      }),
      { numRuns: 1_000 },
    );
    expect(met).toBeGreaterThan(50);
  });

  test("silence of one that says present may leave the others their word, but silence of all is not knowing", () => {
    fc.assert(
      fc.property(votes, (said) => {
        expect(fuse(said.map((one) => ({ ...one, setAside: "silent" })))).toEqual({
          occupancy: "unknown",
          isContradiction: false,
          isWeak: false,
        });
      }),
    );
  });
});
