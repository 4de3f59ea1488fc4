/**
 * The Merkle tree of RFC 6962: its root as leaves are added, and the two kinds of proof. `NodeAt` answers the hash of
 * a whole subtree: level 0 are the leaves' hashes, the node (level, index) covers the 2^level leaves from
 * index × 2^level.
 */
import { isSame } from "./bytes.ts";
import { EMPTY_ROOT, nodeHash } from "./hash.ts";

/** Sizes and indexes stay whole numbers in a double. */
export const TREE_SIZE_MAX = Number.MAX_SAFE_INTEGER;

export type NodeAt = (level: number, index: number) => Uint8Array;
export type TreeNode = { readonly level: number; readonly index: number; readonly hash: Uint8Array };

/** The roots of the whole subtrees that a tree of `size` leaves falls into, the largest first: all that adding needs. */
export class Frontier {
  #size: number;
  #hashes: Uint8Array[];

  /** Throws where the number of hashes is not the one that `size` asks for. */
  constructor(size = 0, hashes: readonly Uint8Array[] = []) {
    const wanted = wholeSubtrees(0, size).length;
    if (hashes.length !== wanted)
      throw new Error(`a tree of ${size} leaves has ${wanted} whole subtrees, and ${hashes.length} came`);
    this.#size = size;
    this.#hashes = [...hashes];
  }

  get size(): number {
    return this.#size;
  }

  get hashes(): readonly Uint8Array[] {
    return this.#hashes;
  }

  /** Adds a leaf by its hash; answers the nodes that became whole by it, the leaf first. */
  append(hash: Uint8Array): readonly TreeNode[] {
    const whole: TreeNode[] = [{ level: 0, index: this.#size, hash }];
    let top = hash;
    let index = this.#size;
    for (let level = 1; index % 2 === 1; level += 1) {
      const left = this.#hashes.pop();
      if (left === undefined) throw new Error(`the frontier of ${this.#size} leaves ended early`);
      top = nodeHash(left, top);
      index = (index - 1) / 2;
      whole.push({ level, index, hash: top });
    }
    this.#hashes.push(top);
    this.#size += 1;
    return whole;
  }

  root(): Uint8Array {
    return rootOf(this.#hashes);
  }

  copy(): Frontier {
    return new Frontier(this.#size, this.#hashes);
  }
}

/** The hashes beside the way from leaf `index` up to the root of `size` leaves, the lowest first. */
export function inclusionPath(index: number, size: number, nodeAt: NodeAt): Uint8Array[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const path: Uint8Array[] = [];
  const walk = (begin: number, end: number): void => {
    if (end - begin === 1) return;
    const middle = begin + largestPowerBelow(end - begin);
    if (index < middle) {
      walk(begin, middle);
      path.push(subtreeRoot(middle, end, nodeAt));
    } else {
      walk(middle, end);
      path.push(subtreeRoot(begin, middle, nodeAt));
    }
  };
  walk(0, size);
  return path;
}

/** RFC 9162 section 2.1.3.2. Every hash of the path must have been used up. */
export function isIncluded(
  { index, size }: { readonly index: number; readonly size: number },
  leaf: Uint8Array,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isSame(hash, root);
}

/** That the tree of `newSize` begins with the tree of `oldSize`; empty where there is nothing to show. */
export function consistencyPath(oldSize: number, newSize: number, nodeAt: NodeAt): Uint8Array[] {
  if (!(oldSize >= 0 && oldSize <= newSize))
    throw new RangeError(`a tree of ${newSize} cannot begin with ${oldSize} leaves`);
  const path: Uint8Array[] = [];
  const walk = (begin: number, end: number, isRootKnown: boolean): void => {
    if (oldSize === end) {
      if (!isRootKnown) path.push(subtreeRoot(begin, end, nodeAt));
      return;
    }
    const middle = begin + largestPowerBelow(end - begin);
    if (oldSize <= middle) {
      walk(begin, middle, isRootKnown);
      path.push(subtreeRoot(middle, end, nodeAt));
    } else {
      walk(middle, end, false);
      path.push(subtreeRoot(begin, middle, nodeAt));
    }
  };
  if (oldSize > 0 && oldSize < newSize) walk(0, newSize, true);
  return path;
}

export type TreeHead = { readonly size: number; readonly root: Uint8Array };

/** RFC 9162 section 2.1.4.2. Every hash of the path must have been used up, and both roots must come out. */
export function isConsistent(older: TreeHead, newer: TreeHead, path: readonly Uint8Array[]): boolean {
  if (!isSize(older.size) || !isSize(newer.size) || older.size > newer.size) return false;
  if (older.size === 0) return path.length === 0 && isSame(older.root, EMPTY_ROOT);
  if (older.size === newer.size) return path.length === 0 && isSame(older.root, newer.root);
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  // A tree of a power of two is a whole subtree of the newer one: its root begins the way, and is not sent.
  const [first, ...rest] = at === 0 ? [older.root, ...path] : path;
  if (first === undefined) return false;
  let [oldHash, newHash] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else newHash = nodeHash(newHash, sibling);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isSame(oldHash, older.root) && isSame(newHash, newer.root);
}

/** Every node that a proof of either kind may ask for in the stretch of leaves. */
function subtreeRoot(begin: number, end: number, nodeAt: NodeAt): Uint8Array {
  return rootOf(wholeSubtrees(begin, end).map(({ level, index }) => nodeAt(level, index)));
}

/** The whole subtrees, from the left, that cover the leaves from `begin` to before `end`. */
export function wholeSubtrees(
  begin: number,
  end: number,
): { readonly level: number; readonly index: number }[] {
  const nodes: { level: number; index: number }[] = [];
  let at = begin;
  while (at < end) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

function rootOf(subtrees: readonly Uint8Array[]): Uint8Array {
  let root: Uint8Array | undefined;
  for (const hash of subtrees.toReversed()) root = root === undefined ? hash : nodeHash(hash, root);
  return root ?? EMPTY_ROOT;
}

/** The largest power of two that is smaller than `count`, which is at least 2. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

const isSize = (count: number) => Number.isSafeInteger(count) && count >= 0;

/** Shifts are of 32 bits, and sizes are not. */
const half = (count: number) => Math.floor(count / 2);
