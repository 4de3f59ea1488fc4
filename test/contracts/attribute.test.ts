/** Whose a reading is, by intervals: every edge of them, and the same said of stretches as of moments. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  attribute,
  attributedSpans,
  type BedStay,
  changedStretches,
  holdsAt,
  type PlacedDevice,
} from "../../contracts/booking/attribute.ts";
import { BedId, DeviceId, GatewayId } from "../../contracts/wire/ids.ts";

const BEDS = ["bed-1", "bed-2", "bed-3"].map((id) => BedId.parse(id));
const [ONE, TWO] = BEDS as [BedId, BedId];
const gatewayId = GatewayId.parse("gw-north");
const mat = { gatewayId, deviceId: DeviceId.parse("mat-1") };
const probe = { gatewayId, deviceId: DeviceId.parse("probe-1") };

const stay = (fields: Partial<BedStay> = {}): BedStay => ({
  stayId: "stay",
  encounterId: "ada",
  bedId: ONE,
  fromMs: 10,
  toMs: 20,
  isInDoubt: false,
  ...fields,
});
const placed = (fields: Partial<PlacedDevice> = {}): PlacedDevice => ({
  ...mat,
  bedId: TWO,
  fromMs: 12,
  toMs: 15,
  ...fields,
});
const whoAt = (
  observedAtMs: number,
  placements: readonly PlacedDevice[] = [],
  stays: readonly BedStay[] = [stay()],
  gatewayBedId: BedId | null = ONE,
) => attribute({ ...mat, gatewayBedId, observedAtMs }, placements, stays);

describe("a reading is the patient's", () => {
  it.each([
    [9, null, "bed-without-encounter"],
    [10, "ada", null],
    [19, "ada", null],
    [20, null, "bed-without-encounter"],
  ])("from the stay's first millisecond to before its end: at %i %s", (atMs, encounterId, why) => {
    expect(whoAt(atMs)).toMatchObject({ encounterId, why });
  });

  it("to whoever had the bed then, of two who follow upon each other", () => {
    const stays = [stay(), stay({ stayId: "next", encounterId: "ben", fromMs: 20, toMs: null })];
    expect([19, 20, 1e12].map((atMs) => whoAt(atMs, [], stays).encounterId)).toEqual(["ada", "ben", "ben"]);
  });

  it.each([
    [11, "ada", ONE],
    [12, null, TWO],
    [14, null, TWO],
    [15, "ada", ONE],
  ])("unless the device was elsewhere: at %i %s", (atMs, encounterId, bedId) => {
    expect(whoAt(atMs, [placed()])).toMatchObject({ encounterId, bedId });
  });

  it("of the bed that the device was placed at, not of the one that its gateway said", () => {
    const stays = [stay(), stay({ stayId: "other", encounterId: "ben", bedId: TWO })];
    expect(whoAt(13, [placed()], stays)).toMatchObject({ encounterId: "ben", placement: placed() });
    expect(whoAt(13, [placed({ ...probe })], stays)).toMatchObject({ encounterId: "ada", placement: null });
    const elsewhere = placed({ gatewayId: GatewayId.parse("gw-south") });
    expect(whoAt(13, [elsewhere], stays).encounterId).toBe("ada");
  });

  it.each([
    ["no gateway had it at a bed", whoAt(13, [], [stay()], null), "device-at-no-bed"],
    ["it was placed at none", whoAt(13, [placed({ bedId: null })]), "device-at-no-bed"],
    ["nobody was there", whoAt(13, [], []), "bed-without-encounter"],
    ["nobody has said yet who came", whoAt(13, [], [stay({ isInDoubt: true })]), "identity-in-doubt"],
  ])("or nobody's, with why: %s", (_case, found, why) => {
    expect(found).toMatchObject({ encounterId: null, why });
  });
});

const TICKS = 40;
const interval = fc
  .tuple(fc.integer({ min: 0, max: TICKS - 1 }), fc.option(fc.integer({ min: 1, max: 12 })))
  .map(([fromMs, length]) => ({ fromMs, toMs: length === null ? null : fromMs + length }));
const meet = (one: { fromMs: number; toMs: number | null }, other: typeof one) =>
  (one.toMs === null || other.fromMs < one.toMs) && (other.toMs === null || one.fromMs < other.toMs);
/** As the database keeps them: those that would meet an earlier one are left out. */
const apart = <Item extends { fromMs: number; toMs: number | null }>(
  items: readonly Item[],
  isSame: (one: Item, other: Item) => boolean,
) => {
  const kept: Item[] = [];
  for (const item of items)
    if (!kept.some((other) => isSame(item, other) && meet(item, other))) kept.push(item);
  return kept;
};
const bed = fc.constantFrom(...BEDS);
const stays = fc
  .array(
    fc.record({ when: interval, bedId: bed, who: fc.constantFrom("ada", "ben", "cyd"), doubt: fc.boolean() }),
  )
  .map((list) =>
    apart(
      list.map(({ when, bedId, who, doubt }, n) =>
        stay({ stayId: `stay-${n}`, encounterId: who, bedId, isInDoubt: doubt, ...when }),
      ),
      (one, other) => one.bedId === other.bedId,
    ),
  );
const placements = fc.array(fc.record({ when: interval, bedId: fc.option(bed) })).map((list) =>
  apart(
    list.map(({ when, bedId }) => placed({ bedId, ...when })),
    () => true,
  ),
);
const known = fc.record({ stays, placements });
const gatewayBed = fc.option(bed);

describe("stretches of time", () => {
  it("say of every moment what is said of the moment, without gaps, in order", () => {
    fc.assert(
      fc.property(known, gatewayBed, (world, gatewayBedId) => {
        const heard = { ...mat, gatewayBedId };
        const spans = attributedSpans(heard, world, { fromMs: 3, toMs: TICKS });
        expect(spans[0]?.fromMs).toBe(3);
        expect(spans.at(-1)?.toMs).toBe(TICKS);
        for (let atMs = 3; atMs < TICKS; atMs++) {
          const found = spans.filter((span) => holdsAt(span, atMs));
          expect(found).toHaveLength(1);
          const { encounterId, bedId } = attribute(
            { ...heard, observedAtMs: atMs },
            world.placements,
            world.stays,
          );
          expect(found[0]).toMatchObject({ encounterId, bedId });
        }
      }),
    );
  });

  it("that changed are those moments whose readings belong to somebody else, and no others", () => {
    fc.assert(
      fc.property(known, known, gatewayBed, (before, after, gatewayBedId) => {
        const heard = { ...mat, gatewayBedId };
        const changed = changedStretches(heard, before, after);
        for (let atMs = 0; atMs < 2 * TICKS; atMs++) {
          const [was, is] = [before, after].map(
            (world) => attribute({ ...heard, observedAtMs: atMs }, world.placements, world.stays).encounterId,
          );
          const stretch = changed.filter((one) => holdsAt(one, atMs));
          expect(stretch).toEqual(
            was === is ? [] : [expect.objectContaining({ encounterBefore: was, encounterAfter: is })],
          );
        }
      }),
    );
  });
});
