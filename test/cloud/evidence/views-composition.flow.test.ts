/** The whole way: three hospitals' gateways and a cloud, each a process of its own, and a stranger with a file. */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { Child, GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { BedEvidence, EvidenceHealth } from "../../../contracts/wire/evidence.ts";
import { layEmptyPglite } from "../../support/empty-pglite.ts";
import { freePort } from "../../support/free-port.ts";
import { startKuboReplay } from "../../support/kubo-replay.ts";
import { signIn } from "../../support/sign-in.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { until } from "../../support/until.ts";

// Logs of its own: a database that others have used knows other keys.
vi.stubEnv("DATABASE_URL", "");

const HOSPITALS = ["north", "south", "east"] as const;
const UP_WITHIN_MS = 60_000;
/** Ten seconds from event to witness is what the issue asks for; a busy machine takes longer to get up. */
const WITNESSED_WITHIN_MS = 60_000;
const run = promisify(execFile);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A bed without a sensor: what its ward declares of it is what it says. */
const wardOf = (hospital: string) => ({
  hospitals: [
    {
      id: hospital,
      name: hospital,
      wards: [
        {
          id: "ward-1",
          name: "Medical",
          assignmentSource: "none",
          declared: { service: "open", staffing: "staffed" },
          rooms: [{ id: "room-1", name: "Room 1", beds: [{ id: `${hospital}-1`, label: "1A" }] }],
        },
      ],
      devices: [],
    },
  ],
});

async function startNetwork(directory: string, kuboUrl: string): Promise<Child> {
  const write = (name: string, content: string) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const keys = Object.fromEntries(
    HOSPITALS.map((id) => [id, `hk_gw-${id}_${randomBytes(32).toString("base64url")}`]),
  );
  const cloudPort = await freePort();
  const cloudFile = write(
    "cloud.yaml",
    stringify({
      http: { port: cloudPort },
      metrics: { port: 0 },
      dataDirectory: "cloud",
      evidence: { witnessesMin: 2, kubo: { url: kuboUrl } },
      hospitals: HOSPITALS.map((id) => ({ id, name: `Hospital ${id}` })),
      gateways: HOSPITALS.map((id) => ({ id: `gw-${id}`, hospital: id, keySha256: sha256(keys[id] ?? "") })),
    }),
  );
  await layEmptyPglite(join(directory, "cloud"), "");
  const child = (name: string, configFile: string) =>
    new Child({
      name,
      program: name === "cloud" ? "cloud/main.ts" : "gateway/main.ts",
      configFile,
      nodeOptions: name === "cloud" ? [] : GATEWAY_NODE_OPTIONS,
      logFile: join(directory, `${name}.log`),
      onTrouble: (sentence) => process.stderr.write(`${sentence}\n`),
    });
  const cloud = child("cloud", cloudFile);
  onTestFinished(() => cloud.stop());
  await cloud.start();
  const gateways = HOSPITALS.map((id) => {
    write(`${id}.key`, keys[id] ?? "");
    write(`${id}-ward.yaml`, stringify(wardOf(id)));
    const configFile = write(
      `${id}.yaml`,
      stringify({
        gateway: { id: `gw-${id}`, hospital: id },
        wardFile: `${id}-ward.yaml`,
        dataDirectory: `gateway-${id}`,
        cloud: { url: `http://127.0.0.1:${cloudPort}`, keyFile: `${id}.key` },
        console: { port: 0 },
        metrics: { port: 0 },
      }),
    );
    return child(`gateway-${id}`, configFile);
  });
  onTestFinished(async () => void (await Promise.all(gateways.map((gateway) => gateway.stop()))));
  for (const gateway of gateways) await gateway.start();
  return cloud;
}

test("what a bed of one hospital said is accepted by a stranger, with the gateways of both others as witnesses", async () => {
  const directory = tempDir();
  mkdirSync(directory, { recursive: true });
  const kubo = await startKuboReplay();
  onTestFinished(() => kubo.stop());
  const cloud = await startNetwork(directory, kubo.url);
  const nurse = await signIn(await cloud.signInLink("nurse", "north"));
  const evidence = async () =>
    BedEvidence.parse(await (await nurse.get("/api/v1/beds/north-1/evidence")).json());
  await until(
    "the bed is there",
    async () => ((await nurse.get("/api/v1/beds/north-1")).ok ? true : undefined),
    UP_WITHIN_MS,
  );
  const { statements } = await until(
    "all is witnessed by both others",
    async () => {
      const answer = await evidence();
      return answer.statements.length > 0 && answer.statements.every(({ bundle }) => bundle !== null)
        ? answer
        : undefined;
    },
    WITNESSED_WITHIN_MS,
  );
  const service = statements.find(({ kind }) => kind === "service-changed");
  expect(service).toMatchObject({ to: "open", state: "kept" });
  expect(service?.witnessed?.witnesses.map(({ gatewayId }) => gatewayId).sort()).toEqual([
    "gw-east",
    "gw-south",
  ]);

  const files: string[] = [];
  for (const { bundle, seq } of statements)
    for (const format of ["json", "car"]) {
      const reply = await nurse.get(`${bundle}?format=${format}`);
      expect(reply.status).toBe(200);
      files.push(join(directory, `${seq}.${format}`));
      writeFileSync(files.at(-1) ?? "", Buffer.from(await reply.arrayBuffer()));
    }
  const policy = join(directory, "policy.json");
  writeFileSync(policy, await (await nurse.get("/api/v1/evidence/policy")).text());
  const { stdout } = await run(process.execPath, [
    "contracts/verifier/main.ts",
    "--policy",
    policy,
    ...files,
  ]);
  expect(stdout.match(/^ACCEPTED/gm)).toHaveLength(files.length);
  expect(stdout).toContain("gw-south");

  await until(
    "both are published",
    async () => (kubo.pins.size === statements.length ? true : undefined),
    WITNESSED_WITHIN_MS,
  );
  expect(kubo.unknown).toEqual([]);

  const foreign = await signIn(await cloud.signInLink("nurse", "south"));
  expect((await foreign.get("/api/v1/beds/north-1/evidence")).status).toBe(404);
  expect((await foreign.get(service?.bundle ?? "")).status).toBe(404);
  const health = EvidenceHealth.parse(await (await foreign.get("/api/v1/evidence/health")).json());
  expect(health.gateways).toMatchObject([{ gatewayId: "gw-south", keyState: "in-force", halted: null }]);
  expect(health.alarms).toEqual([]);
}, 240_000);
