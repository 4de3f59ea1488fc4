import fc from "fast-check";
import { expect, test } from "vitest";
import { completed, type Part, pointsOf, within } from "../../cloud/history/postgresql/part.ts";
import { planStretches } from "../../cloud/history/postgresql/plan-stretches.ts";

function part(startAtMs: number, widthMs: number, count: number, fields: Partial<Part> = {}): Part {
  return { startAtMs, widthMs, count, badCount: 0, min: 1, max: 1, sum: count, last: 1, ...fields };
}

test.each<[string, Part[], Part[], [startAtMs: number, widthMs: number][]]>([
  [
    "all are there",
    [part(0, 1, 1), part(5, 1, 1)],
    [part(0, 60, 2)],
    [
      [0, 1],
      [5, 1],
    ],
  ],
  ["one is gone", [part(5, 1, 1)], [part(0, 60, 2)], [[0, 60]]],
  [
    "all are gone",
    [],
    [part(0, 60, 2), part(60, 60, 1)],
    [
      [0, 60],
      [60, 60],
    ],
  ],
  ["bad ones count too", [part(5, 1, 0, { badCount: 1 })], [part(0, 60, 0, { badCount: 2 })], [[0, 60]]],
  ["more are there than were rolled up", [part(5, 1, 3)], [part(0, 60, 2)], [[5, 1]]],
  [
    "nothing is coarser there",
    [part(5, 1, 1), part(70, 1, 1)],
    [],
    [
      [5, 1],
      [70, 1],
    ],
  ],
  [
    "some lie between and behind",
    [part(5, 1, 1), part(70, 1, 1), part(130, 1, 1)],
    [part(60, 60, 2)],
    [
      [5, 1],
      [60, 60],
      [130, 1],
    ],
  ],
  [
    "an hour stands for minutes",
    [part(3_600, 60, 4)],
    [part(0, 3_600, 9), part(3_600, 3_600, 4)],
    [
      [0, 3_600],
      [3_600, 60],
    ],
  ],
])("the finest that is whole answers: %s", (_name, fine, coarse, expected) => {
  expect(completed(fine, coarse).map(({ startAtMs, widthMs }) => [startAtMs, widthMs])).toEqual(expected);
});

test("what reaches into a range is shown in it, at its beginning where it began before", () => {
  const parts = [part(0, 60, 1), part(60, 60, 1), part(120, 60, 1), part(180, 60, 1)];
  expect(within(parts, { fromMs: 70, toMs: 180 }).map(({ startAtMs }) => startAtMs)).toEqual([70, 120]);
  expect(within(parts, { fromMs: 60, toMs: 61 }).map(({ startAtMs }) => startAtMs)).toEqual([60]);
});

test("a point without a good reading has no mean", () => {
  const none = part(0, 60, 0, { badCount: 2, min: null, max: null, sum: 0, last: null });
  expect(pointsOf([none])).toEqual({
    atMs: [0],
    min: [null],
    mean: [null],
    max: [null],
    last: [null],
    count: [0],
    bad: [2],
  });
});

const behind = fc.array(
  fc.record({
    journalId: fc.nat(9),
    lane: fc.constantFrom(1, 2),
    afterSeq: fc.nat(1e6),
    length: fc.integer({ min: 1, max: 1e6 }),
  }),
  { minLength: 1, maxLength: 20 },
);

test("stretches begin after their cursors, reach no further than what is stored, and no lane waits for another", () => {
  fc.assert(
    fc.property(behind, fc.integer({ min: 20, max: 100_000 }), (lanes, numbersMax) => {
      const asked = lanes.map(({ length, ...lane }) => ({ ...lane, throughSeq: lane.afterSeq + length }));
      const planned = planStretches(asked, numbersMax);
      const lengths = planned.map(({ afterSeq, throughSeq }) => throughSeq - afterSeq);
      expect(planned).toHaveLength(asked.length);
      expect(lengths.every((length) => length >= 1)).toBe(true);
      const total = lengths.reduce((sum, length) => sum + length, 0);
      const wanted = lanes.reduce((sum, { length }) => sum + length, 0);
      expect(total).toBeLessThanOrEqual(numbersMax);
      if (wanted <= numbersMax) expect(total).toBe(wanted);
      for (const { journalId, lane, afterSeq, throughSeq } of planned)
        expect(
          asked.some(
            (one) =>
              one.journalId === journalId &&
              one.lane === lane &&
              one.afterSeq === afterSeq &&
              one.throughSeq >= throughSeq,
          ),
        ).toBe(true);
    }),
  );
});
