import { describe, expect, test } from "vitest";
import { fullMomentWords } from "../../cloud/web/evidence/full-moment.ts";
import { behindWords, gasWords, shortGasWords } from "../../cloud/web/evidence/health-words.ts";
import {
  bundleLinks,
  furthestWords,
  gatewayWords,
  proofSteps,
} from "../../cloud/web/evidence/proof-words.ts";
import { saidWords } from "../../cloud/web/evidence/said-words.ts";
import { standingStatements } from "../../cloud/web/evidence/standing.ts";
import { askedEveryMs } from "../../cloud/web/evidence/use-bed-evidence.ts";
import { ownPolicy } from "../../cloud/web/evidence/use-policy.ts";
import type { AXES } from "../../contracts/bed/axes.ts";
import type { BedStatement } from "../../contracts/wire/evidence.ts";
import { aBed, NOW_MS } from "./a-bed.ts";
import { aPolicyOfTheCloud, sceneEvidence } from "./scene-evidence.ts";

const bed = aBed();
const evidence = sceneEvidence(bed);
const statement = (seq: number): BedStatement => {
  const found = evidence.statements.find((one) => one.seq === seq);
  if (found === undefined) throw new Error(`the scene has no statement ${seq}`);
  return found;
};
const words = (of: BedStatement, setting = {}) =>
  proofSteps(of, { ...evidence, ...setting }, NOW_MS).map((step) => [step.isThere, step.words]);

describe("how far a statement is proven", () => {
  test("what can only follow is not told before what it follows", () => {
    expect(words(statement(93))).toEqual([[false, "Not logged yet"]]);
    expect(words(statement(92))).toEqual([
      [true, "Logged at 08:59:52"],
      [false, "Not witnessed yet"],
    ]);
    expect(words(statement(90)).at(-1)).toEqual([false, "Not anchored yet"]);
    expect(words(statement(88))).toEqual([
      [true, "Logged at 07:02:01"],
      [true, "Witnessed at 07:02:04 by Southbank Hospital"],
      [true, "Anchored in block 12,345 at 07:11:00"],
    ]);
  });

  test("what is missing has been missing since the step before it", () => {
    const since = (seq: number) =>
      proofSteps(statement(seq), evidence, NOW_MS).find(({ isThere }) => !isThere)?.waitsSinceMs;
    expect(NOW_MS - (since(93) ?? 0)).toBe(6_000);
    expect(NOW_MS - (since(92) ?? 0)).toBe(8_000);
    expect(since(88)).toBeUndefined();
  });

  test("a log that is not signed, a log without a witness and a network without a chain are said as such", () => {
    const logged = statement(92).logged;
    const unsigned = { ...statement(92), logged: logged === null ? null : { ...logged, signedAt: null } };
    expect(words(unsigned)).toEqual([[false, "Logged, not signed yet"]]);
    const witnessed = statement(90).witnessed;
    const alone = {
      ...statement(90),
      witnessed: witnessed === null ? null : { ...witnessed, witnesses: [] },
    };
    expect(words(alone, { witnessesMin: 0 })[1]).toEqual([
      false,
      "In this service’s log at 08:56:04, witnessed by nobody",
    ]);
    expect(words(statement(90), { isAnchoring: false }).at(-1)).toEqual([
      false,
      "Not anchored: no chain is set up",
    ]);
  });

  test("a line says what is there and the first that is not", () =>
    expect(furthestWords(statement(90), evidence, NOW_MS)).toBe(
      "Logged at 08:56:01 · Witnessed at 08:56:04 by Southbank Hospital · Not anchored yet",
    ));

  test("its file comes in two forms once it is witnessed, under names that tell them apart", () => {
    expect(bundleLinks(statement(92), bed.bedId)).toEqual([]);
    const path = `/api/v1/beds/${bed.bedId}/evidence/00000000deadbeef/88/bundle`;
    expect(bundleLinks(statement(88), bed.bedId)).toEqual([
      { format: "json", href: `${path}?format=json`, fileName: "north-bed-01-88.json" },
      { format: "car", href: `${path}?format=car`, fileName: "north-bed-01-88.car" },
    ]);
  });

  test.each([
    ["hospitell/gateway/north-gateway/00000000deadbeef", "gateway north-gateway"],
    ["somebody/else", "somebody/else"],
  ])("a log of %s is of %s", (origin, whose) => expect(gatewayWords(origin)).toBe(whose));
});

describe("what the status rests on", () => {
  test("the newest statement of each axis, and whether it is what the board shows", () => {
    const shown = (axis: (typeof AXES)[number]) => (axis === "readiness" ? "dirty" : bed.axes[axis].value);
    const { standing, without } = standingStatements(evidence.statements, shown);
    expect(standing.map(({ axis, statement, says }) => [axis, statement.seq, says])).toEqual([
      ["occupancy", 88, true],
      ["readiness", 90, false],
      ["service", 93, true],
      ["infection", 92, true],
    ]);
    expect(without).toEqual(["assignment", "staffing"]);
  });

  test("is asked for often while a witness or a chain is waited for", () => {
    const of = (...seqs: number[]) => askedEveryMs({ ...evidence, statements: seqs.map(statement) });
    expect([of(93, 88), of(90, 88), of(88)]).toEqual([3_000, 15_000, 30_000]);
    expect(askedEveryMs({ ...evidence, isAnchoring: false, statements: [statement(90)] })).toBe(30_000);
  });
});

describe("what an accepted file says", () => {
  const leaf = { kind: "bed-event", lane: "beds", firstSeq: 7, lastSeq: 7, index: 0 } as const;
  const event = { kind: "occupancy-changed", bedId: "north-bed-01", observedAtMs: NOW_MS, to: "absent" };

  test("an event stands in words, with its bed and its moment", () => {
    const { title, facts } = saidWords({
      ...leaf,
      payload: { ...event, by: { kind: "sensor", deviceId: "mat-1" } },
    });
    expect(title).toBe("Occupancy: Empty");
    expect(Object.fromEntries(facts)).toMatchObject({ Bed: "north-bed-01", "Said by": "sensor mat-1" });
    expect(Object.fromEntries(facts).Observed).toContain("24 Nov 2026");
  });

  test.each([
    [{ ...event, kind: "moved-to-mars", to: "crater" }, "moved-to-mars: crater"],
    [
      { ...event, kind: "occupancy-settling", to: undefined, candidate: "present" },
      "Settling: Somebody in bed",
    ],
    [{ greeting: "hello" }, "A record that this page cannot put into words"],
    [null, "Something was said, and what it was is withheld or was erased"],
  ])("%j is “%s”", (payload, title) => expect(saidWords({ ...leaf, payload }).title).toBe(title));

  test("a moment that no calendar has is still a number", () => {
    expect(fullMomentWords(Number.MAX_SAFE_INTEGER)).toBe("9007199254740991 ms after 1970");
    expect(fullMomentWords(NOW_MS)).toContain("2026");
  });
});

describe("a policy of one's own", () => {
  test("is taken as it is, and refused with the field that is wrong", () => {
    const policy = aPolicyOfTheCloud();
    expect(ownPolicy(JSON.stringify(policy, null, 2)).policy?.network.name).toBe(policy.network.name);
    expect(ownPolicy("")).toEqual({ policy: null, problem: null });
    expect(ownPolicy("{").problem).toContain("not JSON");
    expect(ownPolicy(JSON.stringify({ ...policy, trust: "everybody" })).problem).toContain("trust");
  });
});

test("gas beyond a double is told to the last unit, and in short", () => {
  expect(gasWords("90071992547409931")).toBe("90,071,992,547,409,931");
  expect([shortGasWords("11887200"), shortGasWords("none")]).toEqual(["11.9m", "none"]);
});

test.each([
  [10, 10, "none behind"],
  [10, 1_500, "1,490 behind"],
  [12, 10, "none behind"],
])("a witness of %i of %i entries is %s", (cosigned, size, expected) =>
  expect(behindWords(cosigned, size)).toBe(expected),
);
