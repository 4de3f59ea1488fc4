export type OximeterValues = {
  readonly spo2Pct: number | null;
  readonly pulsePerMin: number | null;
  readonly perfusionIndex: number | null;
};

export const NO_VALUES: OximeterValues = { spo2Pct: null, pulsePerMin: null, perfusionIndex: null };

/** `off`: the probe is plugged in but on nobody's finger. `unplugged`: the monitor sees no sensor at all. */
export type Probe = "on" | "off" | "unplugged";

/** Plugged in, on a finger, and still no value: it is looking for a pulse. */
export function isSearching({ spo2Pct, pulsePerMin }: OximeterValues, probe: Probe): boolean {
  return probe === "on" && (spo2Pct === null || pulsePerMin === null);
}
