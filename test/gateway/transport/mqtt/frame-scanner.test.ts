import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyStart, FrameScanner, type Taken } from "../../../../gateway/transport/mqtt/frame-scanner.ts";

const FRAME_BYTES_MAX = 20_000;

/** A frame of that kind around a body, its length written by hand after the standard's own pseudocode. */
function frame(header: number, body: Uint8Array): Buffer {
  const length: number[] = [];
  let left = body.length;
  do {
    const digit = left % 128;
    left = Math.floor(left / 128);
    length.push(left > 0 ? digit + 128 : digit);
  } while (left > 0);
  return Buffer.concat([Buffer.from([header, ...length]), body]);
}

/** All that a scanner takes from these chunks, until it wants more or refuses. */
function scan(chunks: readonly Buffer[], frameBytesMax = FRAME_BYTES_MAX) {
  const scanner = new FrameScanner(frameBytesMax);
  const frames: string[] = [];
  let last: Taken = "need-more";
  for (const chunk of chunks) {
    scanner.give(chunk);
    for (last = scanner.take(); last === "frame"; last = scanner.take()) {
      frames.push(scanner.bytes.subarray(scanner.start, scanner.end).toString("hex"));
    }
    if (last !== "need-more") break;
  }
  return { frames, last, heldBytes: scanner.heldBytes };
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at
    .slice(1)
    .map((end, n) => bytes.subarray(at[n], end))
    .filter((chunk) => chunk.length > 0);
}

const anyFrame = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.oneof(fc.uint8Array({ maxLength: 300 }), longBody()))
  .map(([header, body]) => frame(header, body));

function longBody() {
  return fc.integer({ min: 120, max: 17_000 }).map((length) => new Uint8Array(length).fill(0x99));
}

describe("a scanner", () => {
  test("finds the same frames however their bytes are split", () => {
    const cuts = fc.array(fc.nat({ max: 100_000 }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), cuts, (frames, where) => {
        const found = scan(split(Buffer.concat(frames), where));
        expect(found.frames).toEqual(frames.map((one) => one.toString("hex")));
        expect(found.last).toBe("need-more");
        expect(found.heldBytes).toBe(0);
      }),
    );
  });

  test("finds them byte by byte", () => {
    const frames = [
      frame(0x30, Buffer.alloc(0)),
      frame(0x32, Buffer.alloc(130, 7)),
      frame(0xc0, Buffer.alloc(0)),
    ];
    const bytes = Buffer.concat(frames);
    const found = scan(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
    expect(found.frames).toEqual(frames.map((one) => one.toString("hex")));
  });

  test("says where a body begins", () => {
    for (const [length, at] of [
      [0, 2],
      [127, 2],
      [128, 3],
      [16_384, 4],
    ] as const) {
      expect(bodyStart(frame(0x30, new Uint8Array(length)), 0)).toBe(at);
    }
  });

  test("takes on after frames that waited for their turn", () => {
    const scanner = new FrameScanner(FRAME_BYTES_MAX);
    const one = frame(0x32, Buffer.from("one"));
    scanner.give(Buffer.concat([one, one]));
    expect(scanner.take()).toBe("frame");
    expect(scanner.heldBytes).toBe(one.length);
    scanner.give(one.subarray(0, 2));
    expect([scanner.take(), scanner.take()]).toEqual(["frame", "need-more"]);
    scanner.give(one.subarray(2));
    expect(scanner.take()).toBe("frame");
  });

  test("never writes to a frame that it has given out", () => {
    const scanner = new FrameScanner(FRAME_BYTES_MAX);
    const [first, second] = [frame(0x30, Buffer.from("first")), frame(0x30, Buffer.from("other"))];
    scanner.give(first.subarray(0, 3));
    scanner.take();
    scanner.give(first.subarray(3));
    scanner.take();
    const given = scanner.bytes.subarray(scanner.start, scanner.end);
    scanner.give(second.subarray(0, 3));
    scanner.take();
    scanner.give(second.subarray(3));
    scanner.take();
    expect(given.toString("hex")).toBe(first.toString("hex"));
  });
});

describe("a frame that is refused:", () => {
  test.each<[string, string, Taken]>([
    ["a length of five bytes", "30ffffffff01", "bad-length"],
    ["a length that never ends, before it has come", "30ffffffff", "bad-length"],
    ["a byte more than it may have", "309f9c01", "too-long"],
    ["256 MiB announced", "10ffffff7f", "too-long"],
  ])("%s", (_name, hex, refusal) => {
    const bytes = Buffer.from(hex, "hex");
    expect(scan([bytes]).last).toBe(refusal);
    expect(scan(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))).last).toBe(refusal);
  });

  test("exactly as long as it may be is taken", () => {
    const longest = frame(0x30, new Uint8Array(FRAME_BYTES_MAX - 4));
    expect(scan([longest]).frames).toHaveLength(1);
    expect(scan([longest], FRAME_BYTES_MAX - 1).last).toBe("too-long");
  });
});

test("what is held grows with what has come, not with what was announced", () => {
  const scanner = new FrameScanner(128 * 1024);
  const bytes = frame(0x30, new Uint8Array(100_000));
  scanner.give(bytes.subarray(0, 10));
  scanner.take();
  expect(scanner.heldBytes).toBeLessThan(1_000);
  scanner.give(bytes.subarray(10, 50_000));
  scanner.take();
  expect(scanner.heldBytes).toBeLessThan(100_001);
});
