import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { BedPage } from "../../contracts/wire/board.ts";
import { GatewayStatus } from "../../contracts/wire/gateway-status.ts";
import { PROFILES } from "../../devices/profiles.ts";
import { layEmptyPglite } from "../support/empty-pglite.ts";
import { signIn } from "../support/sign-in.ts";
import { until } from "../support/until.ts";

const directory = mkdtempSync(join(tmpdir(), "hospitell-start-"));
/** Away from a demo that somebody may be running, and below the ports that the system hands out by itself. */
const PORT_OFFSET = 16_000;
let program: ChildProcess | null = null;

afterAll(() => {
  program?.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

/** Starts it and waits until it has printed its links. */
async function start(): Promise<{ output: () => string; links: string[]; tookMs: number }> {
  const startedMs = performance.now();
  let output = "";
  program = spawn(process.execPath, ["config/demo/start.ts", "--port-offset", String(PORT_OFFSET)], {
    env: { ...process.env, HOSPITELL_DATA_DIR: directory, DATABASE_URL: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [program.stdout, program.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  while (!output.includes("Ctrl-C")) {
    if (program.exitCode !== null) throw new Error(output);
    await sleep(50);
  }
  return {
    output: () => output,
    links: output.match(/http\S+token=\S+/g) ?? [],
    tookMs: performance.now() - startedMs,
  };
}

async function stop(signal: NodeJS.Signals): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => program?.once("exit", (code) => resolve(code)));
  program?.kill(signal);
  return ended;
}

/** Processes of this demo: their command line names a file in its folder. */
function processesLeft(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(directory);
    } catch {
      // It ended between the listing and the look.
      return false;
    }
  });
}

/** Two busy cores take most of a minute for a first start, and evidence settles for half of one. */
describe("npm start", { timeout: 150_000 }, () => {
  test("shows at least 48 beds of two hospitals on every profile, most of them verified by their sensors", async () => {
    // The cloud makes one from nothing in its own tests; that takes seconds.
    await layEmptyPglite(join(directory, "demo", "cloud"), "");
    const { links } = await start();
    const [boardLink = "", northLink = ""] = links;
    const board = await signIn(boardLink);
    const beds = await until(
      "44 verified beds",
      async () => {
        const page = BedPage.parse(await (await board.get("/api/v1/beds?limit=200")).json());
        return page.beds.filter((bed) => bed.derived.verification === "verified").length >= 44
          ? page.beds
          : undefined;
      },
      100_000,
    );
    expect(beds.length).toBeGreaterThanOrEqual(48);
    expect(new Set(beds.map((bed) => bed.hospitalId))).toEqual(new Set(["north", "south"]));

    const console = await signIn(northLink);
    const status = GatewayStatus.parse(await (await console.get("/api/v1/status")).json());
    expect(status.cloud.state).toBe("connected");
    expect(status.devices.filter((device) => device.lastHeardAt === null)).toEqual([]);
    expect(new Set(status.devices.map((device) => device.profile))).toEqual(new Set(PROFILES.keys()));
    // What a sound device says can be read, on every path.
    expect(status.devices.flatMap((device) => device.problems)).toEqual([]);
    expect(new Set(status.links.map((link) => link.kind))).toEqual(
      new Set(["mqtt", "mqtt-websocket", "mqtt-broker", "modbus-tcp", "modbus-rtu", "serial"]),
    );
    expect(status.links.filter((link) => link.state === "down" || link.state === "connecting")).toEqual([]);
  });

  test("stops on Ctrl-C and leaves no process behind", async () => {
    expect(processesLeft().length).toBeGreaterThanOrEqual(6);
    expect(await stop("SIGINT")).toBe(0);
    expect(processesLeft()).toEqual([]);
  });

  test("starts again where it left off, and its parts end when it is killed", async () => {
    const { links } = await start();
    const board = await signIn(links[0] ?? "");
    const page = BedPage.parse(await (await board.get("/api/v1/beds?limit=200")).json());
    expect(page.beds.length).toBeGreaterThanOrEqual(48);
    await stop("SIGKILL");
    await until("no process left", async () => (processesLeft().length === 0 ? true : undefined), 12_000);
  });
});
