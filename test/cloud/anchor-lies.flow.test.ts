import { expect, test } from "vitest";
import { anchorAgeMs, anchorHealth, firstAnchorCovering } from "../../cloud/anchor/repository.ts";
import type { TroubleKind } from "../../cloud/anchor/trouble.ts";
import { HANG, type Meddling, NodeError } from "../support/rpc-proxy.ts";
import { describeAnchoring } from "./anchor-bench.ts";

describeAnchoring("an endpoint that lies, hangs or is away", (bench) => {
  test("while the chain is away only the age grows, and the address of the endpoint is told nowhere", async () => {
    const { anvil, database, log, troubles, logged, clock, newWorker, raws, finish } = bench();
    await log.add(5);
    await anvil.pause();
    const worker = await newWorker({}, 300);
    try {
      await worker.work();
      await log.add(8);
      clock.now += 21 * 86_400_000;
      await worker.work();
      const health = await anchorHealth(database.db);
      expect(health).toMatchObject({ state: "unreachable", anchoredSize: 0 });
      expect(JSON.stringify([health, logged])).not.toContain("secret-access-key");
      expect(await anchorAgeMs(database.db, 1, clock.now)).toBeGreaterThan(20 * 86_400_000);
      expect(new Set(troubles)).toEqual(new Set(["unreachable"]));
      expect(await raws()).toEqual([]);
    } finally {
      anvil.continue();
    }
    // The newest covers all that waited.
    await (await newWorker()).work();
    await finish();
    expect(await anchorHealth(database.db)).toMatchObject({
      state: "idle",
      anchoredSize: 8,
      anchorsCount: 1,
    });
    expect(await anchorAgeMs(database.db, 1, clock.now)).toBe(0);
  });

  const otherHash = `0x${"ee".repeat(32)}`;
  test.each<[string, TroubleKind, Meddling]>([
    [
      "another chain",
      "disbelieved",
      ({ method }) => (method === "eth_chainId" ? Promise.resolve("0x1") : undefined),
    ],
    [
      "a header with another root for its receipts",
      "disbelieved",
      ({ method, params }, passOn) =>
        method === "eth_getBlockByNumber" && /^0x/.test(String(params[0]))
          ? changed(passOn, { receiptsRoot: otherHash })
          : undefined,
    ],
    [
      "receipts that do not lead to the header's root",
      "disbelieved",
      ({ method }, passOn) =>
        method === "eth_getBlockReceipts"
          ? passOn().then((all) => (all as object[]).map((one) => ({ ...one, cumulativeGasUsed: "0x1" })))
          : undefined,
    ],
    [
      "a block without the transaction",
      "disbelieved",
      ({ method }, passOn) =>
        method === "eth_getBlockReceipts"
          ? passOn().then((all) => (all as object[]).map((one) => ({ ...one, transactionHash: otherHash })))
          : undefined,
    ],
    [
      "a final block that is newer than the newest",
      "disbelieved",
      ({ method, params }, passOn) =>
        method === "eth_getBlockByNumber" && params[0] === "finalized"
          ? changed(passOn, { number: "0xffffff" })
          : undefined,
    ],
    [
      "something of another form",
      "disbelieved",
      ({ method }) => (method === "eth_getTransactionCount" ? Promise.resolve("many") : undefined),
    ],
    [
      "digits that are none",
      "disbelieved",
      ({ method, params }, passOn) =>
        method === "eth_getBlockByNumber" && /^0x/.test(String(params[0]))
          ? changed(passOn, { extraData: "0xabc" })
          : undefined,
    ],
    [
      "no answer to too many questions",
      "rejected",
      ({ method }) =>
        method === "eth_getTransactionCount"
          ? Promise.reject(new NodeError({ code: -32_005, message: "limit exceeded" }))
          : undefined,
    ],
    [
      "an answer of the contract that is none",
      "disbelieved",
      ({ method }) => (method === "eth_call" ? Promise.resolve("0x12") : undefined),
    ],
    [
      "a contract that is not there",
      "contract",
      ({ method }) => (method === "eth_call" ? Promise.resolve("0x") : undefined),
    ],
  ])("an endpoint that shows %s is not believed", async (_what, kind, lie) => {
    const { anvil, database, log, proxy, troubles, newWorker, stateNow } = bench();
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.mine(9);
    proxy.meddle = lie;
    await worker.work();
    expect(troubles).toEqual([kind]);
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    expect((await anchorHealth(database.db))?.state).toBe("refused");
    proxy.meddle = () => undefined;
    await worker.work();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(5);
    expect(await stateNow()).toBe("idle");
  });

  test("an event of another tree in the receipt is not believed to be this one's", async () => {
    const { anvil, database, log, proxy, newWorker } = bench();
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.mine(9);
    const swapped = (logs: unknown) =>
      (logs as { data: string }[]).map((one) => ({ ...one, data: otherHash }));
    proxy.meddle = ({ method }, passOn) => {
      if (method === "eth_getTransactionReceipt")
        return passOn().then((receipt) => ({
          ...(receipt as object),
          logs: swapped((receipt as { logs: unknown }).logs),
        }));
      return method === "eth_getLogs" ? Promise.resolve([]) : undefined;
    };
    await worker.work();
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
  });

  test("two endpoints that do not say the same are believed again when they do", async () => {
    const { anvil, database, log, proxy, troubles, newWorker } = bench();
    await log.add(5);
    const worker = await newWorker({ rpcUrls: [proxy.url, anvil.url] });
    await worker.work();
    await anvil.mine(9);
    proxy.meddle = ({ method, params }, passOn) =>
      method === "eth_getBlockByNumber" && /^0x/.test(String(params[0]))
        ? changed(passOn, { hash: otherHash })
        : undefined;
    await worker.work();
    expect(troubles).toEqual(["disagreement"]);
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    proxy.meddle = () => undefined;
    await worker.work();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(5);
  });

  test("one endpoint of two that hangs is waited for no longer than is allowed, and nothing is believed", async () => {
    const { anvil, log, proxy, troubles, newWorker, raws } = bench();
    await log.add(5);
    proxy.meddle = () => Promise.resolve(HANG);
    const worker = await newWorker({ rpcUrls: [anvil.url, proxy.url] }, 300);
    await worker.work();
    expect(troubles).toEqual(["unreachable"]);
    expect(await raws()).toEqual([]);
  });

  test("another contract in the configuration: what was anchored in the last one is no longer told", async () => {
    const { database, log, newWorker, finish } = bench();
    await log.add(5);
    await (await newWorker()).work();
    await finish();
    await newWorker({ contract: `0x${"c0".repeat(20)}` });
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    expect(await anchorHealth(database.db)).toMatchObject({ anchoredSize: 0, anchorsCount: 0 });
    await newWorker();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(5);
  });
});

const changed = (passOn: () => Promise<unknown>, what: object) =>
  passOn().then((answer) => (answer === null ? null : { ...(answer as object), ...what }));
