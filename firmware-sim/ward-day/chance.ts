/** Seeded chance: numbers in [0, 1) that come out the same for the same seed. */
export type Chance = () => number;

/** One source of chance for each use (a bed's day, a room, a clock), so that one draw more in one moves no other. */
export function chanceFor(seed: number, ...use: readonly (string | number)[]): Chance {
  return mulberry32(fnv1a(`${seed}/${use.join("/")}`));
}

export function between(chance: Chance, min: number, max: number): number {
  return min + (max - min) * chance();
}

export function wholeBetween(chance: Chance, min: number, max: number): number {
  return min + Math.floor((max - min + 1) * chance());
}

/** Chance that can be asked about the same place again: a number in [0, 1) for each whole number. */
export type ChanceAt = (place: number) => number;

export function chanceAtFor(seed: number, ...use: readonly (string | number)[]): ChanceAt {
  const base = fnv1a(`${seed}/${use.join("/")}`);
  // Knuth's multiplier spreads neighbouring places over all 32 bits.
  return (place) => mixed((base + Math.imul(place, 0x9e3779b1)) | 0);
}

/** mulberry32: 32 bits of state, good enough for a ward and three lines long. */
function mulberry32(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mixed(state);
  };
}

function mixed(state: number): number {
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
