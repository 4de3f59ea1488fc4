/**
 * One line of a Masimo pulse oximeter in ASCII 1, without its CR LF. Widths differ by model, dashes stand for "no value",
 * and what a monitor does not measure (SPCO, SPHB, …) is always dashes:
 *
 *   radical-7         03/17/16 19:19:36 SN=---------- SPO2=098% BPM=123 PI=00.55 … ALARM=000000 EXC=0000C00 EXC1=00000000
 *   radical-7-older   05/15/07 08:12:21 SN=0000070986 SPO2=---% BPM=--- PI=--.--% … ALARM=0000 EXC=000000
 *   rad-8             03/19/16 13:37:12 SN=0000093112 SPO2=---% BPM=---% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=000001
 */
import { isSearching, type OximeterValues, type Probe } from "./oximeter-values.ts";

export { NO_VALUES, type OximeterValues, type Probe } from "./oximeter-values.ts";

export const masimoModels = ["radical-7", "radical-7-older", "rad-8"] as const;
export type MasimoModel = (typeof masimoModels)[number];

const exceptionBits = { noSensor: 0x001, pulseSearch: 0x008, sensorOff: 0x020, masimoSet: 0x800 } as const;

export function masimoLine(
  values: OximeterValues,
  probe: Probe,
  clockMs: number,
  model: MasimoModel = "radical-7",
): string {
  const { spo2Pct, pulsePerMin, perfusionIndex } = values;
  const spo2 = spo2Pct === null ? "---" : spo2Pct.toFixed(0).padStart(3, "0");
  const pulse = pulsePerMin === null ? "---" : pulsePerMin.toFixed(0).padStart(3, "0");
  const perfusion = perfusionIndex === null ? "--.--" : perfusionIndex.toFixed(2).padStart(5, "0");
  const bits = exceptionsOf(values, probe).toString(16).toUpperCase();
  const time = monitorTime(clockMs);
  switch (model) {
    case "radical-7":
      return (
        `${time} SN=---------- SPO2=${spo2}% BPM=${pulse} PI=${perfusion} ` +
        "SPCO=--% SPMET=--.-% SPHB=--.- SPOC=-- RESVD=--- DESAT=-- PIDELTA=+-- PVI=--- " +
        `ALARM=000000 EXC=${bits.padStart(7, "0")} EXC1=00000000`
      );
    case "radical-7-older":
      return (
        `${time} SN=0000070986 SPO2=${spo2}% BPM=${pulse} PI=${perfusion}% ` +
        `SPCO=--.-% SPMET=--.-% DESAT=-- PIDELTA=+-- PVI=--- ALARM=0000 EXC=${bits.padStart(6, "0")}`
      );
    case "rad-8":
      return `${time} SN=0000093112 SPO2=${spo2}% BPM=${pulse}% DESAT=-- PIDELTA=+-- ALARM=0000 EXC=${bits.padStart(6, "0")}`;
  }
}

function exceptionsOf(values: OximeterValues, probe: Probe): number {
  switch (probe) {
    case "unplugged":
      return exceptionBits.masimoSet | exceptionBits.noSensor;
    case "off":
      return exceptionBits.masimoSet | exceptionBits.sensorOff;
    case "on":
      return isSearching(values, probe)
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
