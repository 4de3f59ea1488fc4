/** As many names as an eye takes in; the devices' own list has them all. */
const NAMED_MAX = 4;

/** "a, b, c, d and 28 more". */
export function namesWords(names: readonly string[]): string {
  const named = names.slice(0, NAMED_MAX).join(", ");
  const more = names.length - NAMED_MAX;
  return more > 0 ? `${named} and ${more} more` : named;
}
