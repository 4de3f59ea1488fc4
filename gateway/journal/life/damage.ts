/** Found where nothing can be done about it in place: the process ends, and its next start saves what is whole. */
export class JournalDamaged extends Error {
  override readonly name = "JournalDamaged";

  constructor(what: string) {
    super(
      `The journal is damaged: ${what}. This process ends; the next start moves the file aside and saves what is whole.`,
    );
  }
}

/** Also what SQLite says of a file whose trees or header make no sense. */
export function isDamage(error: unknown): boolean {
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  return error instanceof JournalDamaged || code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}
