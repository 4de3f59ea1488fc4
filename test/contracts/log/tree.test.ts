import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../contracts/log/bytes.ts";
import { leafHash, nodeHash } from "../../../contracts/log/hash.ts";
import {
  consistencyPath,
  Frontier,
  inclusionPath,
  isConsistent,
  isIncluded,
  type NodeAt,
  TREE_SIZE_MAX,
  wholeSubtrees,
} from "../../../contracts/log/tree.ts";
import { ctVectorMisses, everyTree } from "../../prove/forge/every-tree.ts";

/** A log that says the same in every leaf, so that it can be as long as a log may get: a node's hash is its level's. */
const LEVELS = Array.from({ length: 54 }).reduce<Uint8Array[]>(
  (levels) => [...levels, nodeHash(levels.at(-1) ?? LEAF, levels.at(-1) ?? LEAF)],
  [leafHash(utf8("same"))],
);
const LEAF = leafHash(utf8("same"));
const nodeAt: NodeAt = (level) => LEVELS[level] ?? LEAF;
const headOf = (size: number) => ({
  size,
  root: new Frontier(
    size,
    wholeSubtrees(0, size).map(({ level }) => nodeAt(level, 0)),
  ).root(),
});
const sizes = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: TREE_SIZE_MAX }));

describe("the Merkle tree", () => {
  it("has the roots and proofs of Certificate Transparency's vectors", () => {
    expect(ctVectorMisses()).toEqual([]);
  });

  it("proves every leaf and every earlier tree as brute force does, and nothing that was tampered with", () => {
    const { figures, misses } = everyTree(48);
    expect(misses).toEqual([]);
    expect(figures).toMatchObject({ inclusion: 1_176, consistency: 1_176 });
  });

  it("proves inclusion in logs of up to 2^53 - 1 leaves", () => {
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (size, share) => {
        const index = Math.min(size - 1, Math.floor(share * size));
        const path = inclusionPath(index, size, nodeAt);
        const { root } = headOf(size);
        expect(isIncluded({ index, size }, LEAF, path, root)).toBe(true);
        expect(isIncluded({ index, size }, LEAF, [...path, LEAF], root)).toBe(false);
        expect(isIncluded({ index, size }, LEAF, path.slice(1), root)).toBe(path.length === 0);
      }),
    );
  });

  it("proves consistency of logs of up to 2^53 - 1 leaves", () => {
    fc.assert(
      fc.property(sizes, sizes, (one, other) => {
        const [older, newer] = one < other ? [one, other] : [other, one];
        const path = consistencyPath(older, newer, nodeAt);
        expect(isConsistent(headOf(older), headOf(newer), path)).toBe(true);
        expect(isConsistent(headOf(older), headOf(newer), [...path, LEAF])).toBe(false);
        expect(isConsistent(headOf(newer), headOf(older), path)).toBe(older === newer);
      }),
    );
  });

  it("begins every tree with the empty one, and with no other of its size", () => {
    const empty = { size: 0, root: new Frontier().root() };
    expect(isConsistent(empty, headOf(7), [])).toBe(true);
    expect(isConsistent(empty, headOf(7), [LEAF])).toBe(false);
    expect(isConsistent({ size: 0, root: LEAF }, headOf(7), [])).toBe(false);
  });

  it("refuses a hash more that another library let pass: a consistency proof whose end is not reached", () => {
    // The older root is rebuilt rightly from the first hashes, and the newer one from all: each alone is not enough.
    const [older, newer] = [headOf(6), headOf(13)];
    const path = consistencyPath(6, 13, nodeAt);
    for (let length = 0; length < path.length; length += 1)
      expect(isConsistent(older, newer, path.slice(0, length))).toBe(false);
    expect(isConsistent(older, headOf(12), path)).toBe(false);
    expect(isConsistent(headOf(5), newer, path)).toBe(false);
  });

  it("goes on from its frontier as if it had never stopped", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 50 }), (before, more) => {
        const whole = new Frontier();
        for (let at = 0; at < before; at += 1) whole.append(leafHash(utf8(`${at}`)));
        const resumed = new Frontier(whole.size, whole.hashes);
        for (let at = before; at < before + more; at += 1) {
          whole.append(leafHash(utf8(`${at}`)));
          resumed.append(leafHash(utf8(`${at}`)));
        }
        expect(resumed.root()).toEqual(whole.root());
      }),
    );
  });

  it("says how many hashes a frontier of that size has", () => {
    expect(() => new Frontier(5, [LEAF])).toThrow("a tree of 5 leaves has 2 whole subtrees, and 1 came");
  });

  it("asks for no leaf that is not there", () => {
    expect(() => inclusionPath(3, 3, nodeAt)).toThrow("leaf 3 is not in a tree of 3");
    expect(() => consistencyPath(4, 3, nodeAt)).toThrow("a tree of 3 cannot begin with 4 leaves");
    expect(isIncluded({ index: 3, size: 3 }, LEAF, [], LEAF)).toBe(false);
    expect(isIncluded({ index: 0.5, size: 1 }, LEAF, [], LEAF)).toBe(false);
  });
});
