/**
 * The Merkle tree of RFC 6962 section 2.1 as its definitions read, over all the leaves and with Node's own SHA-256: it
 * shares nothing with contracts/log. D[begin:end] is a stretch of the leaves; its root is remembered.
 */
import { createHash } from "node:crypto";

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(createHash("sha256").update(Buffer.concat(parts)).digest());

export class BruteTree {
  readonly #leaves: readonly Uint8Array[];
  readonly #roots = new Map<string, Uint8Array>();

  constructor(leaves: readonly Uint8Array[]) {
    this.#leaves = leaves;
  }

  /** MTH(D[0:n]). */
  root(n: number): Uint8Array {
    return this.#root(0, n);
  }

  /** PATH(m, D[0:n]). */
  path(m: number, n: number): Uint8Array[] {
    return this.#path(m, 0, n);
  }

  /** PROOF(m, D[0:n]), for 0 < m < n. */
  proof(m: number, n: number): Uint8Array[] {
    return this.#subproof(m, 0, n, true);
  }

  #root(begin: number, end: number): Uint8Array {
    const name = `${begin}:${end}`;
    const known = this.#roots.get(name);
    if (known !== undefined) return known;
    const root = this.#rootAnew(begin, end);
    this.#roots.set(name, root);
    return root;
  }

  #rootAnew(begin: number, end: number): Uint8Array {
    if (begin === end) return sha256();
    if (end - begin === 1) return sha256(Uint8Array.of(0), this.#leaves[begin] ?? sha256());
    const k = begin + splitOf(end - begin);
    return sha256(Uint8Array.of(1), this.#root(begin, k), this.#root(k, end));
  }

  #path(m: number, begin: number, end: number): Uint8Array[] {
    if (end - begin === 1) return [];
    const k = begin + splitOf(end - begin);
    return m < k
      ? [...this.#path(m, begin, k), this.#root(k, end)]
      : [...this.#path(m, k, end), this.#root(begin, k)];
  }

  #subproof(m: number, begin: number, end: number, isWhole: boolean): Uint8Array[] {
    if (m === end) return isWhole ? [] : [this.#root(begin, end)];
    const k = begin + splitOf(end - begin);
    return m <= k
      ? [...this.#subproof(m, begin, k, isWhole), this.#root(k, end)]
      : [...this.#subproof(m, k, end, false), this.#root(begin, k)];
  }
}

/** The largest power of two smaller than n. */
const splitOf = (n: number) => 2 ** (31 - Math.clz32(n - 1));
