/** A checkpoint of the network with the lines of those who cosigned it. */
import type { Database } from "../../database/schema.ts";
import { networkLog } from "./network-log.ts";
import { type Cosigned, cosignaturesOf, newestWitnessedSize } from "./witnessed.ts";

/** The newest that enough gateways cosigned; null: none is yet. */
export async function witnessedNote(db: Database, witnessesMin: number): Promise<string | null> {
  const { logId } = await networkLog(db);
  const size = await newestWitnessedSize(db, logId, witnessesMin);
  if (size === null) return null;
  const { note } = await db
    .selectFrom("evidenceCheckpoints")
    .select("note")
    .where("logId", "=", logId)
    .where("size", "=", size)
    .executeTakeFirstOrThrow();
  return withCosignatures(note, await cosignaturesOf(db, [size]));
}

/** The note with its own log's signature alone, whoever else has signed under it. */
export function withoutCosignatures(note: string): string {
  const end = note.indexOf("\n\n") + 2;
  const origin = note.slice(0, note.indexOf("\n"));
  const lines = note.slice(end).split("\n");
  return (
    note.slice(0, end) +
    lines.flatMap((line) => (line.startsWith(`— ${origin} `) ? `${line}\n` : [])).join("")
  );
}

export function withCosignatures(note: string, cosigned: readonly Cosigned[]): string {
  return note + cosigned.map(({ line }) => (line.endsWith("\n") ? line : `${line}\n`)).join("");
}
