/**
 * The checksum of SQLite's write-ahead log (sqlite.org/fileformat2, 4.2), and what bits have to flip so that one comes
 * right. The sum is linear, so that a flipped bit changes it by what its place alone decides.
 */
export type Sum = readonly [s0: number, s1: number];

/** `words` is even in length. */
export function sumOf(words: Uint32Array, [seed0, seed1]: Sum): Sum {
  let s0 = seed0;
  let s1 = seed1;
  for (let i = 0; i < words.length; i += 2) {
    s0 = (s0 + (words[i] as number) + s1) >>> 0;
    s1 = (s1 + (words[i + 1] as number) + s0) >>> 0;
  }
  return [s0, s1];
}

export type Bit = { readonly word: number; readonly bit: number };

type Change = Bit & { readonly at: number; readonly d0: number; readonly d1: number };

/**
 * What one or two bits of `words` lead from `sum` to `wanted`; null: it takes more. By chance such bits are found once in
 * thirty thousand million times, so what they explain is a flip and no torn write. Which bits they were is not always
 * certain: a word's highest bits change the sum as those of other words do.
 */
export type Flips = {
  /** Null: there are several ways. */
  readonly certain: readonly Bit[] | null;
  /** One of the ways goes through a frame's header, which names its page. */
  readonly mayBeInHeader: boolean;
};

const HEADER_WORDS = 2;

export function flipsBetween(words: Uint32Array, sum: Sum, wanted: Sum): Flips | null {
  const [t0, t1] = [(wanted[0] - sum[0]) >>> 0, (wanted[1] - sum[1]) >>> 0];
  const changes = changesOf(words);
  const byFirst = Map.groupBy(changes, ({ d0 }) => d0);
  const single = byFirst.get(t0)?.filter(({ d1 }) => d1 === t1) ?? [];
  if (single.length > 0) return flipsOf(single.map((one) => [one]));
  const pairs: Change[][] = [];
  for (const first of changes) {
    const [r0, r1] = [(t0 - first.d0) >>> 0, (t1 - first.d1) >>> 0];
    for (const second of byFirst.get(r0) ?? []) {
      if (second.d1 !== r1 || second.at <= first.at) continue;
      pairs.push([first, second]);
      if (pairs.length > 1 && flipsOf(pairs).mayBeInHeader) return flipsOf(pairs);
    }
    // Their number grows with the square of what is alike; the first few tell that it is not certain.
    if (pairs.length > WAYS_MAX) return { certain: null, mayBeInHeader: true };
  }
  return pairs.length === 0 ? null : flipsOf(pairs);
}

const WAYS_MAX = 1_000;

function flipsOf(ways: readonly (readonly Change[])[]): Flips {
  const mayBeInHeader = ways.some((way) => way.some(({ word }) => word < HEADER_WORDS));
  return { certain: ways.length === 1 ? (ways[0] ?? null) : null, mayBeInHeader };
}

/** What flipping each bit adds to the sum. */
function changesOf(words: Uint32Array): Change[] {
  const changes: Change[] = [];
  // What one more in the first or second word of a pair adds to the end's sum, from the last pair backwards.
  let [first, second]: [Sum, Sum] = [
    [1, 1],
    [0, 1],
  ];
  for (let pair = words.length - 2; pair >= 0; pair -= 2) {
    for (const [word, weight] of [
      [pair, first],
      [pair + 1, second],
    ] as const) {
      for (let bit = 0; bit < 32; bit++) {
        const isSet = (((words[word] as number) >>> bit) & 1) === 1;
        const power = isSet ? -(2 ** bit) : 2 ** bit;
        changes.push({
          word,
          bit,
          at: word * 32 + bit,
          d0: Math.imul(weight[0], power) >>> 0,
          d1: Math.imul(weight[1], power) >>> 0,
        });
      }
    }
    first = stepped(first);
    second = stepped(second);
  }
  return changes;
}

/** One pair further from the end. */
const stepped = ([s0, s1]: Sum): Sum => [(s0 + s1) >>> 0, (s0 + 2 * s1) >>> 0];
