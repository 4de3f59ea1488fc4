/**
 * Text that the fonts which every PDF reader has can show: Windows-1252. What else there is would come out as other
 * letters, so accents are taken off where that helps, and the rest becomes a question mark; the report says so. Pure.
 */
const BEYOND_LATIN_1 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

function isShown(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || BEYOND_LATIN_1.includes(character)
  );
}

export type PdfText = { readonly text: string; readonly isChanged: boolean };

export function pdfText(given: string): PdfText {
  const composed = given.normalize("NFC");
  const text = [...composed].map(shown).join("");
  return { text, isChanged: text !== composed };
}

function shown(character: string): string {
  if (isShown(character)) return character;
  const base = character.normalize("NFKD").replace(/\p{M}/gu, "");
  return base !== "" && [...base].every(isShown) ? base : "?";
}
