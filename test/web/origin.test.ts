import { expect, test } from "vitest";
import { originOf } from "../../cloud/web/requests/origin.ts";

const place = { hospitalId: "", label: "", latitude: "51,5", longitude: "-0.1" };

test("a hospital is where the patient is, whatever else was typed", () => {
  expect(originOf({ ...place, hospitalId: "north" })).toEqual({ kind: "hospital", hospitalId: "north" });
});

test("another place has coordinates, with a comma or a point, and a name of its own or none", () => {
  const expected = { kind: "place", label: "Another place", latitude: 51.5, longitude: -0.1 };
  expect(originOf(place)).toEqual(expected);
  expect(originOf({ ...place, label: " A4, km 12 " })).toEqual({ ...expected, label: "A4, km 12" });
});

test.each([
  ["nothing typed yet", { latitude: "" }],
  ["no number", { latitude: "north" }],
  ["beyond the pole", { latitude: "91" }],
  ["further than around", { longitude: "181" }],
])("coordinates that are none are no place: %s", (_what, wrong) => {
  expect(originOf({ ...place, ...wrong })).toBeNull();
});
