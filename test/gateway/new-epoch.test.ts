import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEpochOf } from "../../gateway/journal/life/read-epoch.ts";
import { beginNewEpoch, withEmptyNewEpoch } from "../../gateway/new-epoch.ts";
import { tempDir } from "../support/temp-dir.ts";
import { NOON, WrittenJournal } from "./journal/life/written-journal.ts";

function written() {
  const file = join(tempDir(), "journal.sqlite");
  const journal = new WrittenJournal(file);
  journal.appendReadings(1, 1_000);
  journal.database.close();
  const warned: unknown[] = [];
  const log = { warn: (...said: unknown[]) => void warned.push(said) };
  const epoch = () => String(readEpochOf(file));
  return {
    file,
    warned,
    epoch,
    begin: (named: string) => beginNewEpoch(file, named, { nowMs: NOON, log }),
    files: () => readdirSync(dirname(file)),
  };
}

describe("a new epoch", () => {
  test.each([
    ["the whole", (epoch: string) => epoch],
    ["the first eight digits", (epoch: string) => epoch.slice(0, 8)],
    ["capital letters", (epoch: string) => epoch.toUpperCase()],
  ])("begins where the epoch that is to end is named by %s, and once only", (_how, named) => {
    const { epoch, begin, warned } = written();
    const old = epoch();
    expect(begin(named(old))).toMatchObject({ oldEpoch: old, savedRecords: 1_000 });
    const begun = epoch();
    expect(begun).not.toBe(old);
    expect(warned).toEqual([]);
    // The option was left in the unit file.
    expect(begin(named(old))).toBeNull();
    expect(epoch()).toBe(begun);
  });

  test.each([
    ["nothing", () => ""],
    ["another epoch", () => "0123456789abcdef"],
    ["seven of its digits", (epoch: string) => epoch.slice(0, 7)],
    ["more than its digits", (epoch: string) => `${epoch}0`],
  ])("does not begin where %s is named; the log says which epoch it would be", (_what, named) => {
    const { epoch, begin, warned, files } = written();
    const old = epoch();
    expect(begin(named(old))).toBeNull();
    expect([epoch(), files()]).toEqual([old, ["journal.sqlite"]]);
    expect(warned).toEqual([
      [{ epoch: old, named: named(old) }, expect.stringContaining(`--new-epoch ${old}`)],
    ]);
  });

  test("does not begin where there is no journal", () => {
    const file = join(tempDir(), "journal.sqlite");
    const warned: unknown[] = [];
    const log = { warn: (...said: unknown[]) => void warned.push(said) };
    expect(beginNewEpoch(file, "0123456789abcdef", { nowMs: NOON, log })).toBeNull();
    expect(warned).toEqual([[expect.anything(), expect.stringContaining("there is no journal")]]);
    expect(existsSync(file)).toBe(false);
  });

  test("begins although the journal is damaged", () => {
    const { file, epoch, begin } = written();
    const old = epoch();
    const bytes = readFileSync(file);
    // The table definitions, and a page of readings.
    bytes.fill(0xff, 120, 4_096);
    bytes.fill(0xff, 10 * 4_096, 11 * 4_096);
    writeFileSync(file, bytes);
    expect(epoch()).toBe(old);
    expect(begin(old)).toMatchObject({ oldEpoch: old });
    expect(epoch()).not.toBe(old);
  });

  test("does not begin where the epoch cannot be read; that journal gets a new one by itself", () => {
    const { file, epoch, begin, warned } = written();
    const old = epoch();
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) bytes.write("x", at);
    writeFileSync(file, bytes);
    expect(begin(old)).toBeNull();
    expect(warned).toEqual([[{ epoch: null, named: old }, expect.stringContaining("damaged")]]);
  });

  test("does not begin twice where the power was cut before the first was in its place", () => {
    const { file, epoch, begin } = written();
    const old = epoch();
    const damagedFile = begin(old)?.damagedFile ?? "";
    const begun = epoch();
    renameSync(file, `${file}.salvaged`);
    renameSync(damagedFile, file);
    expect(begin(old)).toBeNull();
    expect(epoch()).toBe(begun);
  });
});

test("the option without a value has an empty one, wherever it stands", () => {
  expect(withEmptyNewEpoch(["--config", "a.yaml", "--new-epoch"])).toEqual([
    "--config",
    "a.yaml",
    "--new-epoch=",
  ]);
  expect(withEmptyNewEpoch(["--new-epoch", "--config", "a.yaml"])).toEqual([
    "--new-epoch=",
    "--config",
    "a.yaml",
  ]);
  const named = ["--new-epoch", "01234567", "--config", "a.yaml"];
  expect(withEmptyNewEpoch(named)).toEqual(named);
});
