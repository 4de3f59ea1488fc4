/** The server that stands for Kubo in tests answers the client as the recorded one did, about other content. */
import { create } from "kubo-rpc-client";
import { CID } from "multiformats/cid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cidOf, packCar } from "../../cloud/evidence/views/content.ts";
import { type KuboReplay, startKuboReplay } from "../support/kubo-replay.ts";

const BUNDLE = new TextEncoder().encode('{"format":"hospitell-evidence/1"}');
const ADD = { cidVersion: 1, rawLeaves: true, chunker: "size-1048576", pin: true } as const;
let server: KuboReplay;

beforeEach(async () => {
  server = await startKuboReplay();
});
afterEach(() => server.stop());

const connect = () => create({ url: server.url });
async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

test("a block that was put is told by its own CID, and comes back", async () => {
  const client = connect();
  expect((await client.version()).version).toBe("0.18.1");
  const cid = await client.block.put(BUNDLE, { format: "raw", mhtype: "sha2-256", pin: true });
  expect(cid.toString()).toBe(cidOf(BUNDLE).toString());
  expect(await client.block.get(cid)).toEqual(BUNDLE);
  expect(await client.block.stat(cid)).toMatchObject({ size: BUNDLE.length });
  expect((await all(client.pin.ls({ paths: [cid] }))).map((pin) => pin.cid.toString())).toEqual([
    cid.toString(),
  ]);
  await client.pin.rm(cid);
  expect(server.pins.size).toBe(0);
  await all(client.repo.gc());
  expect(server.blocks.size).toBe(0);
  expect(server.unknown).toEqual([]);
});

test("a CAR and a file of one block are kept under the bundle's CID", async () => {
  const client = connect();
  const [imported] = await all(client.dag.import([packCar(BUNDLE)], { pinRoots: true }));
  expect(imported?.root.cid.toString()).toBe(cidOf(BUNDLE).toString());
  const added = await client.add(BUNDLE, ADD);
  expect(added).toMatchObject({ size: BUNDLE.length });
  expect(added.cid.toString()).toBe(cidOf(BUNDLE).toString());
  expect([...server.pins]).toEqual([cidOf(BUNDLE).toString()]);
  expect(server.unknown).toEqual([]);
});

test("what is not there is refused in the recorded words", async () => {
  const client = connect();
  const absent = CID.parse(cidOf(BUNDLE).toString());
  await expect(client.block.get(absent)).rejects.toThrow("Failed to get block: request timed out");
  await expect(all(client.pin.ls({ paths: [absent] }))).rejects.toThrow(`path '${absent}' is not pinned`);
  await expect(client.pin.rm(absent)).rejects.toThrow(`${absent} is not pinned`);
  await expect(client.pin.add(absent)).rejects.toThrow("request timed out");
  expect(server.unknown).toEqual([]);
});

test("what was never recorded is not answered", async () => {
  await expect(connect().add(BUNDLE, { ...ADD, cidVersion: 0 })).rejects.toThrow(
    "nobody recorded an answer to this",
  );
  expect(server.unknown).toHaveLength(1);
});
