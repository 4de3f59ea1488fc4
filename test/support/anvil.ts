/** A chain of our own: anvil on a loopback port, in memory, with as many blocks as a test asks for. */
import { anvilBinary } from "../../config/demo/anvil-binary.ts";
import { freePort } from "./free-port.ts";
import { SpawnedServer } from "./spawned-server.ts";

export const ANVIL_CHAIN_ID = 31_337;
/** Of the first account that anvil gives money to; known to everybody. */
export const ANVIL_RICH_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

export type AnvilOptions = {
  /** Left out: a block as soon as there is a transaction. `manual`: only by `mine`. */
  readonly mining?: "manual" | { readonly everyS: number };
  /** A block is safe after so many more, and final after twice as many. */
  readonly slotsInAnEpoch?: number;
};

/** Said aloud at home, a failure in CI. */
export function hasAnvil(): boolean {
  if (anvilBinary() !== null) return true;
  const sentence = "anvil is missing for this machine, so its tests are skipped: npm ci, on Linux";
  if (process.env.CI === "true") throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
  return false;
}

export class Anvil extends SpawnedServer {
  readonly url: string;

  private constructor(port: number, { mining, slotsInAnEpoch = 32 }: AnvilOptions) {
    const url = `http://127.0.0.1:${port}`;
    const blocks =
      mining === undefined ? [] : mining === "manual" ? ["--no-mining"] : ["-b", `${mining.everyS}`];
    const epoch = ["--slots-in-an-epoch", String(slotsInAnEpoch)];
    super({
      file: anvilBinary() ?? "anvil",
      args: ["--silent", "--host", "127.0.0.1", "--port", String(port), ...epoch, ...blocks],
      readyUrl: url,
      readyBody: JSON.stringify(request("eth_chainId", [])),
    });
    this.url = url;
  }

  static async start(options: AnvilOptions = {}): Promise<Anvil> {
    const anvil = new Anvil(await freePort(), options);
    await anvil.start();
    return anvil;
  }

  async call<Answer>(method: string, params: readonly unknown[] = []): Promise<Answer> {
    const answer = await fetch(this.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request(method, params)),
    });
    const { result, error } = (await answer.json()) as { result: Answer; error?: { message: string } };
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async mine(blocks = 1): Promise<void> {
    await this.call("anvil_mine", [`0x${blocks.toString(16)}`]);
  }
}

const request = (method: string, params: readonly unknown[]) => ({ jsonrpc: "2.0", id: 1, method, params });
