import { expect, test } from "vitest";
import { addressOfKind, readKindOfBed } from "../../cloud/web/requests/need-address.ts";
import { FEATURES } from "../../contracts/booking/vocabulary.ts";
import { aBed } from "./a-bed.ts";

const profile = {
  levelOfCare: "intensive",
  features: ["oxygen", "telemetry"],
  ageBands: ["adult"],
  sexRule: "any",
  patientMassKgMax: null,
} as const;
const searchOf = (address: string | null) => new URL(address ?? "", "http://beds.example").search;

test("what a bed is comes through a link as it was", () => {
  const bed = aBed({
    isolation: "negative-pressure",
    profile: { ...profile, features: [...FEATURES], ageBands: ["adult"] },
  });
  expect(readKindOfBed(searchOf(addressOfKind(bed)))).toEqual({
    levelOfCare: "intensive",
    features: FEATURES,
    isolation: "airborne",
  });
});

test("a plain room asks for no isolation, one with positive pressure for protection", () => {
  const kindOf = (isolation: "none" | "positive-pressure") =>
    addressOfKind(aBed({ isolation, profile: { ...profile, features: [], ageBands: ["adult"] } }));
  expect(kindOf("none")).toBe("/requests?level=intensive");
  expect(kindOf("positive-pressure")).toBe("/requests?level=intensive&isolation=protective");
});

test("a bed of which nobody has said what it is has no such link", () => {
  expect(addressOfKind(aBed({ profile: null }))).toBeNull();
});

test("what a link asks for and does not exist is left out", () => {
  expect(readKindOfBed("")).toEqual({});
  expect(readKindOfBed("?level=penthouse&features=oxygen,minibar,oxygen&isolation=splendid")).toEqual({
    features: ["oxygen"],
  });
  expect(readKindOfBed("?transfer=x&features=")).toEqual({});
});
