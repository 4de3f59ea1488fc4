/** A name for people to say to each other that says nothing of the patient: R-7F3K. */
import type { Randomness } from "../clock.ts";

/** No vowels, so that no word comes of it; none that is read for another (0 O, 1 I L, 5 S, 2 Z, 8 B, U V). */
const LETTERS = "34679CDFGHJKMNPQRTWXY";
const LENGTH = 4;

export function callName(randomness: Randomness): string {
  let name = "";
  while (name.length < LENGTH)
    for (const byte of randomness.bytes(LENGTH * 2)) {
      // Each letter is as likely as the next: the rest of the byte's range, in which some would come once more, is left.
      if (byte >= 256 - (256 % LETTERS.length) || name.length === LENGTH) continue;
      name += LETTERS[byte % LETTERS.length];
    }
  return `R-${name}`;
}
