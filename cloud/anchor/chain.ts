/**
 * The chain as its endpoints show it. Where there are several, all must say the same of what counts, or none is
 * believed; until they do again, nothing is done.
 */
import * as z from "zod";
import { isSameHead, refusalName, sizeAt } from "./chain-calls.ts";
import { type AnchoredHead, anchorCall, anchoredTopics, readAnchored } from "./contract.ts";
import type { ChainView, Inclusion } from "./decide-step.ts";
import { type AnchorProof, proveInclusion } from "./prove-inclusion.ts";
import { RpcReceipt } from "./receipts-trie.ts";
import { RpcEndpoint, RpcRefusal } from "./rpc-endpoint.ts";
import { AnchorTrouble, orDisbelieved } from "./trouble.ts";

export const ANSWER_MS_MAX = 10_000;
/** How far back an event is looked for that none of the stored transactions made; endpoints allow no more at once. */
const LOG_BLOCKS_MAX = 10_000;
/** A node's advice for the tip where it gives none, in wei. */
const TIP_WEI = 1_000_000_000n;
/** An anchor takes some forty thousand; what says more is wrong. */
const GAS_MAX = 1_000_000n;
/** Of what a call needed when it was tried: the contract's storage may have been touched since. */
const GAS_ROOM = { times: 5n, by: 4n } as const;
/**
 * An endpoint tries the call on what it has then, and may have this very tree in a block that is undone later: to repeat
 * an anchor takes 28,600, and the first into a contract 70,300. Gas that is left over is not paid for.
 */
const GAS_OF_A_FIRST_ANCHOR_ABOVE_A_REPEATED = 50_000n;

const Quantity = z.string().regex(/^0x[0-9a-f]+$/);
const Count = Quantity.transform(Number).pipe(z.int().nonnegative());
const Hash = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .toLowerCase();
const BlockRef = z.object({ number: Count, hash: Hash, baseFeePerGas: Quantity.nullish() });
const Log = z.object({
  topics: z.array(z.string()),
  data: z.string(),
  blockNumber: Count,
  blockHash: Hash,
  transactionHash: Hash,
});

export type ChainTarget = {
  readonly chainId: number;
  /** 0x and 40 lower-case hexadecimal digits. */
  readonly contract: string;
};
export type ChainOptions = ChainTarget & {
  readonly rpcUrls: readonly string[];
  readonly answerMsMax: number;
};

export class Chain {
  readonly #target: ChainTarget;
  readonly #endpoints: readonly RpcEndpoint[];

  constructor({ rpcUrls, chainId, contract, answerMsMax }: ChainOptions) {
    this.#target = { chainId, contract };
    this.#endpoints = rpcUrls.map((url) => new RpcEndpoint(url, chainId, answerMsMax));
  }

  close(): void {
    for (const endpoint of this.#endpoints) endpoint.close();
  }

  async look(publisher: string): Promise<ChainView> {
    const views = await this.#fromEach((endpoint) => this.#lookBy(endpoint, publisher));
    const least = (of: (view: ChainView) => number) => Math.min(...views.map(of));
    const [view] = views;
    const finalBlock = least((one) => one.finalBlock);
    await this.#agreed(`block ${finalBlock}`, (endpoint) => hashOfBlock(endpoint, finalBlock));
    return {
      newestBlock: least((one) => one.newestBlock),
      safeBlock: least((one) => one.safeBlock),
      finalBlock,
      nextNonce: same(
        "the publisher's nonce",
        views.map(({ nextNonce }) => nextNonce),
      ),
      finalNonce: least((one) => one.finalNonce),
      finalSize: least((one) => one.finalSize),
      market: view.market,
    };
  }

  /** Of any of the transactions; of somebody else's where the contract has held the tree since a final block. */
  async inclusionOf(
    head: AnchoredHead,
    transactionHashes: readonly string[],
    view: ChainView,
  ): Promise<Inclusion | null> {
    let found: Inclusion | null = null;
    for (const hash of transactionHashes) {
      const inclusion = await this.#agreed(`transaction ${hash}`, (endpoint) =>
        this.#receiptOf(endpoint, hash, head),
      );
      if (inclusion?.hasEvent) return inclusion;
      found ??= inclusion;
    }
    if (view.finalSize < head.size) return found;
    const event = await this.#agreed(`the event of ${head.size}`, (endpoint) =>
      this.#eventOf(endpoint, head, view),
    );
    return event ?? found;
  }

  async isPooled(transactionHash: string): Promise<boolean> {
    const schema = z.object({ hash: Hash }).nullable();
    const found = await this.#fromEach((endpoint) =>
      endpoint.ask(schema, "eth_getTransactionByHash", [transactionHash]),
    );
    return found.every((one) => one !== null);
  }

  /** What the contract says to it now, in a word; null: it would take it. */
  async refusalOf(publisher: string, head: AnchoredHead): Promise<string | null> {
    try {
      await this.#first.ask(z.string(), "eth_call", [this.#call(publisher, head), "latest"]);
      return null;
    } catch (error) {
      if (!(error instanceof RpcRefusal && error.isContracts)) throw error;
      return refusalName(error.data) ?? error.message;
    }
  }

  async gasLimit(publisher: string, head: AnchoredHead): Promise<bigint> {
    try {
      const needed = await this.#first.ask(Quantity, "eth_estimateGas", [this.#call(publisher, head)]);
      if (BigInt(needed) > GAS_MAX)
        throw new AnchorTrouble("disbelieved", `anchoring was said to need ${needed.slice(0, 20)} gas`);
      return (BigInt(needed) * GAS_ROOM.times) / GAS_ROOM.by + GAS_OF_A_FIRST_ANCHOR_ABOVE_A_REPEATED;
    } catch (error) {
      if (!(error instanceof RpcRefusal)) throw error;
      throw sendTrouble(error);
    }
  }

  /** The very bytes, to every endpoint; settles where one has them, now or since earlier. */
  async send(rawTransaction: string): Promise<void> {
    const told = await Promise.allSettled(
      this.#endpoints.map((endpoint) => endpoint.ask(Hash, "eth_sendRawTransaction", [rawTransaction])),
    );
    const refusals = told.flatMap((one) =>
      one.status === "rejected" && !isKnown(one.reason) ? [one.reason] : [],
    );
    if (refusals.length < told.length) return;
    const [first] = refusals;
    throw first instanceof RpcRefusal ? sendTrouble(first) : first;
  }

  /** Everything that a reader needs to check it without asking anybody, checked here. */
  async prove(head: AnchoredHead, inclusion: Inclusion): Promise<AnchorProof> {
    await this.#agreed(`block ${inclusion.blockNumber}`, (endpoint) =>
      hashOfBlock(endpoint, inclusion.blockNumber),
    );
    return await orDisbelieved(`what ${this.#first.name} shows`, () =>
      proveInclusion(this.#first, this.#target.contract, head, inclusion),
    );
  }

  get #first(): RpcEndpoint {
    const [first] = this.#endpoints;
    if (first === undefined) throw new Error("a chain has at least one endpoint");
    return first;
  }

  #call(publisher: string, head: AnchoredHead) {
    return { from: publisher, to: this.#target.contract, data: anchorCall(head) };
  }

  async #lookBy(endpoint: RpcEndpoint, publisher: string): Promise<ChainView> {
    const { chainId, contract } = this.#target;
    const found = await endpoint.ask(Count, "eth_chainId", []);
    if (found !== chainId)
      throw new AnchorTrouble(
        "disbelieved",
        `${endpoint.name} was to be of chain ${chainId}, but is of ${found}`,
      );
    const block = (tag: string) => endpoint.ask(BlockRef, "eth_getBlockByNumber", [tag, false]);
    const nonce = (tag: string) => endpoint.ask(Count, "eth_getTransactionCount", [publisher, tag]);
    const [newest, safe, final, nextNonce, finalNonce] = await Promise.all([
      block("latest"),
      block("safe"),
      block("finalized"),
      nonce("latest"),
      nonce("finalized"),
    ]);
    if (!(final.number <= safe.number && safe.number <= newest.number) || finalNonce > nextNonce)
      throw new AnchorTrouble(
        "disbelieved",
        `${endpoint.name} has a final block that is newer than its newest`,
      );
    if ((await sizeAt(endpoint, contract, "latest")) === null)
      throw new AnchorTrouble("contract", `there is no such contract at ${contract} on chain ${chainId}`);
    return {
      newestBlock: newest.number,
      safeBlock: safe.number,
      finalBlock: final.number,
      nextNonce,
      finalNonce,
      finalSize: (await sizeAt(endpoint, contract, "finalized")) ?? 0,
      market: { baseFeeWei: BigInt(newest.baseFeePerGas ?? 0), tipWei: await tipBy(endpoint) },
    };
  }

  async #receiptOf(endpoint: RpcEndpoint, hash: string, head: AnchoredHead): Promise<Inclusion | null> {
    const receipt = await endpoint.ask(RpcReceipt.nullable(), "eth_getTransactionReceipt", [hash]);
    if (receipt === null) return null;
    const blockNumber = Number(receipt.blockNumber);
    const blockHash = receipt.blockHash.toLowerCase();
    if (receipt.transactionHash.toLowerCase() !== hash)
      throw new AnchorTrouble(
        "disbelieved",
        `${endpoint.name} answered with the receipt of another transaction`,
      );
    // Of a block that a reorg left behind.
    if ((await hashOfBlock(endpoint, blockNumber)) !== blockHash) return null;
    const hasEvent =
      Number(receipt.status) === 1 &&
      receipt.logs.some(
        ({ address, topics, data }) =>
          address.toLowerCase() === this.#target.contract && isSameHead(readAnchored(topics, data), head),
      );
    return { transactionHash: hash, blockNumber, blockHash, hasEvent };
  }

  async #eventOf(endpoint: RpcEndpoint, head: AnchoredHead, view: ChainView): Promise<Inclusion | null> {
    const fromBlock = `0x${Math.max(0, view.newestBlock - LOG_BLOCKS_MAX + 1).toString(16)}`;
    const filter = {
      address: this.#target.contract,
      topics: anchoredTopics(head.size),
      fromBlock,
      toBlock: "latest",
    };
    const logs = await endpoint.ask(z.array(Log), "eth_getLogs", [filter]);
    const event = logs.find(({ topics, data }) => isSameHead(readAnchored(topics, data), head));
    if (event === undefined) return null;
    const { transactionHash, blockNumber, blockHash } = event;
    return { transactionHash, blockNumber, blockHash, hasEvent: true };
  }

  async #fromEach<Answer>(ask: (endpoint: RpcEndpoint) => Promise<Answer>): Promise<[Answer, ...Answer[]]> {
    const asked = (endpoint: RpcEndpoint) => orDisbelieved(`what ${endpoint.name} says`, () => ask(endpoint));
    const [first, ...others] = await Promise.all([
      asked(this.#first),
      ...this.#endpoints.slice(1).map(asked),
    ]);
    return [first, ...others];
  }

  async #agreed<Answer>(what: string, ask: (endpoint: RpcEndpoint) => Promise<Answer>): Promise<Answer> {
    return same(what, await this.#fromEach(ask));
  }
}

function same<Answer>(what: string, answers: readonly [Answer, ...Answer[]] | readonly Answer[]): Answer {
  const [first] = answers;
  if (answers.every((one) => JSON.stringify(one) === JSON.stringify(first))) return first as Answer;
  throw new AnchorTrouble("disagreement", `the endpoints do not say the same of ${what}`);
}

async function hashOfBlock(endpoint: RpcEndpoint, number: number): Promise<string | null> {
  const at = `0x${number.toString(16)}`;
  return (await endpoint.ask(BlockRef.nullable(), "eth_getBlockByNumber", [at, false]))?.hash ?? null;
}

async function tipBy(endpoint: RpcEndpoint): Promise<bigint> {
  try {
    return BigInt(await endpoint.ask(Quantity, "eth_maxPriorityFeePerGas", []));
  } catch (error) {
    if (error instanceof RpcRefusal) return TIP_WEI;
    throw error;
  }
}

/** That one, or a dearer one of the same number, which it replaces once it is dearer itself. */
const isKnown = (error: unknown) =>
  error instanceof RpcRefusal &&
  (error.code === "REPLACEMENT_UNDERPRICED" ||
    /already ?(known|imported)|known transaction|replacement transaction underpriced/i.test(error.message));

function sendTrouble({ code, message, data }: RpcRefusal): AnchorTrouble {
  if (code === "INSUFFICIENT_FUNDS" || /insufficient funds/i.test(message))
    return new AnchorTrouble("funds", "the publisher's account cannot pay for the transaction");
  const refusal = refusalName(data);
  if (refusal !== null) return new AnchorTrouble("contract", `the contract refuses: ${refusal}`);
  return new AnchorTrouble("rejected", `the node did not take the transaction: ${message}`);
}
