import type { LineProfile } from "../profile.ts";

/**
 * Masimo Rad-8 and Radical-7, serial output "ASCII 1": one line a second. Widths differ by model, so fields are found by
 * their key. The device's clock has no zone and is never used.
 */
export const masimoAscii1 = {
  model: "masimo-ascii-1",
  source:
    "Masimo operator's manuals as quoted in nmenon/masimo-datacapture, masimo-capture.py (BSD-2-Clause)",
  protocol: "lines",
  settings: { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 },
  decoder: "masimo-ascii-1",
  expectedIntervalMs: 1_000,
  lineBytesMax: 512,
  fields: [
    { key: "SPO2", metric: "spo2", pattern: /^(\d{3}|-{3})%$/ },
    // A Rad-8 was recorded that writes a percent sign after the pulse too.
    { key: "BPM", metric: "pulse-rate", pattern: /^(\d{3}|-{3})%?$/ },
    { key: "PI", metric: "perfusion-index", pattern: /^(\d{2}\.\d{2}|-{2}\.-{2})%?$/ },
  ],
} as const satisfies LineProfile;
