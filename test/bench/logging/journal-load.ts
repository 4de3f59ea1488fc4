/** A journal in its thread, and groups as a gateway appends them: readings, and now and then what a bed made of them. */
import { join } from "node:path";
import type { Journal } from "../../../gateway/journal/journal-port.ts";
import { openJournal } from "../../../gateway/journal/open-journal.ts";
import { journalFiles, unloggedFiles } from "../../support/journal-directory.ts";
import { groupOf } from "../../support/journal-groups.ts";
import { anOccupancyChange, aReading } from "../../support/records.ts";

/** One bed event to so many readings: a ward on a busy morning. */
const READINGS_PER_EVENT = 50;
const GROUPS_IN_FLIGHT = 8;

export function openBenchJournal(
  directory: string,
  { isLogged }: { readonly isLogged: boolean },
): Promise<Journal> {
  const files = (isLogged ? journalFiles : unloggedFiles)(join(directory, "data"));
  const onFatal = (error: Error) => {
    throw error;
  };
  return openJournal({ ...files, life: { ...files.life, bytesMax: 2 ** 31 }, onFatal });
}

export const appendReadingGroup = (journal: Journal, readings: number): Promise<void> =>
  journal.append(
    groupOf(
      journal,
      "vitals",
      Array.from({ length: readings }, (_, n) => aReading({ value: n })),
    ),
  );

export const appendEvent = (journal: Journal, n: number): Promise<void> =>
  journal.append(groupOf(journal, "beds", [anOccupancyChange(n % 2 === 0 ? "present" : "absent")]));

/** Records a second, as many as it takes. */
export async function floodJournal(journal: Journal, measuredMs: number): Promise<number> {
  const beganMs = performance.now();
  let records = 0;
  const appendOn = async () => {
    while (performance.now() - beganMs < measuredMs) {
      await Promise.all([appendReadingGroup(journal, READINGS_PER_EVENT), appendEvent(journal, records)]);
      records += READINGS_PER_EVENT + 1;
    }
  };
  await Promise.all(Array.from({ length: GROUPS_IN_FLIGHT }, appendOn));
  return Math.round((records / (performance.now() - beganMs)) * 1_000);
}
