/** Which of the recorded people a patient speaks with, and at which second of the recording: theirs for the whole stay. */
import { NO_VALUES, type OximeterValues } from "../monitor/oximeter-values.ts";
import type { Recording } from "../monitor/recording.ts";
import type { Patient } from "../ward-day/bed-truth.ts";

export type Recordings = readonly Recording[];

/** A recording goes by the second of real time, at any speed of the ward; where it ends, it begins again. */
export function patientsRowAt(recordings: Recordings, { id }: Patient, realMs: number): OximeterValues {
  const recording = recordings[id % recordings.length] ?? [];
  const row = (Math.floor(realMs / 1_000) + Math.floor(id / recordings.length)) % recording.length;
  return recording[row] ?? NO_VALUES;
}
