import type { LineProfile } from "../profile.ts";

/**
 * Nonin 8500, 8600V, 9847, Avant 9600 and BT4000, real-time output: one line a second. The 8500 and 8600V send nine data
 * bits with the ninth always at mark, which reads as 8N1; the Avant's second stop bit does no harm.
 */
export const noninAscii = {
  model: "nonin-ascii",
  source: "Nonin operator's manuals: Avant 9600 5.3, BT4000 p. 29, 8500 p. 15, 8600V p. 22, 9847 p. 37",
  protocol: "lines",
  settings: { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 },
  decoder: "nonin-ascii",
  expectedIntervalMs: 1_000,
  lineBytesMax: 128,
  fields: [
    { key: "SPO2", metric: "spo2", pattern: /^(\d{3}|-{3})$/ },
    { key: "HR", metric: "pulse-rate", pattern: /^(\d{3}|-{3})$/ },
  ],
} as const satisfies LineProfile;
