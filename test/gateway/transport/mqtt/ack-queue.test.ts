import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AckQueue } from "../../../../gateway/transport/mqtt/ack-queue.ts";
import { UNANSWERED_MAX } from "../../../../gateway/transport/mqtt/limits.ts";

const hex = (acks: Buffer | null) => acks?.toString("hex") ?? "";

describe("acknowledgements", () => {
  test("go out in one piece, as many as are due", () => {
    const queue = new AckQueue();
    for (const id of [7, 0x0102, 9]) queue.addTaken(id);
    expect(queue.take()).toBeNull();
    queue.kept();
    queue.kept();
    expect(hex(queue.take())).toBe("4002000740020102");
    expect(queue.take()).toBeNull();
  });

  test("wait for those before them, whoever settles first", () => {
    const queue = new AckQueue();
    queue.addTaken(1);
    const second = queue.add(2);
    queue.addTaken(3);
    queue.done(second);
    expect(queue.take()).toBeNull();
    queue.kept();
    expect(hex(queue.take())).toBe("4002000140020002");
    queue.kept();
    expect(hex(queue.take())).toBe("40020003");
  });

  test("of what has no packet id are none, but it keeps its place", () => {
    const queue = new AckQueue();
    const first = queue.add(0);
    queue.addTaken(2);
    queue.kept();
    expect(queue.take()).toBeNull();
    queue.done(first);
    expect(hex(queue.take())).toBe("40020002");
  });

  test("are as many as a connection may wait for", () => {
    const queue = new AckQueue();
    for (let id = 1; id <= UNANSWERED_MAX; id++) {
      expect(queue.isFull).toBe(false);
      queue.addTaken(id);
    }
    expect(queue.isFull).toBe(true);
    queue.kept();
    expect(queue.isFull).toBe(true);
    queue.take();
    expect(queue.isFull).toBe(false);
  });
});

test("whatever settles when, each publish is answered once and in its order", () => {
  const step = fc.constantFrom("taken", "other", "kept", "done", "take");
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 2_000 }),
      fc.infiniteStream(fc.nat({ max: 20 })),
      (steps, picks) => {
        const queue = new AckQueue();
        const sent: number[] = [];
        const answered: number[] = [];
        const others: number[] = [];
        let taken = 0;
        const answer = (acks: Buffer | null) => {
          for (let at = 0; at < (acks?.length ?? 0); at += 4) answered.push(acks?.readUInt16BE(at + 2) ?? 0);
        };
        for (const what of steps) {
          if ((what === "taken" || what === "other") && queue.isFull) continue;
          if (what === "taken" || what === "other") sent.push((sent.length % 65_535) + 1);
          const id = sent.at(-1) ?? 0;
          if (what === "taken") {
            queue.addTaken(id);
            taken += 1;
          } else if (what === "other") others.push(queue.add(id));
          else if (what === "kept" && taken > 0) {
            queue.kept();
            taken -= 1;
          } else if (what === "done" && others.length > 0) {
            const [one] = others.splice((picks.next().value ?? 0) % others.length, 1);
            queue.done(one ?? 0);
          } else if (what === "take") answer(queue.take());
        }
        for (; taken > 0; taken--) queue.kept();
        for (const one of others) queue.done(one);
        answer(queue.take());
        expect(answered).toEqual(sent);
      },
    ),
  );
});
