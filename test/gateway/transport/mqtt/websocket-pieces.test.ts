import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WebSocketPieces } from "../../../../gateway/transport/mqtt/websocket-pieces.ts";

type Frame = { readonly opcode: number; readonly isLast: boolean; readonly bytes: number };

function written({ opcode, isLast, bytes }: Frame): Buffer {
  const length = Buffer.alloc(bytes < 126 ? 0 : bytes < 65_536 ? 2 : 8);
  if (length.length === 2) length.writeUInt16BE(bytes);
  if (length.length === 8) length.writeBigUInt64BE(BigInt(bytes));
  const short = length.length === 0 ? bytes : length.length === 2 ? 126 : 127;
  const head = Buffer.of((isLast ? 0x80 : 0) | opcode, 0x80 | short);
  return Buffer.concat([head, length, Buffer.of(1, 2, 3, 4), Buffer.alloc(bytes, 0xff)]);
}

describe("the pieces of a WebSocket message", () => {
  const bytes = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(125, 126, 65_535, 65_536, 70_000));
  const message = fc.array(bytes, { minLength: 1, maxLength: 3 }).map((pieces): Frame[] =>
    pieces.map((size, index) => ({
      opcode: index === 0 ? 2 : 0,
      isLast: index === pieces.length - 1,
      bytes: size,
    })),
  );

  test("are held until its last byte has come, however the stream is cut, and then no byte is", () => {
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.array(bytes, { maxLength: 20 }),
        (messages, cuts) => {
          const pieces = new WebSocketPieces();
          const wholes = messages.map((frames) => Buffer.concat(frames.map(written)));
          const stream = Buffer.concat(wholes);
          const ends = wholes.map((_whole, index) => Buffer.concat(wholes.slice(0, index + 1)).length);
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            pieces.give(stream.subarray(at, at + cut));
            at = Math.min(stream.length, at + cut);
            const lastEnd = ends.findLast((end) => end <= at) ?? 0;
            expect(pieces.heldBytes).toBe(at - lastEnd);
          }
          expect(pieces.heldBytes).toBe(0);
        },
      ),
    );
  });

  test("stay held while a ping comes between them", () => {
    const pieces = new WebSocketPieces();
    pieces.give(written({ opcode: 2, isLast: false, bytes: 50 }));
    pieces.give(written({ opcode: 9, isLast: true, bytes: 0 }));
    expect(pieces.heldBytes).toBeGreaterThan(50);
    pieces.give(written({ opcode: 0, isLast: true, bytes: 50 }));
    expect(pieces.heldBytes).toBe(0);
  });
});
