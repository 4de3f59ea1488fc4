import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type BaseContract, Contract, JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { anchorInterface, readAnchored } from "../../../cloud/anchor/contract.ts";
import { deployAnchor } from "../../../cloud/anchor/deploy.ts";
import { leafHash } from "../../../contracts/log/hash.ts";
import { Frontier, inclusionPath, isIncluded } from "../../../contracts/log/tree.ts";
import { ANVIL_CHAIN_ID, ANVIL_RICH_KEY, Anvil, hasAnvil } from "../../support/anvil.ts";
import { ARTIFACT_FILE, compileAnchor } from "../../support/compile-anchor.ts";

const GAS_MAX = 40_000n;
const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;
const someRoot = () => hex(randomBytes(32));

test("the committed artifact is what the compiler makes of the source", () => {
  expect(JSON.parse(readFileSync(ARTIFACT_FILE, "utf8"))).toEqual(compileAnchor());
});

describe.skipIf(!hasAnvil())("the contract on a chain", () => {
  let anvil: Anvil;
  let provider: JsonRpcProvider;
  let contractAddress: string;
  const keys = { admin: ANVIL_RICH_KEY, publisher: someRoot(), stranger: someRoot() };

  beforeAll(async () => {
    anvil = await Anvil.start();
    provider = new JsonRpcProvider(anvil.url, ANVIL_CHAIN_ID, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 20,
    });
    for (const key of Object.values(keys))
      await anvil.call("anvil_setBalance", [new Wallet(key).address, "0xde0b6b3a7640000"]);
  });
  beforeEach(async () => {
    const publisher = new Wallet(keys.publisher).address;
    const deployed = await deployAnchor({ rpcUrl: anvil.url, privateKey: keys.admin, publisher });
    expect(deployed.chainId).toBe(ANVIL_CHAIN_ID);
    contractAddress = deployed.contract;
  });
  afterAll(async () => {
    provider.destroy();
    await anvil.stop();
  });

  const as = (who: keyof typeof keys): BaseContract =>
    new Contract(contractAddress, anchorInterface, new NonceManager(new Wallet(keys[who], provider)));
  const view = async <Value>(name: string, ...args: unknown[]) =>
    (await as("stranger")
      .getFunction(name)
      .staticCall(...args)) as Value;
  async function send(who: keyof typeof keys, name: string, ...args: unknown[]) {
    const sent = await as(who)
      .getFunction(name)
      .send(...args);
    const receipt = await sent.wait();
    if (receipt === null) throw new Error(`${name} has no receipt`);
    return receipt;
  }
  /** The name of the error with which the call is refused; null where it is not. */
  async function refusal(who: keyof typeof keys, name: string, ...args: unknown[]): Promise<string | null> {
    try {
      await as(who)
        .getFunction(name)
        .staticCall(...args);
      return null;
    } catch (error) {
      return (error as { revert?: { name: string } }).revert?.name ?? String(error);
    }
  }

  test("a root is kept and told in one event, for less than 40,000 gas once there was one before", async () => {
    await send("publisher", "anchor", 7, someRoot());
    const root = someRoot();
    const receipt = await send("publisher", "anchor", 1_000_000, root);
    expect(receipt.logs.map(({ topics, data }) => readAnchored(topics, data))).toEqual([
      { size: 1_000_000, root },
    ]);
    expect(await view("size")).toBe(1_000_000n);
    expect(await view("root")).toBe(root);
    expect(receipt.gasUsed).toBeLessThanOrEqual(GAS_MAX);
  });

  test("the same size and root again change nothing and tell nothing", async () => {
    const root = someRoot();
    await send("publisher", "anchor", 7, root);
    const again = await send("publisher", "anchor", 7, root);
    expect(again.status).toBe(1);
    expect(again.logs).toEqual([]);
    expect(await view("root")).toBe(root);
  });

  test("a smaller tree, and another root of the same size, are refused", async () => {
    await send("publisher", "anchor", 7, someRoot());
    expect(await refusal("publisher", "anchor", 6, someRoot())).toBe("NotLarger");
    expect(await refusal("publisher", "anchor", 7, someRoot())).toBe("OtherRoot");
    expect(await refusal("publisher", "anchor", 8, someRoot())).toBeNull();
  });

  test("only publishers anchor: several, granted and revoked by the admin alone", async () => {
    const stranger = new Wallet(keys.stranger).address;
    expect(await refusal("stranger", "anchor", 1, someRoot())).toBe("NotPublisher");
    expect(await refusal("admin", "anchor", 1, someRoot())).toBe("NotPublisher");
    expect(await refusal("publisher", "grantPublisher", stranger)).toBe("NotAdmin");
    await send("admin", "grantPublisher", stranger);
    await send("stranger", "anchor", 1, someRoot());
    await send("publisher", "anchor", 2, someRoot());
    expect(await refusal("stranger", "revokePublisher", stranger)).toBe("NotAdmin");
    await send("admin", "revokePublisher", stranger);
    expect(await refusal("stranger", "anchor", 3, someRoot())).toBe("NotPublisher");
    expect(await refusal("publisher", "anchor", 3, someRoot())).toBeNull();
  });

  test("the administration goes over in two steps, and an offer can be taken back", async () => {
    const [admin, stranger] = [new Wallet(keys.admin).address, new Wallet(keys.stranger).address];
    expect(await refusal("stranger", "offerAdmin", stranger)).toBe("NotAdmin");
    await send("admin", "offerAdmin", stranger);
    expect(await view("admin")).toBe(admin);
    expect(await refusal("publisher", "acceptAdmin")).toBe("NotPendingAdmin");
    await send("admin", "offerAdmin", "0x0000000000000000000000000000000000000000");
    expect(await refusal("stranger", "acceptAdmin")).toBe("NotPendingAdmin");
    await send("admin", "offerAdmin", stranger);
    await send("stranger", "acceptAdmin");
    expect(await view("admin")).toBe(stranger);
    expect(await refusal("admin", "grantPublisher", admin)).toBe("NotAdmin");
    expect(await refusal("stranger", "acceptAdmin")).toBe("NotPendingAdmin");
  });

  test("a successor is named once, and ends the anchoring here", async () => {
    const [root, next] = [someRoot(), new Wallet(keys.stranger).address];
    await send("publisher", "anchor", 7, root);
    expect(await refusal("publisher", "setSuccessor", next)).toBe("NotAdmin");
    expect(await refusal("admin", "setSuccessor", contractAddress)).toBe("NoSuccessor");
    expect(await refusal("admin", "setSuccessor", "0x0000000000000000000000000000000000000000")).toBe(
      "NoSuccessor",
    );
    await send("admin", "setSuccessor", next);
    expect(await view("successor")).toBe(next);
    expect(await refusal("admin", "setSuccessor", new Wallet(keys.publisher).address)).toBe("Succeeded");
    expect(await refusal("publisher", "anchor", 8, someRoot())).toBe("Succeeded");
    expect(await refusal("publisher", "anchor", 7, root)).toBeNull();
    expect([await view("size"), await view("root")]).toEqual([7n, root]);
  });

  test("it takes no money", async () => {
    const wallet = new Wallet(keys.stranger, provider);
    await expect(wallet.call({ to: contractAddress, value: 1n, from: wallet.address })).rejects.toThrow(
      /revert/,
    );
  });

  test("its inclusion check says the same as ours, of trees of any size, and of paths that are wrong", async () => {
    const asked: { said: Promise<boolean>; expected: boolean; what: string }[] = [];
    for (const size of [1, 2, 3, 4, 5, 7, 8, 11, 16, 21]) {
      const leaves = Array.from({ length: size }, () => leafHash(randomBytes(8)));
      const tree = new Frontier();
      const nodes = new Map(
        leaves.flatMap((leaf) => tree.append(leaf)).map((node) => [`${node.level}/${node.index}`, node.hash]),
      );
      const root = tree.root();
      for (const index of new Set([0, size >> 1, size - 1])) {
        const path = inclusionPath(
          index,
          size,
          (level, at) => nodes.get(`${level}/${at}`) ?? new Uint8Array(),
        );
        const leaf = leaves[index] ?? new Uint8Array();
        const variants: [number, number, Uint8Array[]][] = [
          [index, size, path],
          [index + 1, size, path],
          [index, size + 1, path],
          [index, size * 2, path],
          [size, size, path],
          [index, size, path.slice(1)],
          [index, size, [...path, randomBytes(32)]],
          [index, size, path.toReversed()],
        ];
        for (const [at, of, way] of variants)
          asked.push({
            said: view<boolean>("isIncluded", hex(leaf), at, of, hex(root), way.map(hex)),
            expected: isIncluded({ index: at, size: of }, leaf, way, root),
            what: `leaf ${at} of ${of}, ${way.length} hashes`,
          });
      }
    }
    const said = await Promise.all(asked.map(async ({ said, what }) => [what, await said]));
    expect(said).toEqual(asked.map(({ what, expected }) => [what, expected]));
    expect(asked.filter(({ expected }) => expected).length).toBeGreaterThanOrEqual(25);
  });
});
