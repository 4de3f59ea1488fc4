/** A gateway's own process before a cloud that lies to it. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { findForkFile } from "../../../gateway/log-book/fork-file.ts";
import type { GatewayMessage } from "../../../gateway/run-main.ts";
import { Forked } from "../../support/forked.ts";
import { writeSystemFiles } from "../../support/running-system.ts";
import { until } from "../../support/until.ts";
import { cloneWard } from "../clone/clone-ward.ts";
import type { Chance } from "../fuzz/noise.ts";
import { faultOf } from "./judge-evidence.ts";
import type { Lie } from "./lies.ts";
import { LyingServer } from "./lying-server.ts";

export type RealGatewayParts = {
  readonly directory: string;
  readonly lie: Lie;
  readonly honestRounds: number;
  readonly chance: Chance;
};

const REFUSED_WITHIN_MS = 90_000;

/** What is wrong with how it took the lie, in sentences; empty: nothing. */
export async function deceive(parts: RealGatewayParts): Promise<readonly string[]> {
  const { directory, lie, honestRounds } = parts;
  mkdirSync(directory, { recursive: true });
  const { ward, deviceKeys } = cloneWard();
  const { gatewayFile } = await writeSystemFiles({ directory, ward, deviceKeys });
  const { cloud } = parse(readFileSync(gatewayFile, "utf8")) as { cloud: { url: string } };
  const server = new LyingServer({ ...parts, port: Number(new URL(cloud.url).port) });
  await server.start();
  const start = () =>
    new Forked<GatewayMessage>({
      file: "gateway/main.ts",
      args: ["--config", gatewayFile],
      nodeOptions: GATEWAY_NODE_OPTIONS,
    });
  const gateway = start();
  try {
    const data = join(directory, "gateway");
    const file = await until(
      `a gateway's process that was told ${lie} keeps evidence of it`,
      async () => (existsSync(data) ? (findForkFile(data) ?? undefined) : undefined),
      REFUSED_WITHIN_MS,
    );
    const { seen, toldLie, cosignatures, lies } = server;
    const lied = new Set(lies.map(({ checkpoint }) => checkpoint.split("\n")[2]));
    const faults = [
      cosignatures.length < honestRounds ? "it did not cosign what was true" : null,
      cosignatures.some(({ root }) => lied.has(root)) ? "it cosigned a lie" : null,
      seen === null || toldLie === null
        ? "it refused before it was lied to"
        : faultOf(file, lie, seen, toldLie),
    ];
    return faults.flatMap((fault) => (fault === null ? [] : [`a gateway's process, ${lie}: ${fault}`]));
  } finally {
    await gateway.end();
    await server.stop();
  }
}
