/** A bundle as content that is named by its hash: its CID, and the CAR that carries it. Pure. */
import { createHash } from "node:crypto";
import * as car from "@ipld/car/buffer-writer";
import { CID } from "multiformats/cid";
import { code as RAW } from "multiformats/codecs/raw";
import { create } from "multiformats/hashes/digest";

const SHA_256 = 0x12;

/** CIDv1, codec raw, SHA-256: what Kubo too calls a file that fits into one raw block. */
export function cidOf(bytes: Uint8Array): CID {
  return CID.createV1(RAW, create(SHA_256, createHash("sha256").update(bytes).digest()));
}

/** CAR version 1 with one root and one block: the bytes as they are. */
export function packCar(bytes: Uint8Array): Uint8Array {
  const cid = cidOf(bytes);
  const length = car.headerLength({ roots: [cid] }) + car.blockLength({ cid, bytes });
  const writer = car.createWriter(new ArrayBuffer(length), { roots: [cid] });
  writer.write({ cid, bytes });
  return writer.close();
}
