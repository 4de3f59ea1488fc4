/** Signs where the log stands: soon after something was added, and now and then where nothing is. */
import { sign } from "node:crypto";
import { gatewayKeyName, gatewayOrigin, type Signer, signCheckpoint } from "../../../contracts/log/note.ts";
import type { Frontier } from "../../../contracts/log/tree.ts";
import type { Epoch } from "../../../contracts/wire/ids.ts";
import type { LogKey, LogSettings } from "../log-port.ts";

/** A tenth less than a second, so that even the leaf that waits longest is under a signature a second after its commit. */
const CHECKPOINT_GAP_MS_MIN = 900;
const IDLE_MS = 60_000;

export type SignedCheckpoint = { readonly size: number; readonly signedAtMs: number; readonly note: string };

export const signerOf = (gatewayId: string, { publicKey, privateKey }: LogKey): Signer => ({
  name: gatewayKeyName(gatewayId),
  publicKey,
  sign: (message) => sign(null, message, privateKey),
});

type Parts = {
  readonly settings: LogSettings;
  readonly epoch: Epoch;
  /** Wall clock. */
  nowMs(): number;
  monotonicMs(): number;
};

export class Checkpoints {
  readonly #parts: Parts;
  readonly #origin: string;
  readonly #signer: Signer;
  #newest: SignedCheckpoint | null = null;
  #signedMonoMs = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#origin = gatewayOrigin(parts.settings.gatewayId, parts.epoch);
    this.#signer = signerOf(parts.settings.gatewayId, parts.settings.key);
  }

  get newest(): SignedCheckpoint | null {
    return this.#newest;
  }

  /** 0: now. Infinite: a log without leaves has nothing to say. */
  dueInMs(size: number): number {
    if (size === 0) return Number.POSITIVE_INFINITY;
    const gapMs = size > (this.#newest?.size ?? 0) ? CHECKPOINT_GAP_MS_MIN : IDLE_MS;
    return Math.max(0, this.#signedMonoMs + gapMs - this.#parts.monotonicMs());
  }

  /** `tree`: only what is committed. */
  sign(tree: Frontier): void {
    const signedAtMs = Math.max(0, Math.floor(this.#parts.nowMs()));
    const checkpoint = { origin: this.#origin, size: tree.size, root: tree.root(), signedAtMs };
    this.#newest = { size: tree.size, signedAtMs, note: signCheckpoint(checkpoint, this.#signer) };
    this.#signedMonoMs = this.#parts.monotonicMs();
  }
}
