/** The network's log as a cloud that holds its key can tell it: one history, and as many others as it likes. */
import { utf8 } from "../../../contracts/log/bytes.ts";
import { networkOrigin, type Signer, signCheckpoint } from "../../../contracts/log/note.ts";
import type { LogReply } from "../../../contracts/wire/log-sync.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";
import { GrownLog } from "../../support/grown-log.ts";

export type Shown = NonNullable<LogReply["network"]>;

const ORIGIN = networkOrigin("00000000000000ff");
export const NETWORK: Signer = ed25519Signer(ORIGIN, 1);
export const STRANGER: Signer = ed25519Signer(ORIGIN, 2);
export const OTHER_NETWORK: Signer = ed25519Signer(networkOrigin("00000000000000ee"), 1);

export class History {
  readonly #leaves: string[] = [];
  readonly #log = new GrownLog();

  get size(): number {
    return this.#log.size;
  }

  grow(count: number, story: string): this {
    for (let added = 0; added < count; added++) {
      const leaf = `${story} ${this.size}`;
      this.#leaves.push(leaf);
      this.#log.append(utf8(leaf));
    }
    return this;
  }

  /** The same as this one up to `size`, and from there another. */
  forkAt(size: number, toSize: number): History {
    const fork = new History();
    for (const leaf of this.#leaves.slice(0, size)) {
      fork.#leaves.push(leaf);
      fork.#log.append(utf8(leaf));
    }
    return fork.grow(toSize - size, "another story");
  }

  rootAt(size: number): Uint8Array {
    return this.#log.head(size).root;
  }

  /** The checkpoint of `size` with the way from `seenSize` to it. */
  shown(size: number, seenSize: number, signedAtMs: number, signer: Signer = NETWORK): Shown {
    const head = this.#log.head(size);
    return {
      checkpoint: signCheckpoint({ origin: signer.name, ...head, signedAtMs }, signer),
      publicKey: Buffer.from(signer.publicKey).toString("base64"),
      consistency: seenSize <= size ? this.#log.consistency(seenSize, size) : [],
    };
  }
}
