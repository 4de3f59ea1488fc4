import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DISPLAY_STATES } from "../../contracts/bed/derive.ts";
import { GROUND, STATE_TOKENS } from "../../contracts/ui/states.ts";
import { contrast, deltaE76, VISIONS, type Vision } from "./colour-vision.ts";

const DELTA_E_MIN = 20;
const CONTRAST_MIN = 3;
const THEMES = ["light", "dark"] as const;
const PAIRS = DISPLAY_STATES.flatMap((one, index) =>
  DISPLAY_STATES.slice(index + 1).map((other) => ({ one, other })),
);

describe.each(THEMES)("on the %s ground", (theme) => {
  test.each(Object.keys(VISIONS) as Vision[])("%s vision tells all six states apart by colour", (vision) => {
    const distances = PAIRS.map(({ one, other }) =>
      deltaE76(STATE_TOKENS[one][theme], STATE_TOKENS[other][theme], vision),
    );
    expect(distances).toHaveLength(15);
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(DELTA_E_MIN);
  });

  test.each(DISPLAY_STATES)("%s stands out from the ground", (state) => {
    expect(contrast(STATE_TOKENS[state][theme], GROUND[theme])).toBeGreaterThanOrEqual(CONTRAST_MIN);
  });
});

test("every state has a word and a shape of its own", () => {
  const tokens = DISPLAY_STATES.map((state) => STATE_TOKENS[state]);
  expect(new Set(tokens.map(({ word }) => word)).size).toBe(6);
  expect(new Set(tokens.map(({ shape }) => shape)).size).toBe(6);
});

test("the measure itself is sound: black and white, and two greens that deutan vision confuses with reds", () => {
  expect(deltaE76("#000000", "#ffffff", "normal")).toBeCloseTo(100, 1);
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(deltaE76("#8a6a1f", "#6b7a1f", "deutan")).toBeLessThan(deltaE76("#8a6a1f", "#6b7a1f", "normal") / 2);
});

describe("the style sheet", () => {
  const css = readFileSync(new URL("../../contracts/ui/tokens.css", import.meta.url), "utf8");
  const tokens = new Map(
    [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
      ([, name, light, dark]) => [name, { light, dark }],
    ),
  );

  test.each(DISPLAY_STATES)("has the colours of %s as the states have them", (state) => {
    const { light, dark } = STATE_TOKENS[state];
    expect(tokens.get(`state-${state}`)).toEqual({ light: light.toLowerCase(), dark: dark.toLowerCase() });
  });

  test("has the ground as the states have it", () => {
    expect(tokens.get("ground")).toEqual({
      light: GROUND.light.toLowerCase(),
      dark: GROUND.dark.toLowerCase(),
    });
  });

  test.each([
    ["text", "ground"],
    ["text", "page"],
    ["text", "raised"],
    ["text-quiet", "ground"],
    ["text-quiet", "page"],
    ["inverse-text", "inverse"],
  ])("%s is readable on %s in both themes", (text, ground) => {
    for (const theme of THEMES)
      expect(contrast(tokens.get(text)?.[theme] ?? "", tokens.get(ground)?.[theme] ?? "")).toBeGreaterThan(
        4.5,
      );
  });
});
