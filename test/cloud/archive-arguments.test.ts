/** What may be asked of the archives at the terminal. */
import { expect, test } from "vitest";
import { readArguments } from "../../cloud/retention/command/arguments.ts";

const read = (...args: string[]) => readArguments([...args, "--config", "cloud.yaml"]);

test("archives are named by their keys, or by what they hold", () => {
  expect(read("restore", "a.csv.gz", "b.csv.gz", "--keep-days", "7")).toMatchObject({
    what: "restore",
    configFile: "cloud.yaml",
    keys: ["a.csv.gz", "b.csv.gz"],
    keepDays: 7,
  });
  expect(
    read(
      "verify",
      "--class",
      "vitals",
      "--hospital",
      "north",
      "--from",
      "2026-01-01",
      "--to",
      "2026-01-08T01:00:00+01:00",
    ),
  ).toMatchObject({
    keys: [],
    filter: { class: "vitals", hospital: "north", fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 0, 8) },
    keepDays: 30,
  });
});

test.each<[string, string[], RegExp]>([
  ["nothing", [], /^usage: node cloud\/archive\.ts/],
  ["what is no command", ["remove"], /^usage/],
  ["an option that is none", ["list", "--all"], /^usage/],
  ["a key where none is taken", ["run", "a.csv.gz"], /^run takes no keys/],
  ["restore without saying what", ["restore"], /^Say which archives/],
  ["a class that is none", ["list", "--class", "vital"], /^--class: expected one of vitals/],
  ["a time without a zone", ["list", "--from", "2026-01-01T10:00"], /^--from: expected a day/],
  ["a day that is none", ["list", "--to", "2026-13-01"], /^--to: expected a day/],
  ["keys and a filter", ["verify", "a.csv.gz", "--class", "vitals"], /not both/],
  ["so many days that nobody means it", ["restore", "a.csv.gz", "--keep-days", "9999"], /^--keep-days/],
])("%s is refused with what was expected", (_what, args, message) => {
  expect(() => read(...args)).toThrow(message);
});
