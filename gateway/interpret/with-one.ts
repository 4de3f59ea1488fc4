/** The list with `one` in the place of what stands at `index`; behind all others where nothing does. */
export function withOne<T>(list: readonly T[], index: number, one: T): readonly T[] {
  const changed = list.slice();
  changed[index] = one;
  return changed;
}
