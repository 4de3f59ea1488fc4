import { randomBytes } from "node:crypto";
import { SALT_BYTES } from "../../../contracts/log/hash.ts";

const SALTS_AT_ONCE = 256;

/** 32 random bytes each, drawn from the system many at a time. */
export class Salts {
  #block = Buffer.alloc(0);
  #used = 0;

  next(): Uint8Array {
    if (this.#used === this.#block.length) {
      this.#block = randomBytes(SALTS_AT_ONCE * SALT_BYTES);
      this.#used = 0;
    }
    const salt = this.#block.subarray(this.#used, this.#used + SALT_BYTES);
    this.#used += SALT_BYTES;
    return salt;
  }
}
