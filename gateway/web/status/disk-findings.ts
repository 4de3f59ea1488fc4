/** What is wrong with the gateway's disk and its journal, in sentences. */
import type { DiskStatus } from "../../../contracts/wire/gateway-status.ts";
import { bytesWords } from "./bytes-words.ts";

export function diskWords({ state, freeBytes, tombstoned, damagedRows, salvagedFrom }: DiskStatus): string[] {
  const words: string[] = [];
  if (state === "stalled")
    words.push(
      `Full, and nothing is left to give up: no device is acknowledged any more. Make room now (${bytesWords(freeBytes)} free).`,
    );
  if (state === "reserve")
    words.push(
      `Full (${bytesWords(freeBytes)} free): the oldest readings give way, bed events go on from the reserve. Make room.`,
    );
  if (tombstoned.diskBudget > 0)
    words.push(
      `${tombstoned.diskBudget} of the oldest readings were given up before the cloud had them; what is left of them are means.`,
    );
  if (salvagedFrom !== null)
    words.push(
      `The journal was begun anew from ${salvagedFrom}; ${tombstoned.damaged} records of it could not be saved. Keep that file, and check the disk.`,
    );
  if (damagedRows > 0)
    words.push(`${damagedRows} records are damaged on disk. Replace the disk; a restart saves the others.`);
  return words;
}
