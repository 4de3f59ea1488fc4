import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { tempDir } from "../support/temp-dir.ts";
import { readProject } from "./read-imports.ts";
import { breachesOf, WALLS } from "./walls.ts";

const project = readProject(resolve(import.meta.dirname, "../.."));

/** A small project of its own, with these files. */
function plant(files: Readonly<Record<string, string>>) {
  const root = tempDir();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return readProject(root);
}

describe("the rooms", () => {
  test("import only what the table lets them", () => {
    expect(breachesOf(project)).toEqual([]);
  });

  test("were all looked at, with their imports", () => {
    const seen = WALLS.map(({ path }) => path).filter((path) =>
      project.imports.some(({ file }) => file.startsWith(`${path}/`)),
    );
    expect(seen).toEqual(WALLS.map(({ path }) => path));
    expect(project.imports.length).toBeGreaterThan(500);
    expect(project.imports.some(({ isType }) => isType)).toBe(true);
  });
});

describe("the checker", () => {
  test("that saw nothing is not content", () => {
    expect(breachesOf(plant({}))).toEqual(["no import was seen: the checker looked at nothing"]);
    expect(breachesOf(plant({ "gateway/a.ts": "export const a = 1;" }))).toHaveLength(1);
  });

  test("lets through what is allowed", () => {
    const allowed = plant({
      "gateway/a.ts":
        'import "../devices/b.ts"; import "node:fs"; import "aedes"; import type { C } from "../contracts/wire/c.ts";',
      "contracts/bed/axes.ts": 'import type * as z from "zod"; import type { C } from "../wire/c.ts";',
      "contracts/wire/c.ts": 'import * as z from "zod"; import "../bed/axes.ts";',
      "cloud/web/d.tsx": 'import "react"; import "../../contracts/ui/e.tsx"; import "./d.css";',
      "vitest.config.ts": 'import "vitest/config";',
      "test/f.ts": '// import "../cloud/x.ts"\nconst text = \'import "y"\';',
    });
    expect(breachesOf(allowed)).toEqual([]);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "a gateway that imports the cloud",
      { "gateway/a.ts": 'import "../cloud/b.ts";' },
      "gateway/a.ts imports cloud/b.ts: gateway may not import cloud",
    ],
    [
      "a cloud that imports a type of the gateway",
      { "cloud/a.ts": 'import type { B } from "../gateway/b.ts";' },
      "cloud may not import gateway",
    ],
    [
      "a cloud that knows a device",
      { "cloud/a.ts": 'export { b } from "../devices/b.ts";' },
      "cloud may not import devices",
    ],
    [
      "a simulator that uses our own decoders",
      { "firmware-sim/a/b.ts": 'export * from "../../contracts/b.ts";' },
      "firmware-sim may not import contracts",
    ],
    [
      "an import made late",
      { "devices/a.ts": 'const b = await import("../gateway/b.ts");' },
      "devices may not import gateway",
    ],
    [
      "an import in a type",
      { "devices/a.ts": 'type B = import("../cloud/b.ts").B;' },
      "devices may not import cloud",
    ],
    [
      "an import over several lines",
      { "config/a.ts": 'import {\n  b,\n} from\n  "../gateway/b.ts";' },
      "config may not import gateway",
    ],
    [
      "an import in the old way",
      { "config/a.ts": 'const b = require("../gateway/b.ts");' },
      "config may not import gateway",
    ],
    [
      "an import of what is only known later",
      { "config/a.ts": 'import "yaml"; await import(name);' },
      "config/a.ts imports what is only known when it runs",
    ],
    [
      "product code that imports a test",
      { "cloud/a.ts": 'import "../test/b.ts";' },
      "cloud may not import test",
    ],
    [
      "a page that imports its server",
      { "cloud/web/a.ts": 'import "../ingest/b.ts";' },
      "cloud/web may not import cloud",
    ],
    [
      "a contract that uses React",
      { "contracts/wire/a.ts": 'import "react";' },
      "not among the packages of contracts",
    ],
    [
      "a contract that uses its pages",
      { "contracts/wire/a.ts": 'import "../ui/b.tsx";' },
      "only webs may use contracts/ui",
    ],
    ["a decoder that reads a file", { "devices/a.ts": 'import "node:fs";' }, "devices is pure"],
    [
      "a package that nobody agreed on",
      { "gateway/a.ts": 'import "left-pad/x";' },
      "not among the packages of gateway",
    ],
    [
      "a rule about beds that needs zod",
      { "contracts/bed/a.ts": 'import "../wire/b.ts";', "contracts/wire/b.ts": 'import * as z from "zod";' },
      "contracts/bed/a.ts needs zod at run time, by contracts/wire/b.ts",
    ],
    [
      "a journal's thread that loads schemas",
      {
        "gateway/journal/journal-thread.ts": 'import "../../contracts/wire/b.ts";',
        "contracts/wire/b.ts": 'import * as z from "zod";',
      },
      "gateway/journal/journal-thread.ts needs zod at run time, by contracts/wire/b.ts",
    ],
    [
      "files in a circle",
      { "cloud/a.ts": 'import "./b.ts";', "cloud/b.ts": 'import "./a.ts";' },
      "cloud/a.ts → cloud/b.ts → cloud/a.ts",
    ],
    [
      "folders of contracts in a circle",
      { "contracts/bed/a.ts": 'import "../log/b.ts";', "contracts/log/c.ts": 'import "../bed/d.ts";' },
      "contracts/bed → contracts/log → contracts/bed",
    ],
    [
      "a server that uses the pages' parts",
      { "cloud/a.ts": 'import "../contracts/ui/b.tsx";' },
      "only webs may use contracts/ui",
    ],
    ["a file in no room", { "helpers/a.ts": 'import "zod";' }, "helpers/a.ts lies in no room"],
    [
      "a file that is no TypeScript",
      { "cloud/a.ts": 'import "zod"; const const' },
      "cloud/a.ts cannot be parsed",
    ],
  ])("finds %s", (_name, files, breach) => {
    expect(breachesOf(plant(files))).toContainEqual(expect.stringContaining(breach));
  });
});

describe("a file", () => {
  /** Longer by their nature, each with its reason. */
  const MAY_BE_LONG = new Set([
    // One pure function and its tables: cut in two, neither half could be read alone.
    "contracts/bed/derive.ts",
    // Tables of the standard's statements, a test each.
    "test/prove/mqtt/statements/connect.ts",
    "test/prove/mqtt/statements/flow.ts",
  ]);

  test("has at most 300 lines", () => {
    const long = project.files
      .filter(({ text }) => text.split("\n").length - 1 > 300)
      .map(({ path }) => path);
    expect(long.filter((path) => !MAY_BE_LONG.has(path))).toEqual([]);
    expect(long).toEqual(expect.arrayContaining([...MAY_BE_LONG]));
  });

  test("of a room talks by its log, not by console.log, unless it is what somebody started", () => {
    const STARTED_BY_PEOPLE = [
      "cloud/anchor-command.ts",
      "cloud/archive.ts",
      "cloud/history/back-fill-command.ts",
      "cloud/run.ts",
      "firmware-sim/main.ts",
    ];
    const talking = project.files.filter(
      ({ path, text }) => !path.startsWith("test/") && /\bconsole\.log\(/.test(text),
    );
    expect(talking.map(({ path }) => path).filter((path) => !STARTED_BY_PEOPLE.includes(path))).toEqual([]);
    expect(project.files.length).toBeGreaterThan(100);
  });
});
