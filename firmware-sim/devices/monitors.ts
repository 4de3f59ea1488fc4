/** The three oximeters on serial lines, all speaking with the recordings. */
import { contecFrame, contecFramesPerS } from "../monitor/contec-frame.ts";
import { masimoLine, masimoModels } from "../monitor/masimo-line.ts";
import { noninLine } from "../monitor/nonin-line.ts";
import { chanceFor, wholeBetween } from "../ward-day/chance.ts";
import type { DeviceOf } from "../ward-file.ts";
import type { SerialDevice } from "./device-model.ts";
import { probeOf } from "./oximeter.ts";
import type { Recordings } from "./patients-recording.ts";
import { createSerialSpeaker } from "./serial-speaker.ts";
import type { Surroundings } from "./surroundings.ts";

/** Monitors are set by hand and drift; nobody notices ten minutes. */
const clockErrorSecondsMax = 600;

const line = (text: string) => Buffer.from(`${text}\r\n`, "ascii");

/** Which of the three models it is follows from its id. */
export function createMasimo(
  { id: deviceId, bed }: DeviceOf<"masimo-ascii-1">,
  surroundings: Surroundings,
  recordings: Recordings,
): SerialDevice {
  const chance = chanceFor(surroundings.seed, "monitor-clock", deviceId);
  const clockErrorMs = wholeBetween(chance, -clockErrorSecondsMax, clockErrorSecondsMax) * 1_000;
  const model = masimoModels[wholeBetween(chanceFor(0, "masimo-model", deviceId), 0, 2)];
  const probeAt = probeOf(bed, surroundings, recordings);
  const speak = (feltAtMs: number, realMs: number) => {
    const { values, probe } = probeAt(feltAtMs);
    return line(masimoLine(values, probe, realMs + clockErrorMs, model));
  };
  return createSerialSpeaker({ deviceId, everyMs: 1_000, speak }, surroundings);
}

export function createNonin(
  { id: deviceId, bed }: DeviceOf<"nonin-ascii">,
  surroundings: Surroundings,
  recordings: Recordings,
): SerialDevice {
  const probeAt = probeOf(bed, surroundings, recordings);
  const speak = (feltAtMs: number) => {
    const { values, probe } = probeAt(feltAtMs);
    return line(noninLine(values, probe));
  };
  return createSerialSpeaker({ deviceId, everyMs: 1_000, speak }, surroundings);
}

export function createContec(
  { id: deviceId, bed }: DeviceOf<"contec-cms50d-plus">,
  surroundings: Surroundings,
  recordings: Recordings,
): SerialDevice {
  const { pace } = surroundings;
  const probeAt = probeOf(bed, surroundings, recordings);
  const speak = (feltAtMs: number) => {
    const { values, probe } = probeAt(feltAtMs);
    return contecFrame(values, probe, feltAtMs / pace.speed / 1_000);
  };
  return createSerialSpeaker({ deviceId, everyMs: 1_000 / contecFramesPerS, speak }, surroundings);
}
