/** The figures are those of recorded pressure mats: saturated 20 to 30 times on entry, creep of 6.5 to 17.8 % in 90 s. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DRIFT_KG,
  type EmptyBy,
  hearLoad,
  initialLoadState,
  isDrifting,
  type LoadState,
  SATURATED_KG,
  TARE_ALONE_KG_MAX,
  TARE_KG_MAX,
} from "../../../gateway/interpret/load.ts";
import { at } from "../../support/moments.ts";

const LIMITS = { presentAtKg: 25, absentAtKg: 12 };

class Pad {
  state: LoadState = initialLoadState;
  second = 0;
  readonly votes: string[] = [];
  readonly #hasSecondSource: boolean;

  constructor(hasSecondSource = false) {
    this.#hasSecondSource = hasSecondSource;
  }

  weighs(kg: number, emptyBy: EmptyBy = "nobody", limits = LIMITS): this {
    const frame = { kg, limits, hasSecondSource: this.#hasSecondSource, emptyBy, now: at(this.second) };
    this.state = hearLoad(this.state, frame);
    this.second += 1;
    if (this.votes.at(-1) !== this.state.vote) this.votes.push(this.state.vote);
    return this;
  }

  keepsWeighing(kg: number, seconds: number, emptyBy: EmptyBy = "nobody"): this {
    for (let left = seconds; left > 0; left--) this.weighs(kg, emptyBy);
    return this;
  }
}

const emptyPad = (hasSecondSource = false) => new Pad(hasSecondSource).weighs(0).weighs(0);

describe("somebody who lies down", () => {
  test("is seen although the second frame saturates twenty-five times over", () => {
    const pad = emptyPad()
      .weighs(15)
      .weighs(15 * 25);
    expect([pad.state.vote, pad.state.saturatedFrames]).toEqual(["absent", 1]);
    expect(pad.weighs(60).weighs(62).votes).toEqual(["unknown", "absent", "present"]);
  });

  test("is not taken from the bed by a frame that saturates", () => {
    const pad = emptyPad().weighs(70).weighs(70).weighs(SATURATED_KG).weighs(71);
    expect(pad.votes).toEqual(["unknown", "absent", "present"]);
  });

  test("on a pad that stays saturated is not known, and never empty", () => {
    expect(emptyPad().keepsWeighing(400, 3).state.vote).toBe("unknown");
  });

  test.each([6.5, 12.6, 17.8])("and whose weight creeps up by %d %% flips nothing", (creepPct) => {
    fc.assert(
      fc.property(fc.double({ min: 25, max: 200, noNaN: true }), (kg) => {
        const pad = emptyPad();
        for (let second = 0; second <= 90; second++) pad.weighs(kg * (1 + (creepPct / 100) * (second / 90)));
        for (let second = 0; second <= 90; second++) pad.weighs(kg * (1 + creepPct / 100));
        expect(pad.votes).toEqual(["unknown", "absent", "present"]);
        expect(pad.state.emptyKg).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test("and turns over to three quarters of the limit is still there", () => {
    const narrow = { presentAtKg: 25, absentAtKg: 24 };
    const pad = new Pad();
    for (const kg of [30, 30, 19, 19, 19]) pad.weighs(kg, "nobody", narrow);
    expect(pad.state.vote).toBe("present");
    expect(pad.weighs(18, "nobody", narrow).weighs(18, "nobody", narrow).state.vote).toBe("absent");
  });
});

describe("the weight of the empty bed", () => {
  test("is not learnt while nobody says that it is empty", () => {
    expect(emptyPad().keepsWeighing(4, 600, "nobody").state.emptyKg).toBe(0);
  });

  test("is followed by a kilogram a minute where a second source sees it empty", () => {
    const pad = emptyPad(true).keepsWeighing(4, 121, "second-source");
    expect(pad.state.emptyKg).toBeCloseTo(2, 1);
    expect(pad.keepsWeighing(4, 180, "second-source").state.emptyKg).toBeCloseTo(4, 5);
  });

  test("is followed ten times slower where nothing but the load says so", () => {
    expect(emptyPad().keepsWeighing(4, 601, "load-alone").state.emptyKg).toBeCloseTo(1, 1);
  });

  test("is taken off only so far, alone less than with a second source", () => {
    const alone = emptyPad().keepsWeighing(11, 3 * 60 * 60, "load-alone");
    expect(alone.state.emptyKg).toBeCloseTo(11, 1);
    // 11 kg learnt, 2 taken off: 26 kg still are somebody.
    expect(alone.keepsWeighing(25 + TARE_ALONE_KG_MAX, 2).state.vote).toBe("present");
    const checked = emptyPad(true).keepsWeighing(11, 60 * 60, "second-source");
    expect(checked.keepsWeighing(25 + 10.9, 2).state.vote).toBe("absent");
    expect(checked.keepsWeighing(25 + TARE_KG_MAX, 2).state.vote).toBe("present");
  });

  test("is learnt from no frame that is not clearly empty", () => {
    const pad = emptyPad(true).keepsWeighing(20, 600, "second-source");
    expect(pad.state.emptyKg).toBe(0);
  });

  test("has drifted past five kilograms, and no longer has below four", () => {
    expect([isDrifting(DRIFT_KG, false), isDrifting(-5.1, false)]).toEqual([false, true]);
    expect([isDrifting(4.1, true), isDrifting(4, true), isDrifting(4.1, false)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
