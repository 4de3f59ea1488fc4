/** Seeded bytes that look like trouble: noise, broken frames, frames run together, and good ones among them. */

export type Chance = () => number;

/** xorshift32: the same seed, the same bytes, on any machine. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export const below = (chance: Chance, limit: number) => Math.floor(chance() * limit);

const pick = (chance: Chance, golden: readonly Uint8Array[]): Uint8Array =>
  golden[below(chance, golden.length)] ?? new Uint8Array();

export const randomBytes = (chance: Chance, length: number) =>
  Uint8Array.from({ length }, () => below(chance, 256));

/** One piece of a stream, or one message. */
export function pieceOf(chance: Chance, golden: readonly Uint8Array[]): Uint8Array {
  const kind = chance();
  if (kind < 0.15) return randomBytes(chance, below(chance, 64));
  if (kind < 0.35) return pick(chance, golden);
  if (kind < 0.55) return spliced(chance, pick(chance, golden), pick(chance, golden));
  return mutated(chance, pick(chance, golden));
}

function spliced(chance: Chance, head: Uint8Array, tail: Uint8Array): Uint8Array {
  const before = head.subarray(0, below(chance, head.length + 1));
  return Uint8Array.from([...before, ...tail.subarray(below(chance, tail.length + 1))]);
}

/** One to four changes: a bit turned, a byte changed, lost, doubled or put in, a run of bytes lost. */
function mutated(chance: Chance, golden: Uint8Array): Uint8Array {
  const bytes = [...golden];
  for (let changes = 1 + below(chance, 4); changes > 0; changes--) {
    const at = below(chance, bytes.length);
    const byte = bytes[at] ?? 0;
    switch (below(chance, 6)) {
      case 0:
        bytes[at] = byte ^ (1 << below(chance, 8));
        break;
      case 1:
        bytes[at] = below(chance, 256);
        break;
      case 2:
        bytes.splice(at, 1);
        break;
      case 3:
        bytes.splice(at, 0, byte);
        break;
      case 4:
        bytes.splice(at, 0, below(chance, 256));
        break;
      case 5:
        bytes.splice(at, below(chance, 8));
        break;
    }
  }
  return Uint8Array.from(bytes);
}

/** Cuts a stream as a port would: mostly small pieces, now and then a large one. */
export function* chunksOf(chance: Chance, stream: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < stream.length; ) {
    const length = 1 + below(chance, chance() < 0.1 ? 1_024 : 64);
    yield stream.subarray(at, at + length);
    at += length;
  }
}
