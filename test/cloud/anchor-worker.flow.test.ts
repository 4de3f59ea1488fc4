import { Transaction, Wallet } from "ethers";
import { expect, test } from "vitest";
import { anchorHealth, firstAnchorCovering } from "../../cloud/anchor/repository.ts";
import { fromBase64 } from "../../contracts/log/bytes.ts";
import { parseNote } from "../../contracts/log/note.ts";
import { hasAnchored, provenReceipt, readHeader } from "../../contracts/log/receipt-proof.ts";
import { ANVIL_CHAIN_ID, ANVIL_RICH_KEY } from "../support/anvil.ts";
import { describeAnchoring, ETHER } from "./anchor-bench.ts";

describeAnchoring("the anchoring of the network's log", (bench) => {
  test("a witnessed checkpoint is signed, sent, mined, safe and final, and then told with what proves it", async () => {
    const { anvil, database, contract, log, troubles, newWorker, stateNow } = bench();
    const root = await log.add(5);
    await log.add(7, { cosigned: false });
    const worker = await newWorker();
    await worker.work();
    expect(await stateNow()).toBe("sent");
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    await anvil.mine();
    await worker.work();
    expect(await stateNow()).toBe("mined");
    await anvil.mine(4);
    await worker.work();
    expect(await stateNow()).toBe("safe");
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    await anvil.mine(4);
    expect(await worker.work()).toBe(false);
    expect(troubles).toEqual([]);
    const anchor = await firstAnchorCovering(database.db, 5);
    if (anchor === null) throw new Error("it was to be anchored");
    expect(parseNote(anchor.checkpoint)).toMatchObject({ size: 5 });
    expect(parseNote(anchor.checkpoint)?.signatures).toHaveLength(2);
    const header = readHeader(anchor.header);
    expect(header?.number).toBe(anchor.blockNumber);
    expect(`0x${Buffer.from(header?.hash ?? []).toString("hex")}`).toBe(anchor.blockHash);
    const nodes = anchor.receiptProof.map((node) => fromBase64(node) ?? new Uint8Array());
    const receipt =
      header === null ? null : provenReceipt(header.receiptsRoot, anchor.transactionIndex, nodes);
    if (receipt === null) throw new Error("the receipt was to be proven");
    const head = { size: 5, root: Buffer.from(root.slice(2), "hex") };
    expect(hasAnchored(receipt, anchor.logIndex, contract, head)).toBe(true);
    expect(await firstAnchorCovering(database.db, 6)).toBeNull();
    expect(await anchorHealth(database.db)).toMatchObject({
      chainId: ANVIL_CHAIN_ID,
      contract,
      anchoredSize: 5,
      blockNumber: anchor.blockNumber,
      state: "idle",
      lastError: null,
      anchorsCount: 1,
    });
  });

  test("nothing is queued that is not witnessed, or not larger than before", async () => {
    const { log, newWorker, stateNow, raws, finish } = bench();
    await log.add(5, { cosigned: false });
    const worker = await newWorker();
    expect(await worker.work()).toBe(false);
    expect(await stateNow()).toBe("idle");
    await log.cosign(5);
    await (await newWorker()).work();
    await finish();
    expect(await (await newWorker()).work()).toBe(false);
    expect(await raws()).toHaveLength(1);
  });

  test("the next one is queued while the last is not final yet, and costs less than 40,000 gas", async () => {
    const { anvil, database, log, newWorker, stateNow, raws, finish } = bench();
    await log.add(5);
    await (await newWorker()).work();
    await anvil.mine();
    await (await newWorker()).work();
    await log.add(9);
    await (await newWorker()).work();
    expect(await stateNow()).toBe("mined");
    expect(await raws()).toHaveLength(2);
    await finish();
    const health = await anchorHealth(database.db);
    expect(health).toMatchObject({ anchoredSize: 9, anchorsCount: 2, state: "idle" });
    expect(health?.lastGas).toBeLessThanOrEqual(40_000);
    expect((await firstAnchorCovering(database.db, 5))?.size).toBe(5);
    expect((await firstAnchorCovering(database.db, 6))?.size).toBe(9);
  });

  test("a transaction that was stored and not sent is sent by the next process, byte for byte", async () => {
    const { log, proxy, newWorker, stateNow, nonce, raws, sentRaws, finish } = bench();
    await log.add(5);
    proxy.meddle = ({ method }) =>
      method === "eth_sendRawTransaction" ? Promise.reject(new Error("cut")) : undefined;
    await (await newWorker()).work();
    expect(await stateNow()).toBe("unreachable");
    const [stored] = await raws();
    proxy.meddle = () => undefined;
    await finish();
    expect(sentRaws()).toEqual([stored, stored]);
    expect(await raws()).toEqual([stored]);
    expect(await nonce()).toBe(1);
  });

  test("an answer that never came is asked for again, and nothing is signed twice", async () => {
    const { anvil, database, log, proxy, newWorker, nonce, raws, finish } = bench();
    await log.add(5);
    proxy.meddle = ({ method }, passOn) =>
      method === "eth_sendRawTransaction" ? passOn().then(() => Promise.reject(new Error("cut"))) : undefined;
    await (await newWorker()).work();
    await anvil.mine();
    proxy.meddle = () => undefined;
    await finish();
    expect(await raws()).toHaveLength(1);
    expect(await nonce()).toBe(1);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      state: "idle",
      lastError: null,
    });
  });

  test("a dropped transaction is sent again, byte for byte", async () => {
    const { anvil, database, log, newWorker, sentRaws, finish } = bench();
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.call("anvil_dropAllTransactions");
    await anvil.mine();
    await worker.work();
    await finish(worker);
    expect(new Set(sentRaws()).size).toBe(1);
    expect(sentRaws()).toHaveLength(2);
    expect(await anchorHealth(database.db)).toMatchObject({ anchoredSize: 5, anchorsCount: 1 });
  });

  test("after a reorg the same bytes are sent again, and only the block that stays is told", async () => {
    const { anvil, database, log, newWorker, stateNow, nonce, sentRaws, finish } = bench();
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.mine(6);
    await worker.work();
    expect(await stateNow()).toBe("safe");
    const before = await anvil.call<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
    await anvil.call("anvil_reorg", [6, []]);
    await anvil.call("anvil_dropAllTransactions");
    expect((await anvil.call<{ hash: string }>("eth_getBlockByNumber", ["latest", false])).hash).not.toBe(
      before.hash,
    );
    await worker.work();
    expect(await stateNow()).toBe("sent");
    await finish(worker);
    expect(new Set(sentRaws()).size).toBe(1);
    const anchor = await firstAnchorCovering(database.db, 5);
    const block = await anvil.call<{ hash: string }>("eth_getBlockByNumber", [
      `0x${anchor?.blockNumber.toString(16)}`,
      false,
    ]);
    expect(anchor?.blockHash).toBe(block.hash);
    expect(await nonce()).toBe(1);
  });

  test("one signed while another's anchor of the same tree was in a block has gas enough where that block is undone", async () => {
    const { anvil, database, log, newWorker, nonce, raws, finish, anchorAs } = bench();
    await anchorAs(ANVIL_RICH_KEY, 5, await log.add(5));
    const worker = await newWorker();
    await worker.work();
    await anvil.call("anvil_reorg", [1, []]);
    await finish(worker);
    expect(await raws()).toHaveLength(1);
    expect(await nonce()).toBe(1);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      anchorsCount: 1,
      state: "idle",
    });
  });

  test("when gas becomes dear it offers more for the same number, up to the cap and no further", async () => {
    const { anvil, database, log, newWorker, nonce, raws, finish } = bench();
    await log.add(5);
    const worker = await newWorker({ feeCapGwei: 10 });
    await worker.work();
    for (let block = 0; block < 24; block += 1) {
      await anvil.call("anvil_setNextBlockBaseFeePerGas", [`0x${(100n * 10n ** 9n).toString(16)}`]);
      await anvil.mine();
      await worker.work();
    }
    expect(await anchorHealth(database.db)).toMatchObject({
      state: "refused",
      lastError: expect.stringContaining("feeCapGwei"),
    });
    const offers = (await raws()).map((raw) => Transaction.from(raw));
    expect(offers.length).toBeGreaterThan(1);
    expect(new Set(offers.map(({ nonce }) => nonce))).toEqual(new Set([0]));
    for (const { maxFeePerGas } of offers) expect(maxFeePerGas).toBeLessThanOrEqual(10n * 10n ** 9n);
    await anvil.call("anvil_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
    await finish(worker);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      anchorsCount: 1,
      state: "idle",
    });
    expect(await nonce()).toBe(1);
  });

  test("where another process used its number, it waits until that is final and takes the next one", async () => {
    const { anvil, database, log, proxy, newWorker, raws, finish, spendNonce } = bench();
    await log.add(5);
    const worker = await newWorker();
    proxy.meddle = ({ method }) =>
      method === "eth_sendRawTransaction" ? Promise.reject(new Error("cut")) : undefined;
    await worker.work();
    proxy.meddle = () => undefined;
    await spendNonce(0);
    await worker.work();
    expect(await raws()).toHaveLength(1);
    await anvil.mine(9);
    await finish(worker);
    expect((await raws()).map((raw) => Transaction.from(raw).nonce)).toEqual([0, 1]);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      anchorsCount: 1,
      state: "idle",
    });
  });

  test("an anchor that another publisher made of the same tree is taken as it is", async () => {
    const { anvil, database, contract, log, newWorker, raws, anchorAs } = bench();
    const root = await log.add(5);
    await anchorAs(ANVIL_RICH_KEY, 5, root);
    await anvil.mine(9);
    await (await newWorker()).work();
    expect(await raws()).toHaveLength(0);
    expect(await firstAnchorCovering(database.db, 5)).toMatchObject({ size: 5, contract });
  });

  test("one that can never be anchored, since the contract holds a larger tree, gives way to the next", async () => {
    const { anvil, database, log, newWorker, raws, finish, anchorAs } = bench();
    await log.add(5);
    await anchorAs(ANVIL_RICH_KEY, 7, `0x${"77".repeat(32)}`);
    await anvil.mine(9);
    await (await newWorker()).work();
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    await log.add(9);
    await (await newWorker()).work();
    await finish();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(9);
    expect(await raws()).toHaveLength(1);
  });

  test("a contract that refuses is told by its own word, without gas and without the endpoint's address", async () => {
    const { database, key, log, newWorker, raws, finish, asAdmin } = bench();
    await log.add(5);
    const publisher = new Wallet(key).address;
    await asAdmin("revokePublisher", publisher);
    const worker = await newWorker();
    await worker.work();
    expect(await anchorHealth(database.db)).toMatchObject({
      state: "refused",
      lastError: `the contract refuses: NotPublisher(${publisher})`,
    });
    expect(await raws()).toEqual([]);
    await asAdmin("grantPublisher", publisher);
    await finish(worker);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      state: "idle",
      lastError: null,
    });
  });

  test("an account without money is told so", async () => {
    const { anvil, database, key, log, troubles, newWorker, finish } = bench();
    await log.add(5);
    await anvil.call("anvil_setBalance", [new Wallet(key).address, "0x0"]);
    const worker = await newWorker();
    await worker.work();
    expect(troubles).toEqual(["funds"]);
    await anvil.call("anvil_setBalance", [new Wallet(key).address, `0x${ETHER.toString(16)}`]);
    await finish(worker);
    expect(await anchorHealth(database.db)).toMatchObject({ anchoredSize: 5, state: "idle" });
  });
});
