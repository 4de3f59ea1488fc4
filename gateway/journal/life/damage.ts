/** Found where nothing can be done about it in place: the process ends, and its next start saves what is whole. */
export class JournalDamaged extends Error {
  override readonly name = "JournalDamaged";

  constructor(what: string) {
    super(
      `The journal is damaged: ${what}. This process ends; the next start moves the file aside and saves what is whole.`,
    );
  }
}
