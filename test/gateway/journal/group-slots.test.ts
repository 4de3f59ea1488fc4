import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SlotReader, SlotWriter, slotMemory } from "../../../gateway/journal/group-slots.ts";
import type { JournalGroup } from "../../../gateway/journal/journal-port.ts";
import { forEachRow, ReadingRows } from "../../../gateway/journal/reading-rows.ts";
import { emptyGroup } from "../../support/journal-groups.ts";

function rowsOf(values: readonly number[]) {
  const rows = new ReadingRows();
  for (const value of values) rows.push(1, 2, 3, 4, value, 5);
  return rows.take();
}
const group = (vitals: readonly number[], environment: readonly number[] = []): JournalGroup => ({
  ...emptyGroup(),
  vitals: rowsOf(vitals),
  environment: rowsOf(environment),
});
/** Of vitals, and of the environment. */
type Values = [vitals: number[], environment: number[]];
function valuesOf({ vitals, environment }: JournalGroup) {
  const values: Values = [[], []];
  forEachRow(vitals, ({ value }) => values[0].push(value));
  forEachRow(environment, ({ value }) => values[1].push(value));
  return values;
}
function openSlots() {
  const memory = slotMemory();
  return { writer: new SlotWriter(memory), reader: new SlotReader(memory) };
}
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("what is offered", () => {
  test("while one is committed gathers for the next commit, and is taken as one", () => {
    const { writer, reader } = openSlots();
    expect(writer.offer(group([1], [10, 11]))).toBe(true);
    const first = reader.take();
    expect(writer.offer(group([2, 3]))).toBe(true);
    expect(writer.offer(group([4], [12]))).toBe(true);
    expect([first?.groups, first === null ? null : valuesOf(first.group)]).toEqual([1, [[1], [10, 11]]]);
    reader.done();
    const second = reader.take();
    expect([second?.groups, second === null ? null : valuesOf(second.group)]).toEqual([2, [[2, 3, 4], [12]]]);
    reader.done();
    expect(reader.take()).toBeNull();
  });

  test("and taken in any order of turns comes out whole, once, and as it went in", () => {
    const step = fc.oneof(
      fc.record({ vitals: fc.integer({ min: 0, max: 700 }), environment: fc.integer({ min: 0, max: 3 }) }),
      fc.constantFrom("take" as const, "done" as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { writer, reader } = openSlots();
        const offered: Values = [[], []];
        const taken: Values = [[], []];
        let next = 0;
        let [groups, groupsTaken, held] = [0, 0, 0];
        const take = () => {
          const one = reader.take();
          if (one === null) return false;
          const [vitals, environment] = valuesOf(one.group);
          taken[0].push(...vitals);
          taken[1].push(...environment);
          groupsTaken += one.groups;
          held += 1;
          return true;
        };
        const done = () => {
          if (held === 0) return;
          reader.done();
          held -= 1;
        };
        for (const one of steps) {
          if (one === "take") take();
          else if (one === "done") done();
          else {
            const vitals = numbered(one.vitals).map((n) => next + n);
            const environment = numbered(one.environment).map((n) => next - n);
            next += 1_000;
            if (!writer.offer(group(vitals, environment))) continue;
            groups += 1;
            offered[0].push(...vitals);
            offered[1].push(...environment);
          }
        }
        while (held > 0) done();
        while (take()) done();
        expect(taken).toEqual(offered);
        expect(groupsTaken).toBe(groups);
      }),
    );
  });

  test("is refused where it is more than readings, where there is no room, and where both slots are being committed", () => {
    const { writer, reader } = openSlots();
    expect(writer.offer({ ...group([1]), states: [["bed:bed-1", "{}"]] })).toBe(false);
    expect(writer.offer(group(numbered(2_049)))).toBe(false);
    expect(writer.offer(group(numbered(2_048)))).toBe(true);
    expect(writer.offer(group([1]))).toBe(false);
    expect(reader.take()?.groups).toBe(1);
    expect(writer.offer(group([1]))).toBe(true);
    expect(reader.take()?.groups).toBe(1);
    expect(writer.offer(group([2]))).toBe(false);
    reader.done();
    expect(writer.offer(group([2]))).toBe(true);
  });

  test("joins the next commit until that is large", () => {
    const { writer, reader } = openSlots();
    writer.offer(group(numbered(1_023)));
    expect(writer.hasRoom).toBe(true);
    writer.offer(group([1]));
    expect(writer.hasRoom).toBe(false);
    reader.take();
    expect(writer.hasRoom).toBe(true);
  });

  test("joins nothing while a full disk keeps both slots", () => {
    const { writer, reader } = openSlots();
    for (const value of [1, 2]) {
      writer.offer(group([value]));
      reader.take();
    }
    expect(writer.hasRoom).toBe(false);
    reader.done();
    expect(writer.hasRoom).toBe(true);
  });
});

test("whoever offers is told whether the thread looks at the slots by itself", () => {
  const { writer, reader } = openSlots();
  expect(writer.call()).toBe(false);
  reader.come();
  expect(writer.call()).toBe(true);
  reader.leave();
  expect(writer.call()).toBe(false);
});

test("a sleep ends at once where something came after the last look", () => {
  const { writer, reader } = openSlots();
  reader.take();
  writer.call();
  const beganMs = performance.now();
  reader.sleep(10_000);
  expect(performance.now() - beganMs).toBeLessThan(5_000);
});
