/**
 * A document on its way to its reader. What the reader has not taken lies opened in memory, so it is handed out in small
 * pieces, and a reader that takes nothing for too long, or takes too long for all of it, loses the connection.
 */
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";

/** A write counts as taken when all of it is: small ones show that a slow reader still reads. */
const PIECE_BYTES = 16 * 1024;

export type TakingLimits = {
  /** From the first byte to the last. */
  readonly takenMsMax: number;
  /** So long without a byte that the operating system took from here, and so made room for by the reader. */
  readonly stallMsMax: number;
  readonly lookEveryMs: number;
};

export function inPieces(content: Uint8Array): Readable {
  return Readable.from(pieces(content), { objectMode: false });
}

function* pieces(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}

/** True: all of it was handed over. False: the connection ended before, by the reader or here. */
export async function untilTaken(response: ServerResponse, limits: TakingLimits): Promise<boolean> {
  const watch = watchForStall(response, limits);
  const cut = setTimeout(() => response.destroy(), limits.takenMsMax);
  try {
    await finished(response);
    return true;
  } catch {
    return false;
  } finally {
    clearInterval(watch);
    clearTimeout(cut);
  }
}

function watchForStall(response: ServerResponse, { stallMsMax, lookEveryMs }: TakingLimits) {
  let takenBefore = -1;
  let stalledMs = 0;
  return setInterval(() => {
    const { socket } = response;
    const taken = socket === null ? takenBefore : socket.bytesWritten - socket.writableLength;
    stalledMs = taken === takenBefore ? stalledMs + lookEveryMs : 0;
    takenBefore = taken;
    if (stalledMs >= stallMsMax) response.destroy();
  }, lookEveryMs);
}
