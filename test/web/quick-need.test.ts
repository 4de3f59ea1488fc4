import { describe, expect, test } from "vitest";
import { FIRST_WISH, readQuickNeed, type Wish } from "../../cloud/web/requests/quick-need.ts";

describe("a need in a few letters", () => {
  test.each<[string, Partial<Wish>]>([
    ["", {}],
    ["icu", { levelOfCare: "intensive" }],
    ["int", { levelOfCare: "intensive" }],
    ["icu iso", { levelOfCare: "intensive", isolation: "airborne" }],
    ["hdu o2 tele", { levelOfCare: "high-dependency", features: ["oxygen", "telemetry"] }],
    ["GEN m rou p4", { levelOfCare: "general", sex: "male", urgency: "routine", clinicalPriority: 4 }],
    ["child contact, side", { ageBand: "child", isolation: "contact", features: ["single-room"] }],
    ["vent vent", { features: ["ventilator-invasive"] }],
    ["infant", { ageBand: "infant" }],
  ])("%j", (text, said) => {
    expect(readQuickNeed(text)).toEqual({ wish: { ...FIRST_WISH, ...said }, unknown: [] });
  });

  test("what it does not understand, or what could be two things, is named and changes nothing", () => {
    expect(readQuickNeed("icu p9 in xyz")).toEqual({
      wish: { ...FIRST_WISH, levelOfCare: "intensive" },
      unknown: ["p9", "in", "xyz"],
    });
  });
});
