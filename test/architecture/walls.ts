/** Which room may import which, and what from outside; the table of docs/architecture.md as data. */
import { posix } from "node:path";
import type { Import, Project } from "./read-imports.ts";

type Wall = {
  readonly path: string;
  /** Rooms beside its own. */
  readonly rooms: readonly string[];
  /** npm packages, by name; `*`: any. */
  readonly packages: readonly string[];
  /** May it use Node's own modules? What is pure may not. */
  readonly node: boolean;
};

const WEB = ["react", "react-dom", "@tanstack/react-query", "@vitejs/plugin-react", "vite"];
/** Times and files, and what is made of them. */
const HISTORY = [
  "@influxdata/influxdb-client",
  "aws4fetch",
  "hyparquet",
  "hyparquet-writer",
  "influx",
  "node-cron",
  "pdfkit",
  "write-excel-file",
];
const HTTP = [
  "fastify",
  "@fastify/cookie",
  "@fastify/helmet",
  "@fastify/rate-limit",
  "@fastify/static",
  "prom-client",
];

/** Chains, content addresses and what carries them. */
const EVIDENCE = ["@ipld/car", "ethers", "kubo-rpc-client", "multiformats"];

/** The first that a file lies in counts, so that a folder stands before its room. */
export const WALLS: readonly Wall[] = [
  { path: "contracts/ui", rooms: [], packages: ["react", "@tanstack/react-query", "zod"], node: false },
  { path: "contracts/wire", rooms: ["contracts"], packages: ["msgpackr", "zod"], node: false },
  // A program of its own, which a stranger runs.
  { path: "contracts/verifier", rooms: ["contracts"], packages: ["zod"], node: true },
  {
    path: "contracts/log",
    rooms: ["contracts"],
    packages: ["@noble/curves", "@noble/hashes", "cborg", "zod"],
    node: false,
  },
  { path: "contracts", rooms: [], packages: ["zod"], node: false },
  { path: "devices", rooms: ["contracts"], packages: [], node: false },
  { path: "config", rooms: ["contracts"], packages: ["yaml", "zod"], node: true },
  { path: "gateway/web", rooms: ["contracts"], packages: WEB, node: true },
  {
    path: "gateway",
    rooms: ["devices", "config", "contracts"],
    packages: [...HTTP, "aedes", "mqtt-packet", "better-sqlite3", "mqtt", "pino", "serialport", "ws", "zod"],
    node: true,
  },
  {
    path: "cloud/web",
    rooms: ["contracts"],
    packages: [...WEB, "react-aria-components", "uplot", "wouter", "zod"],
    node: true,
  },
  {
    path: "cloud",
    rooms: ["config", "contracts"],
    packages: [
      ...HTTP,
      ...HISTORY,
      ...EVIDENCE,
      "@electric-sql/pglite",
      "@fastify/compress",
      "@fastify/swagger",
      "@fastify/websocket",
      "ethers",
      "fastify-type-provider-zod",
      "kysely",
      "pg",
      "pino",
      "zod",
    ],
    node: true,
  },
  {
    path: "firmware-sim",
    rooms: [],
    packages: ["aedes", "mqtt", "pino", "serialport", "yaml", "zod"],
    node: true,
  },
  {
    path: "test",
    rooms: ["contracts", "devices", "config", "gateway", "cloud", "firmware-sim"],
    packages: ["*"],
    node: true,
  },
];

/** What is derived of a bed runs in browsers and wherever else: its code stands alone. */
const ALONE_AT_RUN_TIME = ["contracts/bed", "contracts/metrics"];

/** The thread has all that it loads a second time in memory; of these 8 MiB, for schemas and curves that it never asks. */
const JOURNAL_THREAD = "gateway/journal/journal-thread.ts";
const NOT_IN_JOURNAL_THREAD = /^(zod|@noble\/curves)(\/|$)/;

/** Every wall that an import breaks, in a sentence; nothing seen is a breach too. */
export function breachesOf({ imports, files, unreadable }: Project): string[] {
  if (imports.length === 0) return [...unreadable, "no import was seen: the checker looked at nothing"];
  return [
    // A test may load what it has just made.
    ...unreadable.filter((sentence) => !sentence.startsWith("test/")),
    ...files.filter(({ path }) => isRoomless(path)).map(({ path }) => `${path} lies in no room`),
    ...imports.flatMap(breachOf),
    ...dependentAtRunTime(imports),
    ...neededBy(imports, JOURNAL_THREAD)
      .filter(({ specifier }) => NOT_IN_JOURNAL_THREAD.test(specifier))
      .map(({ file, specifier }) => `${JOURNAL_THREAD} needs ${specifier} at run time, by ${file}`),
    ...circlesOf(runTimeGraph(imports, (path) => path)).map((circle) => `files import each other: ${circle}`),
    ...circlesOf(contractFolders(imports)).map(
      (circle) => `folders of contracts import each other: ${circle}`,
    ),
  ];
}

const MAY_USE_UI = /^(contracts\/ui|.*\/web|test)$/;

const roomOf = (path: string) => path.split("/")[0] ?? path;
const wallOf = (path: string) => WALLS.find((wall) => path.startsWith(`${wall.path}/`));
/** Files at the root belong to the tools. */
const isRoomless = (path: string) => path.includes("/") && wallOf(path) === undefined;

function breachOf({ file, specifier, target }: Import): string[] {
  const wall = wallOf(file);
  if (wall === undefined) return [];
  if (target !== null) {
    const room = roomOf(target);
    // A folder with a wall of its own, such as a web, is closed to the rest of its room, and the room to it.
    const isOwn = roomOf(wall.path) === room && (wallOf(target)?.path === wall.path || room === "contracts");
    if (target.startsWith("contracts/ui/") && !MAY_USE_UI.test(wall.path))
      return [`${file} imports ${target}: only webs may use contracts/ui`];
    return isOwn || wall.rooms.includes(room)
      ? []
      : [`${file} imports ${target}: ${wall.path} may not import ${room}`];
  }
  if (specifier.startsWith("node:"))
    return wall.node ? [] : [`${file} imports ${specifier}: ${wall.path} is pure`];
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (wall.packages.includes("*") || wall.packages.includes(name)) return [];
  return [`${file} imports ${specifier}: not among the packages of ${wall.path}`];
}

/** Which file runs which; types are gone by then. */
function runTimeGraph(
  imports: readonly Import[],
  nameOf: (path: string) => string,
): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const { file, target, isType } of imports) {
    if (isType || target === null) continue;
    const from = nameOf(file);
    graph.set(from, (graph.get(from) ?? new Set()).add(nameOf(target)));
  }
  return graph;
}

function contractFolders(imports: readonly Import[]): Map<string, Set<string>> {
  const inside = imports.filter(
    ({ file, target }) => roomOf(file) === "contracts" && target?.startsWith("contracts/"),
  );
  const graph = runTimeGraph(inside, (path) => posix.dirname(path));
  for (const [folder, others] of graph) others.delete(folder);
  return graph;
}

function dependentAtRunTime(imports: readonly Import[]): string[] {
  const alone = new Set(
    imports
      .map(({ file }) => file)
      .filter((file) => ALONE_AT_RUN_TIME.some((path) => file.startsWith(`${path}/`))),
  );
  return [...alone].flatMap((start) =>
    neededBy(imports, start).map(
      ({ file, specifier }) => `${start} needs ${specifier} at run time, by ${file}`,
    ),
  );
}

/** What is loaded with a file and is none of ours. */
function neededBy(imports: readonly Import[], start: string): Import[] {
  const reached = reachedFrom(
    runTimeGraph(imports, (path) => path),
    start,
  );
  return imports.filter(({ file, target, isType }) => reached.has(file) && target === null && !isType);
}

function reachedFrom(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): Set<string> {
  const reached = new Set([start]);
  for (const path of reached) for (const next of graph.get(path) ?? []) reached.add(next);
  return reached;
}

/** One circle for each that can be found, as a path back to where it began. */
function circlesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, way: readonly string[]) => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" → "));
    if (way.includes(path) || done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return circles;
}
