/** Names of sheets as spreadsheets take them: short, without some characters, and each only once. Pure. */

const LENGTH_MAX = 31;
const FORBIDDEN = /[[\]:*?/\\]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into the file's XML.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A file with such a character in it does not open. */
export const sheetText = (text: string): string => text.replace(CONTROLS, "\ufffd").toWellFormed();

export class SheetNames {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken.map((name) => name.toLowerCase()));
  }

  nameFor(wanted: string): string {
    const plain = sheetText(wanted).replace(FORBIDDEN, "-").replace(/^'|'$/g, "-").trim() || "Ward";
    for (let count = 1; ; count += 1) {
      const suffix = count === 1 ? "" : ` (${count})`;
      const name = `${[...plain]
        .slice(0, LENGTH_MAX - suffix.length)
        .join("")
        .slice(0, LENGTH_MAX - suffix.length)}${suffix}`;
      if (this.#taken.has(name.toLowerCase())) continue;
      this.#taken.add(name.toLowerCase());
      return name;
    }
  }
}
