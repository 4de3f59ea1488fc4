/**
 * One line of a Masimo Radical-7 (colour) in ASCII 1, without its CR LF:
 *
 *   03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 … ALARM=000000 EXC=0000C00 EXC1=00000000
 *
 * Widths are fixed and dashes stand for "no value". What this monitor does not measure (SPCO, SPHB, …) is always dashes.
 */
export type OximeterValues = {
  readonly spo2Pct: number | null;
  readonly pulsePerMin: number | null;
  readonly perfusionIndex: number | null;
};

export const NO_VALUES: OximeterValues = { spo2Pct: null, pulsePerMin: null, perfusionIndex: null };

/** `off`: the probe is plugged in but on nobody's finger. `unplugged`: the monitor sees no sensor at all. */
export type Probe = "on" | "off" | "unplugged";

const exceptionBits = { noSensor: 0x001, pulseSearch: 0x008, sensorOff: 0x020, masimoSet: 0x800 } as const;

export function masimoLine(values: OximeterValues, probe: Probe, clockMs: number): string {
  const { spo2Pct, pulsePerMin, perfusionIndex } = values;
  const spo2 = spo2Pct === null ? "---" : spo2Pct.toFixed(0).padStart(3, "0");
  const pulse = pulsePerMin === null ? "---" : pulsePerMin.toFixed(0).padStart(3, "0");
  const perfusion = perfusionIndex === null ? "--.--" : perfusionIndex.toFixed(2).padStart(5, "0");
  const exceptions = exceptionsOf(values, probe).toString(16).toUpperCase().padStart(7, "0");
  return (
    `${monitorTime(clockMs)} SN=---------- SPO2=${spo2}% BPM=${pulse} PI=${perfusion} ` +
    "SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- " +
    `ALARM=000000 EXC=${exceptions} EXC1=00000000`
  );
}

function exceptionsOf({ spo2Pct, pulsePerMin }: OximeterValues, probe: Probe): number {
  switch (probe) {
    case "unplugged":
      return exceptionBits.masimoSet | exceptionBits.noSensor;
    case "off":
      return exceptionBits.masimoSet | exceptionBits.sensorOff;
    case "on":
      return spo2Pct === null || pulsePerMin === null
        ? exceptionBits.masimoSet | exceptionBits.pulseSearch
        : exceptionBits.masimoSet;
  }
}

/** `MM/DD/YY hh:mm:ss`, and no word about the zone: whoever set the monitor's clock knew it. */
function monitorTime(clockMs: number): string {
  const [date = "", time = ""] = new Date(clockMs).toISOString().split("T");
  const [year = "", month, day] = date.split("-");
  return `${month}/${day}/${year.slice(-2)} ${time.slice(0, 8)}`;
}
