/** A gateway's log for tests, made by contracts/log alone: it grows, signs, witnesses, and lies where it is told to. */
import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { toBase64, utf8 } from "../../contracts/log/bytes.ts";
import { commitmentOf, leafHash } from "../../contracts/log/hash.ts";
import { keyRotationMessage } from "../../contracts/log/key-rotation.ts";
import { encodeGatewayLeaf } from "../../contracts/log/leaf.ts";
import {
  cosign,
  gatewayKeyName,
  gatewayOrigin,
  parseNote,
  type Signer,
  signCheckpoint,
} from "../../contracts/log/note.ts";
import { Frontier } from "../../contracts/log/tree.ts";
import { Epoch, GatewayId } from "../../contracts/wire/ids.ts";
import { Cosignature, LogBatch, type LoggedLeaf } from "../../contracts/wire/log-sync.ts";

const BOOT_ID = "b000000000000001";

export type LogParts = { readonly gatewayId: string; readonly epoch: string; readonly seed?: string };

export function testSigner(name: string, seed: string): Signer {
  const secret = createHash("sha256").update(seed).digest();
  const publicKey = ed25519.getPublicKey(secret);
  return { name, publicKey, sign: (message) => ed25519.sign(message, secret) };
}

export class GatewayLog {
  readonly gatewayId: GatewayId;
  readonly epoch: Epoch;
  readonly leaves: LoggedLeaf[] = [];
  signer: Signer;
  cosignedSize = 0;

  constructor({ gatewayId, epoch, seed = gatewayId }: LogParts) {
    this.gatewayId = GatewayId.parse(gatewayId);
    this.epoch = Epoch.parse(epoch);
    this.signer = testSigner(gatewayKeyName(gatewayId), seed);
  }

  get origin(): string {
    return gatewayOrigin(this.gatewayId, this.epoch);
  }

  /** Bed events numbered on from the last; `payloadOf` answers what the record with that number says. */
  say(count: number, payloadOf: (seq: number) => unknown = (seq) => ({ said: seq })): this {
    for (let added = 0; added < count; added++) {
      const seq = this.leaves.length + 1;
      const salt = toBase64(createHash("sha256").update(`${this.origin}/${seq}`).digest());
      const payload = JSON.stringify(payloadOf(seq));
      this.leaves.push({ kind: "bed-event", lane: "beds", firstSeq: seq, lastSeq: seq, salt, payload });
    }
    return this;
  }

  /** The same log up to here, which may go on otherwise. */
  copy(): GatewayLog {
    const copy = new GatewayLog({ gatewayId: this.gatewayId, epoch: this.epoch });
    copy.signer = this.signer;
    copy.cosignedSize = this.cosignedSize;
    copy.leaves.push(...this.leaves);
    return copy;
  }

  rootAt(size: number): Uint8Array {
    const tree = new Frontier();
    for (const { kind, lane, firstSeq, lastSeq, salt, payload } of this.leaves.slice(0, size)) {
      const commitment = commitmentOf(Buffer.from(salt, "base64"), utf8(payload));
      tree.append(leafHash(encodeGatewayLeaf({ kind, lane, firstSeq, lastSeq, commitment })));
    }
    return tree.root();
  }

  checkpoint(size: number, signedAtMs: number): string {
    return signCheckpoint({ origin: this.origin, size, root: this.rootAt(size), signedAtMs }, this.signer);
  }

  /** Leaves from `from` to before `to`, with the checkpoint of that size. */
  batch(from: number, to: number, sentAtMs: number, fields: Partial<LogBatch> = {}): LogBatch {
    return LogBatch.parse({
      version: 1,
      gatewayId: this.gatewayId,
      epoch: this.epoch,
      bootId: BOOT_ID,
      sentAtMs,
      publicKey: toBase64(this.signer.publicKey),
      firstIndex: from,
      leaves: this.leaves.slice(from, to),
      checkpoint: to > from ? this.checkpoint(to, sentAtMs) : null,
      cosignedSize: this.cosignedSize,
      ...fields,
    });
  }

  /** What its old key says of the new one, which signs from here on. */
  rotate(seed: string): NonNullable<LogBatch["rotation"]> {
    const old = this.signer;
    this.signer = testSigner(old.name, seed);
    const signature = toBase64(old.sign(keyRotationMessage(old, this.signer.publicKey)));
    return { oldPublicKey: toBase64(old.publicKey), signature };
  }

  /** Cosigns whatever it is shown, without looking. */
  cosignature(note: string, atMs: number): Cosignature {
    const parsed = parseNote(note);
    if (parsed === null) throw new Error("expected a signed note");
    return Cosignature.parse({
      gatewayId: this.gatewayId,
      publicKey: toBase64(this.signer.publicKey),
      size: parsed.size,
      root: toBase64(parsed.root),
      line: cosign(parsed.body, atMs, this.signer),
    });
  }
}
