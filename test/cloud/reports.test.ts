import { expect, test } from "vitest";
import { systemRandomness } from "../../cloud/clock.ts";
import { createLog } from "../../cloud/http/log.ts";
import { Kpi } from "../../cloud/kpi/kpi.ts";
import { timeZoneOf } from "../../cloud/kpi/periods.ts";
import { KpiRepository } from "../../cloud/kpi/repository.ts";
import { cronScheduler } from "../../cloud/reports/cron.ts";
import { LEASE_MS, REPORT_ATTEMPTS_MAX, REPORTS_KEPT_MAX } from "../../cloud/reports/limits.ts";
import { pdfText } from "../../cloud/reports/pdf-text.ts";
import { reportRange } from "../../cloud/reports/report-range.ts";
import { ReportRunner, type ReportRunnerDeps } from "../../cloud/reports/report-runner.ts";
import { ReportRepository } from "../../cloud/reports/repository.ts";
import { SheetNames, sheetText } from "../../cloud/reports/sheet-names.ts";
import { ReportSchedule } from "../../config/history.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { ReportList } from "../../contracts/wire/reports.ts";
import { batch, freeBed, START_MS } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const never = new AbortController().signal;

function daily(fields: Partial<Record<keyof ReportSchedule, unknown>> = {}): ReportSchedule {
  return ReportSchedule.parse({
    name: "daily",
    hospital: "north",
    cron: "0 6 * * *",
    timeZone: "Europe/London",
    period: "yesterday",
    formats: ["csv"],
    ...fields,
  });
}

function runner(cloud: TestCloud, fields: Partial<ReportRunnerDeps> = {}): ReportRunner {
  const { db, clock } = cloud;
  return new ReportRunner({
    schedules: [daily()],
    scheduler: cronScheduler,
    repository: new ReportRepository(db),
    kpi: new Kpi({ repository: new KpiRepository(db), clock }),
    clock,
    randomness: systemRandomness,
    meter: { made() {} },
    log: createLog({ write: (line) => void cloud.logged.push(line) }),
    ...fields,
  });
}

async function list(cloud: TestCloud, hospital: "north" | "south" = "north") {
  const { status, body } = await cloud.get("/api/v1/reports", await cloud.signIn("nurse", hospital));
  expect(status).toBe(200);
  return ReportList.parse(body).reports;
}

const failing = (reason: string) => ({
  answerFor: () => Promise.reject(new Error(reason)),
});

/** 10:00 on the day after a bed was put into service. */
async function known(cloud: TestCloud): Promise<void> {
  await cloud.sync(batch(freeBed("bed-1")));
  await runner(cloud).work(never);
  cloud.clock.now = START_MS + DAY_MS;
}

describeOnEachDatabase("scheduled reports", (cloud) => {
  test("a report is made when it is due, of the days that its zone's clocks say, and kept with its files", async () => {
    const meter: unknown[] = [];
    await known(cloud());
    const formats = ["pdf", "xlsx", "csv"] as const;
    const schedules = [daily({ formats })];
    await runner(cloud(), { schedules, meter: { made: (outcome) => meter.push(outcome) } }).work(never);
    const [report, ...others] = await list(cloud());
    expect(others).toEqual([]);
    expect(report).toMatchObject({
      name: "daily",
      state: "done",
      from: "2026-01-06T00:00:00.000Z",
      to: "2026-01-07T00:00:00.000Z",
      dueAt: "2026-01-07T06:00:00.000Z",
      madeAt: "2026-01-07T10:00:00.000Z",
      attempts: 1,
      error: null,
      files: formats.toSorted().map((format) => ({ format, fileName: `daily.2026-01-06.${format}` })),
    });
    expect(meter).toEqual(["done"]);
    const url = `/api/v1/reports/${report?.reportId}/files/csv`;
    const nurse = await cloud().signIn("nurse");
    const file = await cloud().app.inject({ url, headers: { cookie: nurse } });
    expect(file.headers["content-disposition"]).toBe('attachment; filename="daily.2026-01-06.csv"');
    expect(file.payload).toContain(
      "north,Northside General,intake,Intake,2026-01-06,2026-01-06T00:00:00.000Z",
    );
    const foreign = await cloud().get(url, await cloud().signIn("nurse", "south"));
    expect(foreign).toMatchObject({ status: 404, body: { code: "REPORT_NOT_FOUND" } });
    expect(await list(cloud(), "south")).toEqual([]);
  });

  test("a report of all hospitals is for roles of the network", async () => {
    const schedules = [daily({ hospital: undefined })];
    await runner(cloud(), { schedules }).work(never);
    cloud().clock.now += DAY_MS;
    await runner(cloud(), { schedules }).work(never);
    expect(await list(cloud())).toEqual([]);
    const { body } = await cloud().get("/api/v1/reports", await cloud().signIn("super-admin"));
    expect(ReportList.parse(body).reports).toHaveLength(1);
  });

  test("one that is new makes up for nothing, one that was missed is made once, for the last time it was due", async () => {
    await runner(cloud()).work(never);
    expect(await list(cloud())).toEqual([]);
    cloud().clock.now += 5 * DAY_MS;
    await runner(cloud()).work(never);
    await runner(cloud()).work(never);
    expect((await list(cloud())).map(({ dueAt }) => dueAt)).toEqual(["2026-01-11T06:00:00.000Z"]);
  });

  test("one that fails is tried again, further apart each time, and shown with its reason", async () => {
    await known(cloud());
    await runner(cloud(), { kpi: failing("a bug with a secret") }).work(never);
    const [failed] = await list(cloud());
    expect(failed).toMatchObject({ state: "waiting", attempts: 1, files: [] });
    expect(failed?.nextAttemptAt).toBe("2026-01-07T10:01:00.000Z");
    expect(failed?.error).toBe("The service could not make it; its log says why.");
    await runner(cloud()).work(never);
    expect(await list(cloud())).toMatchObject([{ state: "waiting", attempts: 1 }]);
    cloud().clock.now += 60_000;
    await runner(cloud()).work(never);
    expect(await list(cloud())).toMatchObject([{ state: "done", attempts: 2, error: null }]);
  });

  test("one that goes on failing is given up, and the next one is made all the same", async () => {
    await known(cloud());
    const meter: unknown[] = [];
    const kpi = failing("no");
    for (let attempt = 0; attempt < REPORT_ATTEMPTS_MAX + 2; attempt += 1) {
      await runner(cloud(), { kpi, meter: { made: (outcome) => meter.push(outcome) } }).work(never);
      cloud().clock.now += HOUR_MS;
    }
    const [given] = await list(cloud());
    expect(given).toMatchObject({ state: "failed", attempts: REPORT_ATTEMPTS_MAX, nextAttemptAt: null });
    expect(given?.error).toContain(`tried ${REPORT_ATTEMPTS_MAX} times and is not tried again`);
    expect(meter).toEqual([...Array(REPORT_ATTEMPTS_MAX - 1).fill("retried"), "failed"]);
    cloud().clock.now += DAY_MS;
    await runner(cloud()).work(never);
    expect((await list(cloud())).map(({ state }) => state)).toEqual(["done", "failed"]);
  });

  test("two processes make one report at a time, and each only once", async () => {
    const schedules = [daily(), daily({ name: "other" })];
    await runner(cloud(), { schedules }).work(never);
    cloud().clock.now += DAY_MS;
    let atWork = 0;
    const seen: number[] = [];
    const kpi = new Kpi({ repository: new KpiRepository(cloud().db), clock: cloud().clock });
    const watched: ReportRunnerDeps["kpi"] = {
      async answerFor(...asked) {
        atWork += 1;
        seen.push(atWork);
        const answer = await kpi.answerFor(...asked);
        atWork -= 1;
        return answer;
      },
    };
    const both = [runner(cloud(), { schedules, kpi: watched }), runner(cloud(), { schedules, kpi: watched })];
    await Promise.all(both.map((one) => one.work(never)));
    await both[0]?.work(never);
    expect(seen).toEqual([1, 1]);
    expect((await list(cloud())).map(({ name, state }) => [name, state])).toEqual([
      ["daily", "done"],
      ["other", "done"],
    ]);
  });

  test("what a process that ended left behind is made by another, when it cannot be at it any more", async () => {
    await known(cloud());
    const repository = new ReportRepository(cloud().db);
    await runner(cloud(), { kpi: { answerFor: () => Promise.reject(new Error("no")) } }).work(never);
    cloud().clock.now += 60_000;
    expect(await repository.claim(cloud().clock.now)).toMatchObject({ name: "daily", attempts: 2 });
    await runner(cloud()).work(never);
    expect(await list(cloud())).toMatchObject([{ state: "running" }]);
    cloud().clock.now += LEASE_MS;
    await runner(cloud()).work(never);
    expect(await list(cloud())).toMatchObject([{ state: "done", attempts: 3 }]);
  });

  test("of each name the newest are kept", async () => {
    const repository = new ReportRepository(cloud().db);
    for (let day = 1; day <= REPORTS_KEPT_MAX + 3; day += 1) {
      const range = { fromMs: 0, toMs: DAY_MS, by: "whole", timeZone: "UTC" } as const;
      const reportId = `00000000-0000-4000-8000-${String(day).padStart(12, "0")}`;
      const hospitalId = HospitalId.parse("north");
      const dueAtMs = START_MS + day * DAY_MS;
      await repository.plan({ reportId, name: "daily", hospitalId, dueAtMs, ...range, formats: ["csv"] });
      await repository.fail(reportId, "It was a test.");
    }
    await repository.sweep();
    const reports = await list(cloud());
    expect(reports).toHaveLength(REPORTS_KEPT_MAX);
    expect(reports.at(-1)?.dueAt).toBe(new Date(START_MS + 4 * DAY_MS).toISOString());
  });

  test("the schedule wakes whoever makes them, and is stopped with them", async () => {
    await known(cloud());
    let due = () => {};
    let stopped = 0;
    const schedulers = {
      ...cronScheduler,
      start: (_timing: unknown, onDue: () => void) => {
        due = onDue;
        return {
          stop() {
            stopped += 1;
          },
        };
      },
    };
    const stop = new AbortController();
    const made = Promise.withResolvers<void>();
    const meter = { made: () => made.resolve() };
    cloud().clock.now = START_MS + HOUR_MS;
    const ran = runner(cloud(), { scheduler: schedulers, meter }).run(stop.signal);
    cloud().clock.now = START_MS + DAY_MS;
    due();
    await made.promise;
    stop.abort();
    await ran;
    expect(stopped).toBe(1);
  });
});

test("a schedule that is none is said at the start, with the report's name", () => {
  const timing = { name: "daily", cron: "99 6 * * *", timeZone: "UTC" };
  expect(() => cronScheduler.lastDueMs(timing, START_MS)).toThrow(/reports: daily was to have a cron/);
});

test.each([
  ["every day", "0 6 * * *", "2026-07-01T04:59:00Z", "2026-06-30T05:00:00Z"],
  ["this very minute", "0 6 * * *", "2026-07-01T05:00:00Z", "2026-07-01T05:00:00Z"],
  ["on Mondays", "30 6 * * 1", "2026-11-26T05:00:00Z", "2026-11-23T06:30:00Z"],
  ["on the first", "0 7 1 * *", "2026-11-26T05:00:00Z", "2026-11-01T07:00:00Z"],
  ["once a year", "0 7 1 12 *", "2026-11-26T05:00:00Z", "2025-12-01T07:00:00Z"],
  ["after clocks were put back", "30 1 * * *", "2026-10-25T12:00:00Z", "2026-10-25T01:30:00Z"],
])("what is due %s was due last when the zone's clocks say so", (_name, cron, now, last) => {
  const dueMs = cronScheduler.lastDueMs({ name: "a", cron, timeZone: "Europe/London" }, Date.parse(now));
  expect(dueMs === null ? null : new Date(dueMs).toISOString()).toBe(new Date(last).toISOString());
});

test.each([
  ["yesterday", "2026-03-28T00:00:00.000Z", "2026-03-29T00:00:00.000Z", "whole"],
  ["last-week", "2026-03-16T00:00:00.000Z", "2026-03-23T00:00:00.000Z", "day"],
  ["last-month", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z", "day"],
] as const)("%s ends at a midnight of the zone", (period, from, to, by) => {
  const zone = timeZoneOf("Europe/London");
  if (zone === null) throw new Error("London is not known here");
  const range = reportRange(period, zone, Date.parse("2026-03-29T10:00:00Z"));
  expect([new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString(), range.by]).toEqual([
    from,
    to,
    by,
  ]);
});

test("what the fonts of a PDF lack loses its accents or becomes a question mark, and is told", () => {
  expect(pdfText("Zürich – 5 °C ≥ €")).toEqual({ text: "Zürich – 5 °C ? €", isChanged: true });
  expect(pdfText("Café")).toEqual({ text: "Café", isChanged: false });
  expect(pdfText("Dvořák 集中\u0007")).toEqual({ text: "Dvorák ???", isChanged: true });
});

test("names of sheets are short, plain and each only once", () => {
  const names = new SheetNames(["Summary"]);
  expect(names.nameFor("summary")).toBe("summary (2)");
  expect(names.nameFor("A/B: [1]*?")).toBe("A-B- -1---");
  expect(names.nameFor("x".repeat(40))).toBe("x".repeat(31));
  expect(names.nameFor("x".repeat(40))).toBe(`${"x".repeat(27)} (2)`);
  expect(names.nameFor("  ")).toBe("Ward");
  expect(sheetText("a\u0001b\ud800")).toBe("a\ufffdb\ufffd");
});
