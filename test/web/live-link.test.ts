import { expect, test } from "vitest";
import { isShownLost, type Link } from "../../cloud/web/live/link.ts";
import { keepLiveLink } from "../../cloud/web/live/live-link.ts";
import { reconnectDelayMs } from "../../cloud/web/live/reconnect-delay.ts";
import type { ReadFailure } from "../../contracts/ui/read-json.ts";
import type { LiveMessage } from "../../contracts/wire/live.ts";
import { aBed, aSnapshot, someChanges } from "./a-bed.ts";

/** What one connection does: the texts it carries, and what the cloud says of it afterwards. */
type Round = { readonly texts?: readonly string[]; readonly lastsMs?: number; readonly why?: ReadFailure };

/** Plays the rounds through and returns what the link asked for, said and waited. */
async function play(rounds: readonly Round[]) {
  const stop = new AbortController();
  const seen = {
    after: [] as (number | null)[],
    links: [] as Link[],
    pauses: [] as number[],
    messages: [] as LiveMessage[],
  };
  let seq: number | null = null;
  let nowMs = 0;
  let round: Round = {};
  const queue = [...rounds];
  await keepLiveLink(
    {
      listen: async (after, onText, signal) => {
        round = queue.shift() ?? {};
        seen.after.push(after);
        for (const text of round.texts ?? []) if (!signal.aborted) onText(text);
        nowMs += round.lastsMs ?? 0;
      },
      askWhy: async () => round.why ?? null,
      pause: async (delayMs) => {
        seen.pauses.push(delayMs);
        nowMs += delayMs;
        if (queue.length === 0) stop.abort();
      },
      random: () => 1,
      nowMs: () => nowMs,
      seq: () => seq,
      onMessage: (message) => {
        seen.messages.push(message);
        if (message.kind === "snapshot" || message.kind === "changes") seq = message.seq;
      },
      onLink: (link) => seen.links.push(link),
    },
    stop.signal,
  );
  return seen;
}

const text = (message: LiveMessage) => JSON.stringify(message);
const snapshot = text(aSnapshot([aBed()], { seq: 7 }));
const changes = text(someChanges(8, [aBed()]));
const unreachable: Round = { why: { kind: "unreachable" } };
const kinds = (links: readonly Link[]) => links.map(({ kind }) => kind);

test("a first connection asks for everything, the next for what was missed", async () => {
  const { after, links, messages } = await play([{ texts: [snapshot, changes] }, { texts: [changes] }]);
  expect(after).toEqual([null, 8]);
  expect(messages.map(({ kind }) => kind)).toEqual(["snapshot", "changes", "changes"]);
  expect(kinds(links)).toEqual(["live", "lost", "lost", "live", "lost", "lost"]);
});

test("the loss counts from its beginning, however many attempts fail", async () => {
  const { links } = await play([{ texts: [snapshot], lastsMs: 500 }, unreachable, unreachable, unreachable]);
  const lost = links.filter((link) => link.kind === "lost");
  expect(new Set(lost.map(({ sinceMs }) => sinceMs))).toEqual(new Set([500]));
  expect(new Set(lost.map(({ lastHeardAtMs }) => lastHeardAtMs))).toEqual(new Set([0]));
  expect([isShownLost(lost[0] as Link, 2_499), isShownLost(lost[0] as Link, 2_500)]).toEqual([false, true]);
});

test("waits longer with each failure, and shortly again after a connection that lasted", async () => {
  const { pauses } = await play([
    unreachable,
    unreachable,
    unreachable,
    { texts: [snapshot], lastsMs: 60_000 },
  ]);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 1_000]);
});

test("a cloud that accepts and hangs up at once is not hammered", async () => {
  const hangsUp = { texts: [snapshot], lastsMs: 10 };
  const { pauses } = await play([hangsUp, hangsUp, hangsUp, hangsUp, hangsUp, hangsUp]);
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test("a message that cannot be read ends the connection, and the next one starts over", async () => {
  const garbage = JSON.stringify({ kind: "changes", seq: 9, beds: "all of them" });
  const { after, links, messages } = await play([
    { texts: [snapshot, garbage, changes] },
    unreachable,
    { texts: [snapshot] },
  ]);
  expect(after).toEqual([null, null, null]);
  expect(messages).toHaveLength(2);
  expect(kinds(links)).toEqual(["live", "unreadable", "lost", "live", "lost", "lost"]);
});

test("text that is no JSON is not readable either", async () => {
  expect(kinds((await play([{ texts: ["<html>"] }])).links)).toEqual(["unreadable"]);
});

test("a session that ended is said to have, and who signs in next starts over: they may see other beds", async () => {
  const ended: Round = { why: { kind: "signed-out" } };
  const { after, links } = await play([{ texts: [snapshot] }, ended, ended, { texts: [snapshot] }]);
  expect(after).toEqual([null, 7, null, null]);
  // Between attempts nothing is shown in between: the board is gone for who is signed out.
  expect(kinds(links)).toEqual(["live", "lost", "lost", "signed-out", "signed-out", "live", "lost", "lost"]);
});

test("a role that may not see the board is told what the cloud says", async () => {
  const why: ReadFailure = { kind: "denied", detail: "Not included.", hint: "Ask." };
  expect((await play([{ why }])).links).toEqual([why]);
});

test("the delay stays between half a second and ten", () => {
  for (let attempt = 0; attempt < 2_000; attempt += 7)
    for (const random of [0, 0.5, 0.999]) {
      expect(reconnectDelayMs(attempt, random)).toBeGreaterThanOrEqual(500);
      expect(reconnectDelayMs(attempt, random)).toBeLessThanOrEqual(10_000);
    }
});
