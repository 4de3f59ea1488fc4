/**
 * The connection as aedes sees it: the front puts in whole frames that are aedes' to answer, and takes out what aedes says.
 * It always takes what is written, so that aedes, which tells all its clients in turn, never waits for a slow one.
 */
import { Duplex } from "node:stream";

/** Of frames that aedes has not read yet; past it the front reads no further. */
const FRAMES_BYTES = 16 * 1024;

export type LineOwner = {
  /** Aedes has read what was put in. */
  lineHasRoom(): void;
  /** `done` once more may be written. */
  lineSays(bytes: Buffer, done: () => void): void;
  /** Aedes is done with the connection, or it is gone. */
  lineIsGone(): void;
};

export class AedesLine<Owner extends LineOwner> extends Duplex {
  readonly owner: Owner;

  constructor(owner: Owner) {
    super({ readableHighWaterMark: FRAMES_BYTES, allowHalfOpen: false });
    this.owner = owner;
  }

  override _read(): void {
    this.owner.lineHasRoom();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.owner.lineSays(bytes, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.owner.lineSays(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.owner.lineIsGone();
    done(error);
  }
}
