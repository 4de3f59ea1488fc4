/**
 * Talks to js-ipfs over Kubo's RPC with the client that the cloud uses, and writes down every exchange:
 *
 *   node record.mjs DIRECTORY
 *
 * One file an exchange: what the client asked (method, path, query, form), what the server answered (status, headers
 * of use, body). Both are offline, on loopback. A refusal is an exchange too.
 */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as car from "@ipld/car/buffer-writer";
import { create as createIpfs } from "ipfs-core";
import { HttpApi } from "ipfs-http-server";
import { create as createClient } from "kubo-rpc-client";
import { CID } from "multiformats/cid";
import { create as createDigest } from "multiformats/hashes/digest";
import { startRecorder } from "./recorder.mjs";

const [directory] = process.argv.slice(2);
if (directory === undefined)
  throw new Error("expected a directory for the records: node record.mjs DIRECTORY");

const RAW = 0x55;
const SHA_256 = 0x12;
/** Bytes that anybody can make again: byte number n is n * 7 mod 251. */
const madeBytes = (length) => Uint8Array.from({ length }, (_, at) => (at * 7) % 251);
const cidOf = (bytes) =>
  CID.createV1(RAW, createDigest(SHA_256, createHash("sha256").update(bytes).digest()));

function packCar(cid, bytes) {
  const length = car.headerLength({ roots: [cid] }) + car.blockLength({ cid, bytes });
  const writer = car.createWriter(new ArrayBuffer(length), { roots: [cid] });
  writer.write({ cid, bytes });
  return writer.close();
}

const repository = await mkdtemp(join(tmpdir(), "hospitell-peer-"));
const ipfs = await createIpfs({
  repo: repository,
  offline: true,
  silent: true,
  config: {
    Addresses: { API: "/ip4/127.0.0.1/tcp/0", Gateway: "", Swarm: [], Delegates: [] },
    Bootstrap: [],
    Discovery: { MDNS: { Enabled: false }, webRTCStar: { Enabled: false } },
  },
});
const api = new HttpApi(ipfs);
await api.start();
const recorder = await startRecorder(api._apiServers[0].info.port);
const client = createClient({ url: `http://127.0.0.1:${recorder.port}/api/v0`, timeout: 10_000 });

const failures = [];
/** Records what `ask` exchanges under a name, and of which content it is; `isRefusal`: the server is to say no. */
async function exchange(name, cid, ask, isRefusal = false) {
  recorder.begin(name, cid === null ? null : String(cid));
  try {
    const answer = await ask();
    if (isRefusal) failures.push(`${name}: expected a refusal, got ${String(answer)}`);
    return answer;
  } catch (error) {
    if (!isRefusal) failures.push(`${name}: ${error.message}`);
    return undefined;
  }
}
const expectSame = (name, found, expected) => {
  if (String(found) !== String(expected)) failures.push(`${name}: expected ${expected}, got ${found}`);
};
const all = async (source) => {
  const items = [];
  for await (const item of source) items.push(item);
  return items;
};

const bundle = madeBytes(4_000);
const kept = cidOf(bundle);
const imported = madeBytes(4_001);
const absent = cidOf(madeBytes(4_002));
const BLOCK = { format: "raw", mhtype: "sha2-256" };
const ADD = { cidVersion: 1, rawLeaves: true, chunker: "size-1048576" };
/** A file of three blocks of 1 MiB at most, as the cloud too computes its CID. */
const threeBlocks = madeBytes(2_500_000);
const THREE_BLOCKS = "bafybeicj37ljzqb63wl5yenrqxmz2vugi5cee7yp77rn6ylg3x2kiddspi";
/** Offline a server waits for what it has not, until the asker's time is up. */
const SHORTLY = { timeout: 2_000 };

await exchange("version", null, () => client.version());
const put = await exchange("block-put", kept, () => client.block.put(bundle, BLOCK));
expectSame("block-put", put, kept);
expectSame(
  "block-put-pin",
  await exchange("block-put-pin", kept, () => client.block.put(bundle, { ...BLOCK, pin: true })),
  kept,
);
const got = await exchange("block-get", kept, () => client.block.get(kept));
expectSame("block-get", got, bundle);
const stat = await exchange("block-stat", kept, () => client.block.stat(kept));
expectSame("block-stat", stat?.size, bundle.length);
await exchange("block-get-missing", absent, () => client.block.get(absent, SHORTLY), true);
expectSame("pin-add", await exchange("pin-add", kept, () => client.pin.add(kept)), kept);
await exchange("pin-add-missing", absent, () => client.pin.add(absent, SHORTLY), true);
const pins = await exchange("pin-ls", kept, () => all(client.pin.ls({ paths: [kept] })));
expectSame("pin-ls", pins?.[0]?.cid, kept);
await exchange("pin-ls-missing", absent, () => all(client.pin.ls({ paths: [absent] })), true);
expectSame("pin-rm", await exchange("pin-rm", kept, () => client.pin.rm(kept)), kept);
await exchange("pin-rm-missing", kept, () => client.pin.rm(kept), true);
const removed = await exchange("block-rm", kept, () => all(client.block.rm(kept)));
expectSame("block-rm", removed?.[0]?.cid, kept);
const file = packCar(cidOf(imported), imported);
const roots = await exchange("dag-import", cidOf(imported), () =>
  all(client.dag.import([file], { pinRoots: true })),
);
expectSame("dag-import", roots?.[0]?.root.cid, cidOf(imported));
expectSame("add", (await exchange("add", kept, () => client.add(bundle, { ...ADD, pin: true })))?.cid, kept);
const added = await exchange("add-three-blocks", THREE_BLOCKS, () =>
  client.add(threeBlocks, { ...ADD, pin: true }),
);
expectSame("add-three-blocks", added?.cid, THREE_BLOCKS);
await exchange("repo-gc", null, () => all(client.repo.gc()));

for (const { name, ...record } of recorder.exchanges)
  await writeFile(join(directory, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
await recorder.stop();
await api.stop();
await ipfs.stop();
await rm(repository, { recursive: true });
for (const failure of failures) process.stderr.write(`${failure}\n`);
process.stdout.write(
  `${recorder.exchanges.length} exchanges in ${directory}, ${failures.length} not as expected\n`,
);
process.exit(failures.length > 0 ? 1 : 0);
