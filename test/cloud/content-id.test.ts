/** The same CIDs that Kubo's importer gives (ipfs-unixfs-importer 17.1: CID version 1, raw leaves, chunks of 1 MiB). */
import { expect, it } from "vitest";
import { BLOCK_BYTES, blocksOf } from "../../cloud/documents/content-id.ts";

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, n) => (n * 31 + (n >> 8)) & 255);

it.each([
  [1, "bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu"],
  [BLOCK_BYTES, "bafkreihwunguy6od2ewcs5mjebv7efvqqq2hi4nfh2s6p7u2i26remhqta"],
  [BLOCK_BYTES + 1, "bafybeiejkouhdadwq6odmdgica7fdicfqhfogaijsax5tnxp3yg56layvy"],
  [3 * BLOCK_BYTES + 5, "bafybeico3cc3i3fbi3ikv46ja2qq5vcvbsx7bccvoulbug7n2vl7d6xc7q"],
])("%i bytes", (length, cid) => {
  const { root, blocks } = blocksOf(bytesOf(length));
  expect(root).toBe(cid);
  expect(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(length);
});

it("a file that a server of Kubo's RPC was given (test/fixtures/kubo/add-three-blocks.json)", () => {
  const { root } = blocksOf(Uint8Array.from({ length: 2_500_000 }, (_, n) => (n * 7) % 251));
  expect(root).toBe("bafybeicj37ljzqb63wl5yenrqxmz2vugi5cee7yp77rn6ylg3x2kiddspi");
});

it("nothing, and more than a node has links for, have none", () => {
  expect(() => blocksOf(new Uint8Array(0))).toThrow("1 to 174 blocks, got 0");
});
