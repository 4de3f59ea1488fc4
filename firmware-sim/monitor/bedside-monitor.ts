import { type BedTruth, patientOf } from "../ward-day/bed-truth.ts";
import { NO_VALUES, type OximeterValues, type Probe } from "./masimo-line.ts";
import type { Recording } from "./recording.ts";

export type BedsideMonitor = {
  nextSecond(truth: BedTruth): { readonly values: OximeterValues; readonly probe: Probe };
};

export type BedsideMonitorParts = {
  readonly recordings: readonly Recording[];
  /** Which recording the first patient speaks with, so that neighbouring monitors differ. */
  readonly startWith: number;
  readonly probeMoved: (kind: "probe-on" | "probe-off" | "probe-unplugged") => void;
};

/**
 * The probe is on the patient's finger while they lie in bed, off while they are at the toilet, and unplugged when the
 * bed is nobody's. Each patient speaks with a recording from its first row on; where it ends, it begins again.
 */
export function createBedsideMonitor(parts: BedsideMonitorParts): BedsideMonitor {
  const { recordings, startWith, probeMoved } = parts;
  let stay = startWith - 1;
  let row = 0;
  let probe: Probe | undefined;

  return {
    nextSecond: (truth) => {
      const before = probe;
      probe = probeAt(truth);
      if (probe !== before) probeMoved(`probe-${probe}`);
      const patientIsNew = probe !== "unplugged" && (before === undefined || before === "unplugged");
      if (patientIsNew) {
        stay += 1;
        row = 0;
      }
      if (probe !== "on") return { values: NO_VALUES, probe };

      const recording = recordings[stay % recordings.length] ?? [];
      const values = recording[row % recording.length] ?? NO_VALUES;
      row += 1;
      return { values, probe };
    },
  };
}

function probeAt(truth: BedTruth): Probe {
  if (truth.kind === "in-bed") return "on";
  return patientOf(truth) === undefined ? "unplugged" : "off";
}
