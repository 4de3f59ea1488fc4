import fc from "fast-check";
import { expect, test } from "vitest";
import { isFiltering, NO_FILTER, readAddress, writeAddress } from "../../cloud/web/address/address.ts";
import { DISPLAY_STATES } from "../../contracts/bed/derive.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";

const id = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
const address = fc.record({
  filter: fc.record({
    hospitalId: fc.option(id.map((text) => HospitalId.parse(text))),
    state: fc.option(fc.constantFrom(...DISPLAY_STATES)),
    bookableOnly: fc.boolean(),
    text: fc.string({ maxLength: 100, unit: "grapheme" }),
  }),
  bedId: fc.option(id.map((text) => BedId.parse(text))),
});

test("a view survives its URL", () => {
  fc.assert(
    fc.property(address, (view) => {
      expect(readAddress(writeAddress(view))).toEqual(view);
    }),
  );
});

test("a plain board has a plain URL, and is not filtered", () => {
  expect(writeAddress({ filter: NO_FILTER, bedId: null })).toBe("");
  expect(isFiltering(NO_FILTER)).toBe(false);
  expect(isFiltering({ ...NO_FILTER, text: "icu" })).toBe(true);
});

test("what means nothing is left out of a URL from elsewhere", () => {
  const { filter, bedId } = readAddress("?hospital=../etc&state=on-fire&bookable=yes&bed=<script>&utm=1");
  expect([filter, bedId]).toEqual([NO_FILTER, null]);
});
