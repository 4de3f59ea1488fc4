/** Figures of beds as files, read back by programs that have nothing to do with those that wrote them. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ExportAccepted, ExportView, type ReportFormat } from "../../contracts/wire/exports.ts";
import { KpiAnswer } from "../../contracts/wire/kpi.ts";
import { tempDir } from "../support/temp-dir.ts";
import { hasTool } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { batch, changed, commissioned, freeBed, START_MS } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const hasOpenpyxl = hasTool("/usr/bin/python3", ["-c", "import openpyxl"], "python3-openpyxl");
const hasPdftotext = hasTool("/usr/bin/pdftotext", ["-v"], "poppler-utils");

const MINUTE_MS = 60_000;
const after = (minutes: number) => ({ observedAtMs: START_MS + minutes * MINUTE_MS });
const FROM = new Date(START_MS - 24 * 60 * MINUTE_MS).toISOString();
const TO = new Date(START_MS + 24 * 60 * MINUTE_MS).toISOString();
const QUERY = { from: FROM, to: TO, by: "day", timeZone: "Asia/Tokyo" } as const;
const FORMULA = '=HYPERLINK("http://evil.example")';

const READ_XLSX = `
import json, sys, warnings
warnings.simplefilter("ignore")
import openpyxl
book = openpyxl.load_workbook(sys.argv[1])
print(json.dumps([{
  "name": sheet.title,
  "frozen": sheet.freeze_panes,
  "rows": [[cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in row] for row in sheet.iter_rows(values_only=True)],
  "types": [[cell.data_type for cell in row] for row in sheet.iter_rows()],
} for sheet in book]))
`;
type Sheet = { name: string; frozen: string | null; rows: (string | number | null)[][]; types: string[][] };

async function told(cloud: TestCloud): Promise<void> {
  cloud.clock.now = START_MS + 180 * MINUTE_MS;
  const used = [
    ...freeBed("bed-1", { wardName: FORMULA }),
    changed("occupancy", "present", after(10)),
    changed("readiness", "dirty", after(10)),
    changed("occupancy", "absent", after(60)),
    changed("readiness", "cleaning", after(80)),
    changed("readiness", "clean", after(97)),
    commissioned({ bedId: "bed-2", wardId: "surgery", wardName: "手術 Sørgery", assignmentSource: "none" }),
  ];
  expect((await cloud.sync(batch(used, { sentAtMs: cloud.clock.now }))).status).toBe(200);
}

async function exported(cloud: TestCloud, format: ReportFormat): Promise<{ file: string; content: Buffer }> {
  const cookie = await cloud.signIn("nurse");
  const headers = { cookie, origin: "http://beds.example" };
  const payload = { kind: "kpi", format, ...QUERY };
  const reply = await cloud.app.inject({ method: "POST", url: "/api/v1/exports", headers, payload });
  const { exportId } = ExportAccepted.parse(reply.json());
  const stop = new AbortController();
  const ran = cloud.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ran;
  });
  const view = await until(
    "the export ends",
    async () => {
      const { body } = await cloud.get(`/api/v1/exports/${exportId}`, cookie);
      const each = ExportView.parse(body);
      return each.endedAt === null ? undefined : each;
    },
    20_000,
  );
  expect(view).toMatchObject({ state: "done", error: null, doneRows: 2, percent: 100 });
  const { rawPayload } = await cloud.app.inject({
    url: `/api/v1/exports/${exportId}/file`,
    headers: { cookie },
  });
  const file = join(tempDir(), `report.${format}`);
  writeFileSync(file, rawPayload);
  return { file, content: rawPayload };
}

async function answer(cloud: TestCloud): Promise<KpiAnswer> {
  const query = new URLSearchParams(QUERY);
  return KpiAnswer.parse((await cloud.get(`/api/v1/kpi?${query}`, await cloud.signIn("nurse"))).body);
}

describeOnEachDatabase("figures as files", (cloud) => {
  test.skipIf(!hasOpenpyxl)(
    "a workbook's numbers are those of the answer, and what is not known is a reason",
    async () => {
      await told(cloud());
      const { file } = await exported(cloud(), "xlsx");
      const output = execFileSync("/usr/bin/python3", ["-c", READ_XLSX, file], { encoding: "utf8" });
      const sheets = JSON.parse(output) as Sheet[];
      expect(sheets.map(({ name, frozen }) => [name, frozen])).toEqual([
        ["Summary", "A9"],
        ["Northside General", "A2"],
        [FORMULA.slice(0, 11).concat(FORMULA.slice(11).replaceAll(/[/:]/g, "-")).slice(0, 31), "A2"],
        ["手術 Sørgery", "A2"],
        ["Definitions", "A2"],
      ]);
      const { periods, hospitals } = await answer(cloud());
      const [hospital] = hospitals;
      const places = [hospital, ...(hospital?.wards ?? [])];
      for (const [place, sheet] of sheets.slice(1, -1).entries()) {
        const [header = [], ...rows] = sheet.rows;
        const figures = [...(places[place]?.periods ?? []), places[place]?.whole];
        expect(rows).toHaveLength(periods.length + 1);
        for (const [row, of] of figures.entries()) {
          const cell = (title: string) => rows[row]?.[header.indexOf(title)];
          const minutes = (ms: number | null | undefined, reason: string | undefined) =>
            ms === null ? reason?.replace("-", " ").replace("in-", "in ") : (ms ?? 0) / MINUTE_MS;
          const reasonOf = (name: keyof NonNullable<typeof of>["missing"]) => of?.missing[name];
          expect(cell("Beds")).toBe(of?.beds);
          expect(cell("In service, min")).toBe((of?.inServiceMs ?? 0) / MINUTE_MS);
          expect(cell("Occupied, min")).toBe(minutes(of?.occupiedMs, reasonOf("occupiedMs")));
          expect(cell("Squat, min")).toBe(minutes(of?.squatMs, reasonOf("squatMs")));
          expect(cell("Exit to clean median, min")).toBe(
            minutes(of?.exitToClean.medianMs, reasonOf("exitToClean")),
          );
          expect(cell("Cleaning 90 %, min")).toBe(minutes(of?.cleaning.p90Ms, reasonOf("cleaning")));
        }
      }
      const types = sheets[2]?.types ?? [];
      expect(new Set(types.flat())).not.toContain("f");
      expect(sheets[0]?.rows.flat()).toContain(FORMULA);
      expect(sheets[2]?.rows[2]?.slice(3, 7)).toEqual([1, 180, 50 / 180, 50]);
    },
  );

  test("a table for other programs has what is known in its columns, and no formula", async () => {
    await told(cloud());
    const { content } = await exported(cloud(), "csv");
    const lines = content.toString("utf8").trimEnd().split("\r\n");
    expect(lines).toHaveLength(1 + 3 * 4);
    const quoted = `"'${FORMULA.replaceAll('"', '""')}"`;
    expect(lines.filter((line) => line.includes(`,intake,${quoted},`))).toHaveLength(4);
    const unknown = lines.find((line) => line.includes(",surgery,") && line.includes(",2026-01-06,"));
    expect(unknown).toContain("occupiedMs: occupancy-unknown");
    expect(unknown).toContain(",1,180,,,180,0,,");
  });

  test.skipIf(!hasPdftotext)(
    "pages say what they are about, what nobody knew, and what they are not",
    async () => {
      await told(cloud());
      const { file } = await exported(cloud(), "pdf");
      const text = execFileSync("/usr/bin/pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
      expect(text).toContain("Beds of Northside General");
      expect(text).toContain("2026-01-05 19:00 to 2026-01-07 19:00 (exclusive), time zone Asia/Tokyo");
      expect(text).toContain("not an alarm system and no medical device");
      expect(text).toMatch(/2026-01-06\s+1\s+27\.8 %/);
      expect(text).toContain("?? Sørgery");
      expect(text).toContain("characters that the fonts of this file lack");
      expect(text).toMatch(/Page 1 of \d/);
      expect(text).toContain("unknown");
    },
  );
});
