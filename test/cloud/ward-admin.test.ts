/** What a hospital's administration says over HTTP: profiles, files of them, policies. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCsv } from "../../cloud/ward-admin/csv.ts";
import { policyOf } from "../../cloud/ward-admin/policy.ts";
import { DEFAULT_POLICY } from "../../contracts/booking/default-policy.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { BedProfileList, ProfileImportAnswer } from "../../contracts/wire/ward-desk.ts";
import { batch, freeBed, south } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const HEADER = "bed,level,features,ages,sex,mass_kg_max";
const PROFILE = {
  levelOfCare: "general",
  features: ["oxygen"],
  ageBands: ["adult"],
  sexRule: "any",
  patientMassKgMax: null,
};

async function ward(cloud: TestCloud) {
  await cloud.sync(batch([...freeBed("bed-1"), ...freeBed("bed-2")]));
  await cloud.sync(batch(freeBed("south-1"), south));
}

async function send(
  cloud: TestCloud,
  method: "PUT" | "POST",
  url: string,
  cookie: string,
  payload: object,
  version = 0,
) {
  const reply = await cloud.app.inject({
    method,
    url,
    headers: { cookie, origin: "http://beds.example", "if-match": `"${version}"` },
    payload,
  });
  return { status: reply.statusCode, body: reply.json() };
}

async function imported(cloud: TestCloud, cookie: string, csv: string, dryRun = false) {
  const url = "/api/v1/bed-profiles/import";
  const { body } = await send(cloud, "POST", url, cookie, { hospital: "north", csv, dryRun });
  return ProfileImportAnswer.parse(body);
}

const profiles = async (cloud: TestCloud, cookie: string) =>
  BedProfileList.parse((await cloud.get("/api/v1/bed-profiles?hospital=north", cookie)).body).beds;

describeOnEachDatabase("ward administration", (cloud) => {
  test("a bed's profile is stored by who saw what stood before, and by nobody of another hospital", async () => {
    await ward(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const url = "/api/v1/beds/bed-1/profile";
    expect(await send(cloud(), "PUT", url, admin, PROFILE)).toMatchObject({
      status: 200,
      body: { bedId: "bed-1", profile: PROFILE, version: 1 },
    });
    expect((await send(cloud(), "PUT", url, admin, PROFILE)).status).toBe(412);
    const ofSouth = await cloud().signIn("hospital-admin", "south");
    expect((await send(cloud(), "PUT", url, ofSouth, PROFILE, 1)).status).toBe(404);
    expect((await send(cloud(), "PUT", url, await cloud().signIn("nurse"), PROFILE, 1)).status).toBe(403);
    expect(await profiles(cloud(), admin)).toMatchObject([{ version: 1 }, { profile: null, version: 0 }]);
  });

  test("a file as a spreadsheet saves it is tried first, then taken over, then nothing new", async () => {
    await ward(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const csv = `\uFEFF${HEADER.replaceAll(",", ";")}\r\nbed-1;intensive;"oxygen dialysis";adult;any;180\r\n`;
    expect(await imported(cloud(), admin, csv, true)).toMatchObject({
      applied: false,
      errors: [],
      changes: [{ line: 2, bedId: "bed-1", kind: "new" }],
    });
    expect(await profiles(cloud(), admin)).toMatchObject([{ version: 0 }, { version: 0 }]);
    expect(await imported(cloud(), admin, csv)).toMatchObject({ applied: true });
    expect(await imported(cloud(), admin, csv)).toMatchObject({ changes: [{ kind: "same", fields: [] }] });
    expect(await profiles(cloud(), admin)).toMatchObject([
      { version: 1, profile: { levelOfCare: "intensive", patientMassKgMax: 180 } },
      { version: 0 },
    ]);
  });

  test("a file with one bad line changes nothing, and every mistake is named with its place", async () => {
    await ward(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const csv = [
      HEADER,
      "bed-1,general,,adult,any,",
      "bed-1,general,,adult,any,",
      "south-1,general,,adult,any,",
      "bed-9,general,,adult,any,",
      'bed-2,ward,"oxygen jacuzzi",,any,"1,5"',
      "bed-2,general",
    ].join("\n");
    const { applied, errors } = await imported(cloud(), admin, csv);
    expect(applied).toBe(false);
    expect(errors.map(({ line, column, got }) => [line, column, got])).toEqual([
      [3, "bed", "bed-1"],
      [4, "bed", "south-1"],
      [5, "bed", "bed-9"],
      [6, "level", "ward"],
      [6, "features", "jacuzzi"],
      [6, "ages", "nothing"],
      [6, "mass_kg_max", "1,5"],
      [7, null, "2 cells"],
    ]);
    // Of another hospital's bed nothing else is told than of one that does not exist.
    expect(errors[1]?.expected).toBe(errors[2]?.expected);
    expect(await profiles(cloud(), admin)).toMatchObject([{ version: 0 }, { version: 0 }]);
  });

  test("columns that are unknown, twice there or missing are named", async () => {
    await ward(cloud());
    const admin = await cloud().signIn("hospital-admin");
    const { errors } = await imported(cloud(), admin, "bed,level,level,colour\n");
    expect(errors.map(({ column }) => column)).toEqual([
      "colour",
      "level",
      "features",
      "ages",
      "sex",
      "mass_kg_max",
    ]);
  });

  test("a policy is the default until the hospital says otherwise, by who saw what stood", async () => {
    const admin = await cloud().signIn("hospital-admin");
    const url = "/api/v1/hospitals/north/policy";
    expect((await cloud().get(url, admin)).body).toMatchObject({ policy: DEFAULT_POLICY, version: 0 });
    const policy = { ...DEFAULT_POLICY, autoAccept: true, latitude: 51.5, longitude: 0 };
    expect(await send(cloud(), "PUT", url, admin, policy)).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
    expect((await send(cloud(), "PUT", url, admin, DEFAULT_POLICY)).status).toBe(412);
    expect(await policyOf(cloud().db, HospitalId.parse("north"))).toEqual(policy);
    const other = await cloud().get("/api/v1/hospitals/south/policy", admin);
    expect(other).toMatchObject({ status: 404, body: { code: "HOSPITAL_NOT_FOUND" } });
  });
});

describe("comma-separated values", () => {
  test("are read back as they were written, whatever is in the cells and however lines end", () => {
    const cell = fc.string({
      unit: fc.constantFrom("a", " ", ",", ";", '"', "\n", "\r\n", "é"),
      maxLength: 6,
    });
    const row = fc.array(cell, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(",", ";"),
        fc.constantFrom("\n", "\r\n"),
        (rows, separator, newline) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const header = ["x", "y"].join(separator);
          const text = [header, ...rows.map((cells) => cells.map(quote).join(separator))].join(newline);
          const csv = parseCsv(text);
          expect(csv.kind === "read" && csv.lines.slice(1).map(({ cells }) => cells)).toEqual(rows);
        },
      ),
    );
  });

  test("that are none are refused with a place, and never hang", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", ";"), maxLength: 40 }),
        (text) => {
          const csv = parseCsv(text);
          if (csv.kind === "unreadable") expect(csv.line).toBeGreaterThan(0);
          else for (const { cells } of csv.lines) expect(cells.length).toBeGreaterThan(0);
        },
      ),
    );
    expect(parseCsv('a,b\n"c"d,e')).toMatchObject({ kind: "unreadable", line: 2 });
    expect(parseCsv('a,b\n"c,e')).toMatchObject({ kind: "unreadable", expected: "a closing quote" });
  });
});
