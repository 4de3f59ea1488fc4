import { readFile } from "node:fs/promises";
import { pause } from "../pause.ts";
import type { OximeterValues } from "./oximeter-values.ts";

/** Four people's oximetry, one row a second; where it comes from is told in firmware-sim/recordings/README.md. */
export const RECORDINGS = {
  uw100001: new URL("../recordings/uw-100001.csv", import.meta.url),
  uw100002: new URL("../recordings/uw-100002.csv", import.meta.url),
  uw100003: new URL("../recordings/uw-100003.csv", import.meta.url),
  uw100004: new URL("../recordings/uw-100004.csv", import.meta.url),
} as const;

export type Recording = readonly OximeterValues[];

export async function loadRecording(file: URL): Promise<Recording> {
  return parseRecording(await readFile(file, "utf8"));
}

const header = "Time,SpO2 5,Pulse 5,PI 5";

export function parseRecording(csv: string): Recording {
  const [first, ...rows] = csv.trimEnd().split("\n");
  if (first !== header) throw new Error(`a recording starts with "${header}"`);
  return rows.map((row) => {
    const [, spo2, pulse, perfusion] = row.split(",");
    return { spo2Pct: value(spo2), pulsePerMin: value(pulse), perfusionIndex: value(perfusion) };
  });
}

/** The study wrote 0, or nothing, where the oximeter had no value. */
function value(cell: string | undefined): number | null {
  const number = Number(cell);
  return Number.isFinite(number) && number > 0 ? number : null;
}

export type Playing = {
  readonly recording: Recording;
  readonly send: (values: OximeterValues) => void;
  readonly everyMs: number;
};

/** Row by row, once; done when the last row is sent, or when stopped. */
export async function playRecording(
  { recording, send, everyMs }: Playing,
  signal: AbortSignal,
): Promise<void> {
  const startedAtMs = performance.now();
  for (const [row, values] of recording.entries()) {
    await pause(startedAtMs + row * everyMs - performance.now(), signal);
    if (signal.aborted) return;
    send(values);
  }
}
