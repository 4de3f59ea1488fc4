/** Which of the beds that fit comes first, and why. */
import { describe, expect, test } from "vitest";
import { matchBed } from "../../contracts/booking/match.ts";
import { byScore, scoreOf, whyWords } from "../../contracts/booking/rank-beds.ts";
import { NOW_MS } from "../support/bed-facts.ts";
import { bedNeed, type CandidateTold, candidate } from "../support/bed-need.ts";

type NeedTold = Parameters<typeof bedNeed>[0];
const NEAR = { distanceKm: 11.2, autoAccept: false };
function scored(
  need: NeedTold,
  told: CandidateTold,
  ranked: { distanceKm: number | null; autoAccept: boolean } = NEAR,
) {
  const wanted = bedNeed(need);
  const bed = candidate(told);
  const match = matchBed(wanted, bed, NOW_MS);
  return { score: scoreOf(wanted, bed, match, ranked), why: whyWords(wanted, bed, match, ranked, NOW_MS) };
}

describe("the better bed comes first", () => {
  const far = { distanceKm: 900, autoAccept: false };
  const here = { distanceKm: 0, autoAccept: true };
  const unknown = { distanceKm: null, autoAccept: false };
  const hdu = { levelOfCare: "high-dependency" };
  test.each<[string, ReturnType<typeof scored>, ReturnType<typeof scored>]>([
    [
      "verified far away before declared here",
      scored({}, {}, far),
      scored({}, { bed: { withoutSensor: true, declaredVacantForMs: 1 } }, here),
    ],
    [
      "the exact level far away before a higher one here",
      scored(hdu, { profile: hdu }, far),
      scored(hdu, {}, here),
    ],
    [
      "a plain room far away before one that others need",
      scored({}, {}, far),
      scored({}, { bed: { isolation: "negative-pressure" } }, here),
    ],
    [
      "a plain single room before negative pressure for contact",
      scored({ isolation: "contact" }, { profile: { features: ["single-room"] } }, far),
      scored(
        { isolation: "contact" },
        { profile: { features: ["single-room"] }, bed: { isolation: "negative-pressure" } },
        here,
      ),
    ],
    ["fresh evidence before late", scored({}, {}, far), scored({}, { bed: { evidenceAgeMs: 20_000 } }, here)],
    ["the nearer", scored({}, {}, { ...far, distanceKm: 10 }), scored({}, {}, { ...far, distanceKm: 11 })],
    ["a known way before an unknown one", scored({}, {}, far), scored({}, {}, unknown)],
    [
      "of one hospital, the bed with less that nobody needs",
      scored({}, {}),
      scored({}, { profile: { features: ["dialysis"] } }),
    ],
  ])("%s", (_name, better, worse) => expect(better.score).toBeGreaterThan(worse.score));

  test("and among equals the lower id", () => {
    const beds = ["b", "c", "a"].map((bedId) => ({ bedId, score: 5 }));
    expect(beds.sort(byScore).map(({ bedId }) => bedId)).toEqual(["a", "b", "c"]);
  });
});

describe("why a bed stands where it stands, the most important first", () => {
  test.each<[string, ReturnType<typeof scored>, string[]]>([
    [
      "for airborne isolation",
      scored(
        { isolation: "airborne", features: ["oxygen"] },
        { bed: { isolation: "negative-pressure", evidenceAgeMs: 12_000 }, profile: { features: ["oxygen"] } },
        { ...NEAR, autoAccept: true },
      ),
      [
        "verified 12 s ago",
        "isolation: negative-pressure room within limits",
        "11 km",
        "exact level: intensive",
        "has oxygen",
        "reserved without being asked",
      ],
    ],
    [
      "for a higher level, on a person's word, in the same hospital",
      scored(
        { levelOfCare: "high-dependency", from: { kind: "hospital", hospitalId: "north" } },
        { bed: { withoutSensor: true, declaredVacantForMs: 1 } },
        { distanceKm: 0, autoAccept: true },
      ),
      [
        "declared empty 1 min ago, no sensor",
        "same hospital",
        "intensive, more than high-dependency needs",
        "the hospital has to agree",
      ],
    ],
    [
      "for a room that is kept for others, on late evidence, at an unknown distance",
      scored(
        {},
        { bed: { isolation: "negative-pressure", evidenceAgeMs: 20_000 } },
        { distanceKm: null, autoAccept: false },
      ),
      [
        "verified 20 s ago, evidence is late",
        "negative-pressure room within limits, not needed and kept for last",
        "exact level: intensive",
        "the hospital has to agree",
      ],
    ],
    [
      "close by, in a single room",
      scored(
        { isolation: "contact" },
        { profile: { features: ["single-room"] } },
        { distanceKm: 0.4, autoAccept: false },
      ),
      [
        "verified 1 s ago",
        "isolation: single room",
        "under 1 km",
        "exact level: intensive",
        "the hospital has to agree",
      ],
    ],
  ])("%s", (_name, { why }, expected) => expect(why).toEqual(expected));
});
