/**
 * The simulated devices were written from the makers' documents by another hand than the decoders. Where the two agree over
 * every value, a misreading would have to be shared by both.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WORD_ORDERS } from "../../contracts/wire/word-order.ts";
import { decodeFrame } from "../../devices/decode-frame.ts";
import type { Decoded } from "../../devices/decoded.ts";
import { decodeJson } from "../../devices/json/decode-json.ts";
import { decodeRegisters } from "../../devices/modbus/decode-registers.ts";
import { bedTextJson } from "../../devices/profiles/bed-text-json.ts";
import { contecCms50dPlus } from "../../devices/profiles/contec-cms50d-plus.ts";
import { loadPad4 } from "../../devices/profiles/load-pad-4.ts";
import { masimoAscii1 } from "../../devices/profiles/masimo-ascii-1.ts";
import { noninAscii } from "../../devices/profiles/nonin-ascii.ts";
import { tasmotaHx711 } from "../../devices/profiles/tasmota-hx711.ts";
import { tasmotaMessage } from "../../firmware-sim/devices/tasmota-scale.ts";
import { textBedMessage } from "../../firmware-sim/devices/text-bed.ts";
import { float32Words } from "../../firmware-sim/modbus/float32.ts";
import { contecFrame } from "../../firmware-sim/monitor/contec-frame.ts";
import { masimoLine, masimoModels } from "../../firmware-sim/monitor/masimo-line.ts";
import { noninLine } from "../../firmware-sim/monitor/nonin-line.ts";

const AT_MS = Date.UTC(2026, 10, 24, 22, 13, 20);
const bytes = (text: string) => new TextEncoder().encode(text);
const valuesOf = ({ values, unreadable }: Decoded) => {
  expect(unreadable).toEqual([]);
  return values.map(({ value, badReason }) => (badReason === null ? value : badReason));
};

const orNone = (min: number, max: number) => fc.option(fc.integer({ min, max }), { nil: null });
const oximetry = fc.record({
  spo2Pct: orNone(1, 100),
  pulsePerMin: orNone(1, 250),
  perfusionIndex: fc.option(
    fc.integer({ min: 1, max: 2_000 }).map((hundredths) => hundredths / 100),
    { nil: null },
  ),
});
const finger = fc.record({
  spo2Pct: fc.integer({ min: 1, max: 100 }),
  pulsePerMin: fc.integer({ min: 1, max: 250 }),
});

describe("what the simulated device says is what the decoder reads", () => {
  test.each(masimoModels)("of a Masimo %s", (model) => {
    fc.assert(
      fc.property(oximetry, (values) => {
        const { spo2Pct, pulsePerMin, perfusionIndex } = values;
        const isSearching = spo2Pct === null || pulsePerMin === null;
        const read = (value: number | null) => (value !== null && isSearching ? "sensor-fault" : value);
        const expected = [read(spo2Pct), read(pulsePerMin), read(perfusionIndex)];
        const line = masimoLine(values, "on", AT_MS, model);
        const got = valuesOf(decodeFrame(masimoAscii1, bytes(line)));
        expect(got).toEqual(expected.slice(0, got.length));
        expect(got.length).toBe(line.includes(" PI=") ? 3 : 2);
      }),
    );
  });

  test("of a Nonin", () => {
    fc.assert(
      fc.property(oximetry, (values) => {
        const line = noninLine(values, "on");
        expect(valuesOf(decodeFrame(noninAscii, bytes(line)))).toEqual([values.spo2Pct, values.pulsePerMin]);
      }),
    );
  });

  test("of a Contec, at any moment of a beat", () => {
    fc.assert(
      fc.property(finger, fc.float({ min: 0, max: 1_000, noNaN: true }), (values, atS) => {
        const frame = contecFrame({ ...values, perfusionIndex: null }, "on", atS);
        expect(valuesOf(decodeFrame(contecCms50dPlus, frame))).toEqual([values.spo2Pct, values.pulsePerMin]);
      }),
    );
  });

  test.each(["off", "unplugged"] as const)("and nothing good, of any of them with the probe %s", (probe) => {
    fc.assert(
      fc.property(oximetry, (values) => {
        const all = [
          ...valuesOf(decodeFrame(masimoAscii1, bytes(masimoLine(values, probe, AT_MS)))),
          ...valuesOf(decodeFrame(noninAscii, bytes(noninLine(values, probe)))),
          ...valuesOf(decodeFrame(contecCms50dPlus, contecFrame(values, probe, 1))),
        ];
        for (const value of all) expect([null, "sensor-fault"]).toContain(value);
      }),
    );
  });

  test("of a bed that writes text", () => {
    const tenths = fc.integer({ min: -50, max: 3_000 }).map((weight) => weight / 10);
    fc.assert(
      fc.property(
        fc.boolean(),
        tenths,
        orNone(1, 250),
        orNone(1, 100),
        (occupied, weightKg, heart, breath) => {
          const signals = { occupied, weightKg, heartPerMin: heart, breathPerMin: breath };
          const decoded = decodeJson(bedTextJson, bytes(textBedMessage(signals, AT_MS)));
          expect(valuesOf(decoded)).toEqual([occupied, weightKg + 0, heart, breath]);
          expect(decoded.values.map(({ deviceTimeMs }) => deviceTimeMs)).toEqual([
            AT_MS,
            AT_MS,
            AT_MS,
            AT_MS,
          ]);
        },
      ),
    );
  });

  test("of a Tasmota scale", () => {
    const tenths = fc.integer({ min: 0, max: 3_000 }).map((weight) => weight / 10);
    fc.assert(
      fc.property(tenths, (loadKg) => {
        const message = tasmotaMessage({ loadKg, emptyRaw: -130_000, localMs: AT_MS });
        expect(valuesOf(decodeJson(tasmotaHx711, bytes(message)))).toEqual([loadKg]);
      }),
    );
  });

  test.each(WORD_ORDERS)("of a load cell in word order %s", (wordOrder) => {
    fc.assert(
      fc.property(fc.integer({ min: -50_000, max: 300_000 }), (grams) => {
        const words = float32Words(grams / 1_000, wordOrder);
        const decoded = decodeRegisters(loadPad4, [{ functionCode: 4, address: 0, words }], {
          wordOrder,
          isSignInverted: false,
        });
        expect(valuesOf(decoded)).toEqual([grams / 1_000 + 0]);
      }),
    );
  });
});
