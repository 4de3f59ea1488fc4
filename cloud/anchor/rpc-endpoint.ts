/** One endpoint of a chain. What it answers is checked for its shape; its address, which may hold a key, is never told. */
import { FetchRequest, JsonRpcProvider, Network } from "ethers";
import * as z from "zod";
import { AnchorTrouble } from "./trouble.ts";

/** How ethers names an answer that is an error; whatever else it throws means that there was no answer. */
const REFUSALS = [
  "CALL_EXCEPTION",
  "INSUFFICIENT_FUNDS",
  "NONCE_EXPIRED",
  "REPLACEMENT_UNDERPRICED",
  "ACTION_REJECTED",
  "UNSUPPORTED_OPERATION",
  "UNKNOWN_ERROR",
];

/** The node's own refusal of a call. `data`: what a contract said, as 0x and hexadecimal digits. */
export class RpcRefusal extends AnchorTrouble {
  readonly code: string;
  readonly data: string | null;

  constructor(code: string, sentence: string, data: string | null) {
    super("rejected", `the node refuses: ${sentence}`);
    this.code = code;
    this.data = data;
  }

  /** It was the contract that refused, not the node. */
  get isContracts(): boolean {
    return this.code === "CALL_EXCEPTION";
  }
}

const RpcError = z.object({
  code: z.string().catch("no reason"),
  message: z.string().catch("no reason"),
  data: z.string().nullish().catch(null),
  error: z.object({ message: z.string() }).nullish().catch(null),
  info: z
    .object({ error: z.object({ message: z.string() }) })
    .nullish()
    .catch(null),
});

export class RpcEndpoint {
  /** For people: the host alone. */
  readonly name: string;
  readonly #provider: JsonRpcProvider;

  constructor(url: string, chainId: number, answerMsMax: number) {
    this.name = new URL(url).host;
    const request = new FetchRequest(url);
    request.timeout = answerMsMax;
    request.setThrottleParams({ maxAttempts: 1 });
    this.#provider = new JsonRpcProvider(request, undefined, {
      staticNetwork: Network.from(chainId),
      cacheTimeout: -1,
      batchMaxCount: 1,
    });
  }

  /** Throws an AnchorTrouble where there is no answer or one of another shape, an RpcRefusal where the answer is no. */
  async ask<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    params: readonly unknown[],
  ): Promise<z.infer<Schema>> {
    const read = schema.safeParse(await this.#send(method, params));
    if (read.success) return read.data;
    throw new AnchorTrouble("disbelieved", `${this.name} answered ${method} in a form that was not expected`);
  }

  close(): void {
    this.#provider.destroy();
  }

  async #send(method: string, params: readonly unknown[]): Promise<unknown> {
    try {
      return await this.#provider.send(method, [...params]);
    } catch (error) {
      const { code, message, data, error: inner, info } = RpcError.parse(error);
      if (!REFUSALS.includes(code))
        throw new AnchorTrouble("unreachable", `${this.name} did not answer ${method} (${code})`);
      throw new RpcRefusal(code, inner?.message ?? info?.error.message ?? message, data ?? null);
    }
  }
}
