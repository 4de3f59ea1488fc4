import { createHmac } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemRandomness } from "../../cloud/clock.ts";
import type { DeskEvent } from "../../cloud/desk/desk-event.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import { openKeyFile } from "../../cloud/encounters/key-file.ts";
import { createLog } from "../../cloud/http/log.ts";
import { Webhooks } from "../../cloud/webhooks/webhooks.ts";
import { WebhookWorker } from "../../cloud/webhooks/worker.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { DeskTopic } from "../../contracts/wire/live.ts";
import { tempDir } from "../support/temp-dir.ts";
import { until } from "../support/until.ts";
import { describeOnEachDatabase } from "./support.ts";
import { openReceiver, type Received, type Receiver } from "./webhook-receiver.ts";

const NORTH = HospitalId.parse("north");
const SOUTH = HospitalId.parse("south");
const ADMIN = { kind: "person", role: "super-admin", hospitalId: null, sessionSha256: "admin" } as const;

describeOnEachDatabase("webhooks", (cloud) => {
  let receiver: Receiver;
  let stop: AbortController;
  let webhooks: Webhooks;
  let worker: WebhookWorker;
  const outcomes: string[] = [];

  const desk = () => ({
    db: cloud().db,
    clock: cloud().bookings.ports.deskClock,
    deskChanged: () => undefined,
  });
  const newWorker = (answerMsMax = 2_000) =>
    new WebhookWorker({
      desk: desk(),
      randomness: systemRandomness,
      openSecret: (webhook) => webhooks.openSecret(webhook),
      allowPrivate: true,
      meter: { sent: (outcome) => void outcomes.push(outcome) },
      log: createLog({ write: () => undefined }),
      answerMsMax,
    });

  beforeEach(async () => {
    receiver = await openReceiver();
    stop = new AbortController();
    const keys = openKeyFile(join(tempDir(), "identity.key"), systemRandomness);
    webhooks = new Webhooks({ desk: desk(), keys, randomness: systemRandomness, allowPrivate: true });
    worker = newWorker();
    outcomes.length = 0;
  });
  afterEach(async () => {
    stop.abort();
    await worker.settled();
    await receiver.close();
  });

  let keys = 0;
  async function register(fields: object = {}) {
    keys += 1;
    const body = { url: receiver.url, topics: ["bookings"] as DeskTopic[], description: "", ...fields };
    return (await webhooks.register(ADMIN, body, `webhook-${keys}`)).view;
  }
  async function happens(subjectId: string, fields: Partial<DeskEvent> = {}): Promise<void> {
    await inDeskTransaction(desk(), "service", async ({ events }) => {
      events.push({
        topic: "bookings",
        subjectId,
        kind: "booking-held",
        bedId: BedId.parse("bed-1"),
        hospitalIds: [NORTH],
        body: { state: "held", reason: "Mrs Smith asked for it" },
        ...fields,
      });
    });
  }
  const tell = async (by = worker) => {
    await by.look(stop.signal);
    await by.settled();
  };
  const heard = () => receiver.received.map(({ text }) => JSON.parse(text).data.subjectId);
  const later = (ms: number) => {
    cloud().clock.now += ms;
  };
  /** By the words of the scheme, and not by the code that signs. */
  function isSigned({ headers, text }: Received, secret: string): boolean {
    const [prefix, key] = secret.split("_");
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`;
    const mac = createHmac("sha256", Buffer.from(key ?? "", "base64"))
      .update(signed, "utf8")
      .digest("base64");
    return prefix === "whsec" && headers["webhook-signature"] === `v1,${mac}`;
  }

  test("tells what happens from then on, signed, in order, each with an id of its own", async () => {
    await happens("before");
    const { secret, webhookId } = await register();
    for (const subject of ["one", "two", "three"]) await happens(subject);
    await tell();
    expect(heard()).toEqual(["one", "two", "three"]);
    for (const received of receiver.received) expect(isSigned(received, secret)).toBe(true);
    const [first] = receiver.received;
    if (first === undefined) throw new Error("a message was expected");
    expect(isSigned({ ...first, text: `${first.text} ` }, secret)).toBe(false);
    expect(JSON.parse(first.text)).toEqual({
      id: first.headers["webhook-id"],
      type: "booking-held",
      timestamp: "2026-01-06T10:00:00.000Z",
      data: {
        topic: "bookings",
        subjectId: "one",
        bedId: "bed-1",
        position: expect.any(Number),
        state: "held",
      },
    });
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
    expect(await webhooks.view(ADMIN, webhookId)).toMatchObject({
      state: "delivering",
      behind: 0,
      lastAnswer: { status: 204, error: null },
    });
    const stored = JSON.stringify(await cloud().db.selectFrom("webhooks").selectAll().execute());
    const answers = JSON.stringify(await cloud().db.selectFrom("idempotencyKeys").selectAll().execute());
    for (const text of [stored, answers]) expect(text).not.toContain(secret.slice("whsec_".length));
  });

  test("tells only the topics and the hospital that it is for", async () => {
    await register({ topics: ["transfers"], hospital: SOUTH });
    await happens("booking", { hospitalIds: [SOUTH] });
    await happens("north", { topic: "transfers", hospitalIds: [NORTH] });
    await happens("both", { topic: "transfers", hospitalIds: [NORTH, SOUTH] });
    await happens("south", { topic: "transfers", hospitalIds: [SOUTH] });
    await tell();
    expect(heard()).toEqual(["both", "south"]);
  });

  test("a receiver that refuses is told again later and later, and nothing after it before", async () => {
    const { webhookId } = await register();
    receiver.answer = (_received, nth) => (nth <= 2 ? 503 : 200);
    await happens("one");
    await happens("two");
    await tell();
    expect(heard()).toEqual(["one"]);
    expect(await webhooks.view(ADMIN, webhookId)).toMatchObject({
      state: "waiting",
      attempts: 1,
      behind: 2,
      lastAnswer: { status: 503 },
    });
    await tell();
    expect(heard()).toEqual(["one"]);
    later(1_000);
    await tell();
    expect(heard()).toEqual(["one", "one"]);
    later(999);
    await tell();
    expect(heard()).toHaveLength(2);
    later(1_001);
    await tell();
    expect(heard()).toEqual(["one", "one", "one", "two"]);
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(outcomes).toEqual(["retried", "retried", "delivered", "delivered"]);
  });

  test("a receiver that hangs holds up no other", async () => {
    const other = await openReceiver();
    try {
      const hanging = await register();
      await register({ url: other.url });
      receiver.answer = () => null;
      await happens("one");
      await happens("two");
      await tell();
      expect(other.received).toHaveLength(2);
      expect(heard()).toEqual(["one"]);
      expect(await webhooks.view(ADMIN, hanging.webhookId)).toMatchObject({
        state: "waiting",
        lastAnswer: { status: null, error: "no answer within 2000 ms" },
      });
    } finally {
      await other.close();
    }
  });

  test("a receiver that is down hears everything when it is back", async () => {
    await register();
    const { port } = receiver;
    await receiver.close();
    await happens("one");
    await tell();
    await happens("two");
    receiver = await openReceiver(port);
    later(1_000);
    await tell();
    expect(heard()).toEqual(["one", "two"]);
  });

  test("one that is gone is paused until somebody resumes it; Retry-After is waited for", async () => {
    const { webhookId } = await register();
    receiver.answer = (_received, nth) =>
      nth === 1
        ? 410
        : nth === 2
          ? (response) => void response.writeHead(429, { "retry-after": "120" }).end()
          : 200;
    await happens("one");
    await tell();
    expect((await webhooks.view(ADMIN, webhookId)).state).toBe("paused");
    later(60 * 60_000);
    await tell();
    expect(receiver.received).toHaveLength(1);
    await webhooks.resume(ADMIN, webhookId);
    await tell();
    later(119_000);
    await tell();
    expect(receiver.received).toHaveLength(2);
    later(1_000);
    await tell();
    expect(receiver.received).toHaveLength(3);
    expect(outcomes).toEqual(["gone", "retried", "delivered"]);
  });

  test("plays back from a position, also while it is telling", async () => {
    const { webhookId } = await register();
    for (const subject of ["one", "two", "three"]) await happens(subject);
    await tell();
    const { position } = JSON.parse(receiver.received[1]?.text ?? "").data;
    await webhooks.replay(ADMIN, webhookId, position);
    await tell();
    expect(heard()).toEqual(["one", "two", "three", "two", "three"]);
    await happens("four");
    receiver.answer = (_received, nth) =>
      nth === 6
        ? async (response) => {
            await webhooks.replay(ADMIN, webhookId, position);
            response.writeHead(200).end();
          }
        : 200;
    await tell();
    await tell();
    expect(heard().slice(5)).toEqual(["four", "two", "three", "four"]);
  });

  test("stops at once while a receiver hangs, holds nothing against it, and goes on after the restart", async () => {
    const { webhookId } = await register();
    receiver.answer = (_received, nth) => (nth === 1 ? null : 200);
    await happens("one");
    const running = newWorker(60_000).run(stop.signal);
    await until("it hangs", async () => (receiver.received.length === 1 ? true : undefined), 20_000);
    stop.abort();
    await running;
    expect(await webhooks.view(ADMIN, webhookId)).toMatchObject({
      state: "delivering",
      attempts: 0,
      behind: 1,
    });
    stop = new AbortController();
    await tell(newWorker());
    expect(heard()).toEqual(["one", "one"]);
    expect(outcomes).toEqual(["delivered"]);
  });

  test("of two processes one tells; where it dies, the other goes on from where it was", async () => {
    await register();
    await happens("one");
    await happens("two");
    receiver.answer = (_received, nth) => (nth === 2 ? null : 200);
    const other = newWorker();
    await worker.look(stop.signal);
    await tell(other);
    await worker.settled();
    expect(heard()).toEqual(["one", "two"]);
    later(1_000);
    // A process that died keeps its lease until that ends.
    await cloud()
      .db.updateTable("webhooks")
      .set({ holder: "dead", heldUntilMs: cloud().clock.now + 30_000 })
      .execute();
    await tell(other);
    expect(heard()).toHaveLength(2);
    later(30_000);
    await tell(other);
    expect(heard()).toEqual(["one", "two", "two"]);
  });
});
