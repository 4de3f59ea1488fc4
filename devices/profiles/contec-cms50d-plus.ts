import type { FrameProfile } from "../profile.ts";

/**
 * Contec CMS50D+ finger oximeter with the older firmware: five bytes, sixty times a second. The curve between two values
 * is not kept.
 */
export const contecCms50dPlus = {
  model: "contec-cms50d-plus",
  source: "atbrask/CMS50Dplus and tranzoa.net, both from observation; Contec publishes no protocol",
  protocol: "frames",
  settings: { baudRate: 19_200, dataBits: 8, parity: "odd", stopBits: 1 },
  decoder: "contec-cms50d-plus",
  expectedIntervalMs: 1_000,
  takeOneEveryMs: 1_000,
  metrics: ["spo2", "pulse-rate"],
} as const satisfies FrameProfile;
