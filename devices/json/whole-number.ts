const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;

/**
 * The number that a text is, from its first character to its last; null where it is anything else. JavaScript's own reading
 * is too kind: to it "" is 0, "0x10" is 16 and "71.4kg" begins with a number.
 */
export function wholeNumber(text: string): number | null {
  if (!NUMBER.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number + 0 : null;
}
