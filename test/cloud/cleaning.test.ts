/** Cleaning tasks over HTTP, and what they make of their beds. */
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { bedVacated } from "../../cloud/cleaning/change-task.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { CleaningTaskList, type CleaningTaskView } from "../../contracts/wire/ward-desk.ts";
import { batch, changed, freeBed, heartbeat, START_MS, south } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const TASKS = "/api/v1/cleaning-tasks";

async function ward(cloud: TestCloud) {
  await cloud.sync(batch([...freeBed("bed-1"), ...freeBed("bed-2")]));
  await cloud.sync(batch(freeBed("south-1"), south));
  await cloud.sync(heartbeat());
}

async function post(cloud: TestCloud, url: string, cookie: string, payload: object, headers: object) {
  const reply = await cloud.app.inject({
    method: "POST",
    url,
    headers: { cookie, origin: "http://beds.example", ...headers },
    payload,
  });
  return { status: reply.statusCode, body: reply.json() };
}

const ask = (cloud: TestCloud, cookie: string, fields: object = {}, key = randomUUID() as string) =>
  post(
    cloud,
    TASKS,
    cookie,
    { bedId: "bed-1", kind: "routine", priority: "routine", ...fields },
    { "idempotency-key": key },
  );

const step = (
  cloud: TestCloud,
  cookie: string,
  { taskId, version }: Pick<CleaningTaskView, "taskId" | "version">,
  event: string,
  fields: object = {},
) => post(cloud, `${TASKS}/${taskId}/events`, cookie, { event, ...fields }, { "if-match": `"${version}"` });

async function list(cloud: TestCloud, cookie: string, query = "") {
  return CleaningTaskList.parse((await cloud.get(`${TASKS}${query}`, cookie)).body).tasks;
}

async function readiness(cloud: TestCloud, bedId = "bed-1") {
  const row = await cloud.db
    .selectFrom("declarations")
    .select("value")
    .where("bedId", "=", bedId)
    .where("axis", "=", "readiness")
    .executeTakeFirst();
  return row?.value ?? null;
}

const vacate = (cloud: TestCloud, isolation: boolean) =>
  inDeskTransaction(
    { db: cloud.db, clock: { nowMs: async () => cloud.clock.now }, deskChanged() {} },
    "service",
    (deskStep) =>
      bedVacated(deskStep, {
        bedId: BedId.parse("bed-1"),
        hospitalId: HospitalId.parse("north"),
        isolation,
      }),
  );

describeOnEachDatabase("cleaning tasks", (cloud) => {
  test("are asked for, begun and finished, and the bed follows each step", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    const asked = await ask(cloud(), nurse, { reason: "Spilt" });
    expect(asked).toMatchObject({
      status: 201,
      body: { state: "queued", cause: "asked", reason: "Spilt", isPresent: false, version: 1 },
    });
    expect(await readiness(cloud())).toBe("dirty");
    cloud().clock.now += 60_000;
    const begun = await step(cloud(), nurse, asked.body, "start");
    expect(begun).toMatchObject({ status: 200, body: { state: "cleaning", version: 2 } });
    expect(await readiness(cloud())).toBe("cleaning");
    cloud().clock.now += 600_000;
    expect(await list(cloud(), nurse)).toMatchObject([{ workedMs: 600_000 }]);
    expect(await step(cloud(), nurse, begun.body, "finish")).toMatchObject({ body: { state: "done" } });
    expect(await readiness(cloud())).toBe("clean");
    expect(await list(cloud(), nurse)).toEqual([]);
    expect(await list(cloud(), nurse, "?done=1")).toMatchObject([{ state: "done", workedMs: 600_000 }]);
    const told = await cloud()
      .db.selectFrom("deskEvents")
      .select(["kind", "role"])
      .where("topic", "=", "cleaning-tasks")
      .orderBy("position")
      .execute();
    expect(told).toEqual(
      ["opened", "started", "finished"].map((what) => ({ kind: `cleaning-task-${what}`, role: "nurse" })),
    );
  });

  test("of one bed are one, and a repeated request makes no second", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    const [first, again] = await Promise.all([
      ask(cloud(), nurse, {}, "same"),
      ask(cloud(), nurse, {}, "same"),
    ]);
    expect(again?.body).toEqual(first?.body);
    expect(await ask(cloud(), nurse)).toMatchObject({
      status: 409,
      body: { code: "CLEANING_TASK_OPEN", taskId: first?.body.taskId },
    });
  });

  test("stand stat first, then next, then what is due first", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    await ask(cloud(), nurse, { priority: "next" });
    cloud().clock.now += 1_000;
    const second = await ask(cloud(), nurse, { bedId: "bed-2" });
    expect((await list(cloud(), nurse)).map(({ bedId }) => bedId)).toEqual(["bed-1", "bed-2"]);
    await step(cloud(), nurse, second.body, "prioritise", { priority: "stat" });
    expect((await list(cloud(), nurse)).map(({ bedId }) => bedId)).toEqual(["bed-2", "bed-1"]);
  });

  test("are not finished while the bed says that somebody is in it, and are once that is stale", async () => {
    await ward(cloud());
    await cloud().sync(batch([changed("occupancy", "present")], { firstSeq: 13 }));
    const nurse = await cloud().signIn("nurse");
    const asked = await ask(cloud(), nurse);
    cloud().clock.now += 4_000;
    expect(await step(cloud(), nurse, asked.body, "finish")).toMatchObject({
      status: 409,
      body: { code: "CLEANING_BED_OCCUPIED", evidenceAgeMs: 4_000 },
    });
    expect(await readiness(cloud())).toBe("dirty");
    cloud().clock.now = START_MS + 3_600_000;
    expect(await step(cloud(), nurse, asked.body, "finish")).toMatchObject({ status: 200 });
  });

  test("refuse a step that is not next, and a page that is out of date", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    const asked = await ask(cloud(), nurse);
    expect(await step(cloud(), nurse, asked.body, "resume")).toMatchObject({
      status: 409,
      body: { code: "CLEANING_STEP_REFUSED" },
    });
    await step(cloud(), nurse, asked.body, "start");
    expect(await step(cloud(), nurse, asked.body, "cancel")).toMatchObject({
      status: 412,
      body: { code: "STALE_VERSION" },
    });
  });

  test("are taken back for twelve seconds by whoever made the step, and by nobody else", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    const asked = await ask(cloud(), nurse);
    const done = await step(cloud(), nurse, asked.body, "finish");
    expect(done.body.allowed).toEqual(["undo"]);
    expect(await step(cloud(), await cloud().signIn("nurse"), done.body, "undo")).toMatchObject({
      status: 409,
      body: { code: "CLEANING_UNDO_REFUSED" },
    });
    cloud().clock.now += 9_000;
    const undone = await step(cloud(), nurse, done.body, "undo");
    expect(undone).toMatchObject({ status: 200, body: { state: "queued", undoUntil: null } });
    expect(await readiness(cloud())).toBe("dirty");
    expect((await step(cloud(), nurse, undone.body, "undo")).status).toBe(409);
    const begun = await step(cloud(), nurse, undone.body, "start");
    cloud().clock.now += 12_001;
    expect((await step(cloud(), nurse, begun.body, "undo")).status).toBe(409);
  });

  test("that were just asked for vanish with what they said of the bed", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    const asked = await ask(cloud(), nurse);
    expect(await step(cloud(), nurse, asked.body, "undo")).toMatchObject({ body: { state: "cancelled" } });
    expect(await readiness(cloud())).toBeNull();
  });

  test("open where a patient has left, and clean terminally after isolation", async () => {
    await ward(cloud());
    await vacate(cloud(), false);
    const nurse = await cloud().signIn("nurse");
    const [routine] = await list(cloud(), nurse);
    expect(routine).toMatchObject({ kind: "routine", cause: "vacated" });
    await vacate(cloud(), true);
    const [terminal] = await list(cloud(), nurse);
    if (terminal === undefined) throw new Error("no task");
    expect(terminal).toMatchObject({ taskId: routine?.taskId, kind: "terminal", version: 2 });
    const infection = () =>
      cloud()
        .db.selectFrom("declarations")
        .select("value")
        .where("axis", "=", "infection")
        .executeTakeFirst();
    expect(await infection()).toEqual({ value: "contaminated" });
    await step(cloud(), nurse, terminal, "finish");
    expect(await infection()).toEqual({ value: "none" });
  });

  test("follow the bed's own button, once, and a terminal one then waits for its inspection", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    for (const bedId of ["bed-1", "bed-2"])
      await ask(cloud(), nurse, { bedId, kind: bedId === "bed-1" ? "routine" : "terminal" });
    const said = async (to: "cleaning" | "clean", firstSeq: number) => {
      cloud().clock.now += 60_000;
      const at = { observedAtMs: cloud().clock.now, receivedAtMs: cloud().clock.now };
      const events = ["bed-1", "bed-2"].map((bedId) => changed("readiness", to, { bedId, ...at }));
      await cloud().sync(batch(events, { firstSeq, sentAtMs: cloud().clock.now }));
      await cloud().gatewayReadiness.look();
      await cloud().gatewayReadiness.look();
    };
    await said("cleaning", 13);
    expect(await list(cloud(), nurse)).toMatchObject([
      { bedId: "bed-1", state: "cleaning", version: 2 },
      { bedId: "bed-2", state: "cleaning", version: 2 },
    ]);
    await said("clean", 15);
    expect(await list(cloud(), nurse)).toMatchObject([{ bedId: "bed-2", state: "inspect", version: 3 }]);
    expect(await list(cloud(), nurse, "?done=1")).toMatchObject([{ bedId: "bed-1", workedMs: 60_000 }]);
    expect([await readiness(cloud(), "bed-1"), await readiness(cloud(), "bed-2")]).toEqual([
      "clean",
      "inspect",
    ]);
  });

  test("of another hospital are not told of, and only who cleans or cares moves them", async () => {
    await ward(cloud());
    const nurse = await cloud().signIn("nurse");
    const asked = await ask(cloud(), nurse);
    const ofSouth = await cloud().signIn("nurse", "south");
    expect(await list(cloud(), ofSouth)).toEqual([]);
    expect(await step(cloud(), ofSouth, asked.body, "start")).toMatchObject({
      status: 404,
      body: { code: "CLEANING_TASK_NOT_FOUND" },
    });
    expect(await ask(cloud(), nurse, { bedId: "south-1" })).toMatchObject({
      status: 404,
      body: { code: "BED_NOT_FOUND" },
    });
    const coordinator = await cloud().signIn("emergency-coordinator");
    expect(await list(cloud(), coordinator)).toMatchObject([{ allowed: [] }]);
    expect((await ask(cloud(), coordinator)).status).toBe(403);
    expect((await cloud().get(TASKS, await cloud().signIn("patient"))).status).toBe(403);
  });
});
