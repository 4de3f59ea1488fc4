/** A log in memory that remembers every root that it ever had, and answers proofs as a bundle has them. */
import { toBase64 } from "../../contracts/log/bytes.ts";
import { leafHash } from "../../contracts/log/hash.ts";
import {
  consistencyPath,
  Frontier,
  inclusionPath,
  type NodeAt,
  type TreeHead,
} from "../../contracts/log/tree.ts";

export class GrownLog {
  readonly #frontier = new Frontier();
  readonly #nodes = new Map<string, Uint8Array>();
  readonly #roots: Uint8Array[] = [new Frontier().root()];

  get size(): number {
    return this.#frontier.size;
  }

  /** Answers the leaf's index. */
  append(leaf: Uint8Array): number {
    const index = this.size;
    for (const node of this.#frontier.append(leafHash(leaf)))
      this.#nodes.set(`${node.level} ${node.index}`, node.hash);
    this.#roots.push(this.#frontier.root());
    return index;
  }

  head(size: number = this.size): TreeHead {
    const root = this.#roots[size];
    if (root === undefined) throw new RangeError(`a log of ${this.size} was never ${size} long`);
    return { size, root };
  }

  inclusion(index: number, size: number): string[] {
    return inclusionPath(index, size, this.#nodeAt).map(toBase64);
  }

  consistency(oldSize: number, newSize: number): string[] {
    return consistencyPath(oldSize, newSize, this.#nodeAt).map(toBase64);
  }

  readonly #nodeAt: NodeAt = (level, index) => {
    const node = this.#nodes.get(`${level} ${index}`);
    if (node === undefined) throw new RangeError(`no whole subtree ${index} of level ${level}`);
    return node;
  };
}
