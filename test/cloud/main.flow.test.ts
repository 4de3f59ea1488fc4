/** The service as a process: what a person at the terminal, or the program that started it, gets to see. */
import { type ChildProcess, fork, type Serializable } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { localUrl } from "../../cloud/http/local-url.ts";
import { layEmptyPglite } from "../support/empty-pglite.ts";

const MAIN = join(import.meta.dirname, "../../cloud/main.ts");

let directory: string;
const children: ChildProcess[] = [];
// One for all tests, each of which starts where the one before stopped.
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hospitell-cloud-"));
  await layEmptyPglite(join(directory, "data"), "");
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
// A process that was killed may be about to write its last.
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

type Started = {
  readonly child: ChildProcess;
  readonly output: () => { out: string; err: string };
  readonly ended: Promise<number | null>;
};

function start(config: string, { databaseUrl = "" } = {}): Started {
  const file = join(directory, "cloud.yaml");
  writeFileSync(file, config);
  const { DATABASE_URL: _, ...env } = process.env;
  const child = fork(MAIN, ["--config", file], {
    silent: true,
    env: databaseUrl === "" ? env : { ...env, DATABASE_URL: databaseUrl },
    execArgv: [],
  });
  children.push(child);
  const text = { out: "", err: "" };
  child.stdout?.on("data", (chunk) => (text.out += chunk));
  child.stderr?.on("data", (chunk) => (text.err += chunk));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve)).then(async (code) => {
    for (const stream of [child.stdout, child.stderr])
      if (stream?.closed === false) await once(stream, "close");
    return code;
  });
  return { child, output: () => text, ended };
}

const config = (port: number | string = 0) => `
http: { port: ${port} }
metrics: { port: 0 }
dataDirectory: data
hospitals: [{ id: north, name: Northside }]
gateways: []
`;

const nextMessage = (child: ChildProcess) =>
  new Promise<Serializable>((resolve) => child.once("message", resolve));
const Ready = z.object({ kind: z.literal("ready"), url: z.url(), metricsUrl: z.url() });
const Link = z.object({ kind: z.literal("sign-in-link"), role: z.string(), url: z.url().nullable() });

test("it tells its parent when it is ready, hands out sign-in links, and stops cleanly", async () => {
  const { child, output, ended } = start(config());
  const { url, metricsUrl } = Ready.parse(await nextMessage(child));
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(metricsUrl)).status).toBe(200);

  child.send({ kind: "something else" });
  child.send({ kind: "sign-in-link", role: "nurse", hospitalId: "north" });
  const link = Link.parse(await nextMessage(child));
  expect(link.url).toMatch(`${url}/sign-in?token=`);
  child.send({ kind: "sign-in-link", role: "nurse", hospitalId: "atlantis" });
  expect(Link.parse(await nextMessage(child)).url).toBeNull();

  const second = start(config());
  expect(await second.ended).toBe(1);
  expect(second.output().err).toContain(`but process ${child.pid} uses it`);

  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(output().out).toBe("");
  expect(output().err).toContain("never forces its writes to disk");
}, 60_000);

test("it does not outlive its parent", async () => {
  const { child, ended } = start(config());
  await nextMessage(child);
  child.disconnect();
  expect(await ended).toBe(0);
}, 60_000);

test("a port that is taken ends it with one sentence", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = new URL(localUrl(taken));
  const { output, ended } = start(config(port));
  expect(await ended).toBe(1);
  taken.close();
  expect(lastLine(output().err)).toBe(
    `The service was to listen on 127.0.0.1:${port}, but another program already does. Stop that program, or: Set another http.port in the configuration (0 takes any free one).`,
  );
}, 60_000);

test("a configuration with three mistakes is told all three, and none of its values", async () => {
  const { output, ended } = start(
    "http: { prot: 1 }\nhospitals: []\ngateways: [{ id: gw, hospital: x, keySha256: hunter2 }]\n",
  );
  expect(await ended).toBe(1);
  const { err } = output();
  for (const where of ["http: unknown field prot", "dataDirectory:", "hospitals:", "gateways.0.keySha256:"])
    expect(err).toContain(where);
  expect(err).not.toContain("hunter2");
});

test.each([
  [
    "that does not answer",
    "postgres://u:hunter2@127.0.0.1:1/none",
    "The PostgreSQL of DATABASE_URL was to answer, but did not (ECONNREFUSED). Start it, or check the address.",
  ],
  [
    "whose address cannot be read",
    "postgres://u:hunter2@[nowhere/none",
    "DATABASE_URL was to be an address like postgres://user:password@host:5432/database, but cannot be read as one. Correct it.",
  ],
])("a PostgreSQL %s ends it with one sentence without the password", async (_what, databaseUrl, sentence) => {
  const { output, ended } = start(config(), { databaseUrl });
  expect(await ended).toBe(1);
  expect(output().err).toBe(`${sentence}\n`);
  expect(output().err).not.toContain("hunter2");
});

function lastLine(text: string): string | undefined {
  return text.trimEnd().split("\n").at(-1);
}
