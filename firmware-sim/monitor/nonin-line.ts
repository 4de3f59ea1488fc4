import type { OximeterValues, Probe } from "./oximeter-values.ts";

/** Nonin real-time ASCII (Avant 9600, BT4000 and others), without its CR LF: `SPO2=098 HR=072`, dashes for "no value". */
export function noninLine({ spo2Pct, pulsePerMin }: OximeterValues, probe: Probe): string {
  const three = (value: number | null) =>
    value === null || probe !== "on" ? "---" : value.toFixed(0).padStart(3, "0");
  return `SPO2=${three(spo2Pct)} HR=${three(pulsePerMin)}`;
}
