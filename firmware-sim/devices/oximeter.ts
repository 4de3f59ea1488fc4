import { NO_VALUES, type OximeterValues, type Probe } from "../monitor/oximeter-values.ts";
import { patientOf } from "../ward-day/bed-truth.ts";
import { realTimeAt } from "../ward-day/ward-clock.ts";
import { patientsRowAt, type Recordings } from "./patients-recording.ts";
import type { Surroundings } from "./surroundings.ts";

export type ProbeAt = (wardTimeMs: number) => { readonly values: OximeterValues; readonly probe: Probe };

/**
 * The probe is on the patient's finger while they lie in bed, off while they are away without it, and unplugged when the
 * bed is nobody's or has been rolled away: the monitor hangs on the wall.
 */
export function probeOf(
  bedId: string,
  { ward, pace }: Pick<Surroundings, "ward" | "pace">,
  recordings: Recordings,
): ProbeAt {
  return (wardTimeMs) => {
    const { truth } = ward.bedAt(bedId, wardTimeMs);
    if (truth.kind === "in-bed") {
      return { values: patientsRowAt(recordings, truth.patient, realTimeAt(pace, wardTimeMs)), probe: "on" };
    }
    const isAway = truth.kind !== "rolled-away" && patientOf(truth) !== undefined;
    return { values: NO_VALUES, probe: isAway ? "off" : "unplugged" };
  };
}
