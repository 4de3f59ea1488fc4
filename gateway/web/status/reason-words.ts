/** A reason's code as words: "out-of-range" reads "Out of range". */
export function reasonWords(reason: string): string {
  const words = reason.replaceAll("-", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
