/** Cleaning tasks follow what gateways and people say of a bed's readiness, so that the list and the board agree. */
import { randomUUID } from "node:crypto";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { BedId } from "../../contracts/wire/ids.ts";
import { CleaningTaskList, type CleaningTaskView } from "../../contracts/wire/ward-desk.ts";
import { batch, changed, commissioned, freeBed, heartbeat } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const BED = BedId.parse("bed-1");

describeOnEachDatabase("cleaning follows what is said of the bed", (cloud) => {
  let nurse: string;
  let seq: number;
  beforeEach(async () => {
    nurse = await cloud().signIn("nurse");
    seq = 1;
    await send(...freeBed("bed-1"));
    await cloud().sync(heartbeat());
  });

  async function send(...events: readonly unknown[]): Promise<void> {
    const { status } = await cloud().sync(batch(events, { firstSeq: seq, sentAtMs: cloud().clock.now }));
    expect(status).toBe(200);
    seq += events.length;
  }
  const gatewaySays = (to: "dirty" | "clean") => {
    cloud().clock.now += 1_000;
    const at = { observedAtMs: cloud().clock.now, receivedAtMs: cloud().clock.now };
    return send(changed("readiness", to, at));
  };
  async function post(url: string, payload: object, headers: object) {
    const common = { cookie: nurse, origin: "http://beds.example" };
    const reply = await cloud().app.inject({
      method: "POST",
      url,
      headers: { ...common, ...headers },
      payload,
    });
    return { status: reply.statusCode, body: reply.json() };
  }
  const say = (to: "clean" | "dirty") =>
    post("/api/v1/beds/bed-1/declarations", { axis: "readiness", to }, { "idempotency-key": randomUUID() });
  const undo = (declarationId: string) => post(`/api/v1/declarations/${declarationId}/undo`, {}, {});
  const step = ({ taskId, version }: CleaningTaskView, event: string) =>
    post(`/api/v1/cleaning-tasks/${taskId}/events`, { event }, { "if-match": `"${version}"` });
  const ask = (kind: "routine" | "terminal") =>
    post(
      "/api/v1/cleaning-tasks",
      { bedId: BED, kind, priority: "routine" },
      { "idempotency-key": randomUUID() },
    );
  async function list(query = ""): Promise<CleaningTaskView[]> {
    return CleaningTaskList.parse((await cloud().get(`/api/v1/cleaning-tasks${query}`, nurse)).body).tasks;
  }
  async function readiness(): Promise<string> {
    const { body } = await cloud().get("/api/v1/beds/bed-1", nurse);
    return (body as { bed: { axes: { readiness: { value: string } } } }).bed.axes.readiness.value;
  }
  const look = () => cloud().gatewayReadiness.dirtySaid(BED);

  test("a gateway's dirty opens one task, also where two processes look, and its clean ends it", async () => {
    await gatewaySays("dirty");
    await Promise.all([look(), look()]);
    expect(await list()).toMatchObject([
      { bedId: BED, cause: "bed-used", kind: "routine", state: "queued", undoUntil: null },
    ]);
    await gatewaySays("clean");
    await cloud().gatewayReadiness.look();
    expect(await list()).toEqual([]);
  });

  test("who cancels a task is asked again only once the bed is dirty anew", async () => {
    await gatewaySays("dirty");
    await look();
    const [task] = await list();
    if (task === undefined) throw new Error("no task");
    cloud().clock.now += 1_000;
    expect((await step(task, "cancel")).status).toBe(200);
    await look();
    expect(await list()).toEqual([]);
    await gatewaySays("clean");
    await gatewaySays("dirty");
    await look();
    expect(await list()).toHaveLength(1);
  });

  test("an isolated bed is cleaned terminally, and one with somebody in it is not to be cleaned yet", async () => {
    await send(changed("infection", "isolated"), changed("occupancy", "present"));
    await gatewaySays("dirty");
    await look();
    expect(await list()).toEqual([]);
    await send(changed("occupancy", "absent"));
    await look();
    expect(await list()).toMatchObject([{ kind: "terminal", cause: "bed-used" }]);
  });

  test("a person's dirty opens a task at once, and taken back it was never asked for", async () => {
    const said = await say("dirty");
    expect(await list()).toMatchObject([{ cause: "bed-used", state: "queued" }]);
    expect((await undo(said.body.declarationId)).status).toBe(200);
    await look();
    expect([await list(), await readiness()]).toEqual([[], "clean"]);
  });

  test("a person's clean ends a routine task, and taken back the task stands as it was", async () => {
    await ask("routine");
    cloud().clock.now += 1_000;
    const said = await say("clean");
    expect(said.status).toBe(201);
    expect([await list(), await readiness()]).toEqual([[], "clean"]);
    expect(await list("?done=1")).toMatchObject([{ state: "done" }]);
    expect((await undo(said.body.declarationId)).status).toBe(200);
    expect([await list(), await readiness()]).toMatchObject([[{ state: "queued" }], "dirty"]);
  });

  test("a person's clean does not stand in for a terminal cleaning", async () => {
    await ask("terminal");
    cloud().clock.now += 1_000;
    expect(await say("clean")).toMatchObject({ status: 409, body: { code: "DECLARATION_REFUSED" } });
    expect([await list(), await readiness()]).toMatchObject([[{ state: "queued" }], "dirty"]);
  });

  test("the round finds a dirty bed by itself, also in a ward whose assignments are no bookings", async () => {
    const stop = new AbortController();
    const running = cloud().run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running;
    });
    await send(commissioned({ bedId: "bed-2", assignmentSource: "none" }));
    await send(changed("readiness", "dirty", { bedId: "bed-2" }));
    await vi.waitFor(async () => expect(await list()).toMatchObject([{ bedId: "bed-2" }]), {
      timeout: 10_000,
      interval: 100,
    });
  });
});
