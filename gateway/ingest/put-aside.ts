/** The newest messages of one device that were put aside, so that one which comes again is put aside once. */
import { crc32 } from "node:zlib";
import type { RawMessage } from "./raw-message.ts";

/** No device has more on their way that are not acknowledged. */
const REMEMBERED_MAX = 256;

export class PutAside {
  /** By packet id. */
  readonly #checksums = new Map<number, number>();

  /** Only the broker's word makes it a repetition: packet ids are used again and again. */
  hasCome({ body }: RawMessage): boolean {
    if (body.kind !== "mqtt" || body.packetId === null) return false;
    const checksum = crc32(body.payload);
    const hasCome = body.isRepeat && this.#checksums.get(body.packetId) === checksum;
    // Anew, so that it is the youngest.
    this.#checksums.delete(body.packetId);
    this.#checksums.set(body.packetId, checksum);
    if (this.#checksums.size > REMEMBERED_MAX)
      this.#checksums.delete(this.#checksums.keys().next().value ?? 0);
    return hasCome;
  }
}
