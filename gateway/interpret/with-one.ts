/** The list with `one` in the place of what stands at `index`; behind all others where that is -1. */
export function withOne<T>(list: readonly T[], index: number, one: T): readonly T[] {
  const changed = list.slice();
  changed[index === -1 ? list.length : index] = one;
  return changed;
}
