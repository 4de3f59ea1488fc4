/** A chain for the demo, with a contract on it and somebody who may anchor there. */
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse as parseYaml, stringify } from "yaml";
import * as z from "zod";
import { anvilBinary } from "./anvil-binary.ts";
import type { Child, Ready } from "./child.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");
const PORT = 8545;
/** Play money, in wei. */
const FUNDS = "0xde0b6b3a7640000";
const ANCHOR_EVERY_MINUTE = "* * * * *";
const LOOK_EVERY_S = 1;

const Deployed = z.object({ anchor: z.record(z.string(), z.unknown()) });
/** What goes under `anchor` into the cloud's configuration. */
export type DemoAnchor = Readonly<Record<string, unknown>>;
export type DemoChain = { readonly url: string; readonly anchor: DemoAnchor };

export type ChainStart = {
  readonly directory: string;
  readonly portOffset: number;
  readonly childOf: (configFile: string) => Pick<Child, "start">;
};

/** Null where this machine has no anvil. */
export async function startChain({ directory, portOffset, childOf }: ChainStart): Promise<DemoChain | null> {
  if (anvilBinary() === null) return null;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const configFile = join(directory, "chain.yaml");
  writeFileSync(configFile, stringify({ port: PORT + portOffset, directory: join(directory, "chain") }), {
    mode: 0o600,
  });
  const url = urlOf(await childOf(configFile).start());
  // Of the chain of the last start, which is no more.
  const keyFile = join(directory, "anchor.key");
  rmSync(keyFile, { force: true });
  const address = await command("new-key", "--key-file", keyFile);
  await fund(url, address);
  const { anchor } = Deployed.parse(parseYaml(await command("deploy", "--rpc", url, "--key-file", keyFile)));
  return { url, anchor: { ...anchor, schedule: ANCHOR_EVERY_MINUTE, lookEverySeconds: LOOK_EVERY_S } };
}

function urlOf({ url }: Ready): string {
  if (url === undefined) throw new Error("the demo's chain did not say where it listens");
  return url;
}

async function command(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ["cloud/anchor-command.ts", ...args], { cwd: ROOT });
  return stdout.trim();
}

async function fund(url: string, address: string): Promise<void> {
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "anvil_setBalance",
    params: [address, FUNDS],
  });
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!answer.ok) throw new Error(`the demo's chain was to fund an account, but answered ${answer.status}`);
}
