/** The real gateway, as it is run: its own process, its own configuration, a bed and a device for each client, no cloud. */
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GATEWAY_ENV, GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { loadDeviceId, loadDeviceKey } from "../../load/load-device.ts";
import { Forked } from "../../support/forked.ts";
import { readMetric } from "../../support/read-metric.ts";
import { writeSystemFiles } from "../../support/running-system.ts";

const DEVICES = 1_000;
const BEDS_A_ROOM = 10;
const TMPFS = 0x0102_1994;

type Ready = { readonly kind: "ready"; readonly mqttPort: number; readonly metricsUrl: string };

export type GatewayUnderTest = {
  readonly pid: number;
  readonly mqttPort: number;
  /** Where its journal lies. */
  readonly directory: string;
  /** The value of a metric, of the one with these labels; asking resets what counts since it was last asked. */
  metric(name: string, labels?: string): Promise<number>;
  stop(): Promise<void>;
};

export async function startGatewayUnderTest(
  env: Readonly<Record<string, string>> = {},
  file = "gateway/main.ts",
): Promise<GatewayUnderTest> {
  const directory = benchDirectory();
  const deviceIds = Array.from({ length: DEVICES }, (_, n) => loadDeviceId(n));
  const { gatewayFile } = await writeSystemFiles({
    directory,
    ward: wardOf(deviceIds),
    deviceKeys: new Map(deviceIds.map((id) => [id, loadDeviceKey(id)])),
    // All of them come from this machine.
    gateway: { mqtt: { connectionsPerAddressMax: 2 * DEVICES } },
  });
  const nodeOptions = GATEWAY_NODE_OPTIONS;
  const gateway = new Forked<Ready>({
    file,
    args: ["--config", gatewayFile],
    nodeOptions,
    env: { ...GATEWAY_ENV, ...env },
  });
  const stop = async () => {
    await gateway.end("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const { mqttPort, metricsUrl } = await gateway.said("ready");
    return {
      pid: gateway.pid,
      mqttPort,
      directory,
      metric: (name, labels = "") => readMetric(metricsUrl, `${name}${labels}`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A directory on a disk: what is synced to memory costs nothing, and proves nothing. */
export function benchDirectory(): string {
  const parent = process.env.HOSPITELL_BENCH_DIR ?? tmpdir();
  mkdirSync(parent, { recursive: true });
  if (statfsSync(parent).type === TMPFS)
    throw new Error(`${parent} lies in memory. Set HOSPITELL_BENCH_DIR to a directory on a disk.`);
  return mkdtempSync(join(parent, "hospitell-bench-"));
}

/** Rows that the journal holds on disk, ever. */
export const storedBy = (gateway: GatewayUnderTest) =>
  gateway.metric("hospitell_gateway_lane_head_seq", '{lane="vitals"}');

function wardOf(deviceIds: readonly string[]): object {
  const bedOf = (deviceId: string) => `bed-${deviceId}`;
  const rooms = Array.from({ length: Math.ceil(deviceIds.length / BEDS_A_ROOM) }, (_, n) => ({
    id: `room-${n}`,
    name: `Room ${n}`,
    beds: deviceIds.slice(n * BEDS_A_ROOM, (n + 1) * BEDS_A_ROOM).map((deviceId) => ({
      id: bedOf(deviceId),
      label: deviceId,
      occupancyFrom: { device: deviceId, metric: "load" },
    })),
  }));
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "none",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms,
  };
  const devices = deviceIds.map((id) => ({ id, profile: "smart-bed-senml", bed: bedOf(id) }));
  return { hospitals: [{ id: "prove", name: "Bench", wards: [ward], devices }] };
}
