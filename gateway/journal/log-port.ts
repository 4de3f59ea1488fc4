/** The gateway's own log as the journal's user sees it: how far it goes, and what of it goes to the cloud next. */
import type { KeyObject } from "node:crypto";
import type { GatewayId } from "../../contracts/wire/ids.ts";
import type { LogBatch } from "../../contracts/wire/log-sync.ts";

/** An Ed25519 key: of a gateway's checkpoints, and of its cosignatures. */
export type LogKey = { readonly publicKey: Uint8Array; readonly privateKey: KeyObject };

export type LogSettings = { readonly gatewayId: GatewayId; readonly key: LogKey };

/** As of the newest commit, or of the last second. */
export type LogFacts = {
  /** Leaves. */
  readonly size: number;
  /** Of them, those that the cloud has stored. */
  readonly storedSize: number;
  /** The newest that was signed; null: none since the start. */
  readonly checkpoint: { readonly size: number; readonly signedAtMs: number } | null;
};

export const NO_LOG: LogFacts = { size: 0, storedSize: 0, checkpoint: null };

/** What the sender says of itself with each batch. */
export type LogEnvelope = Omit<
  LogBatch,
  "version" | "epoch" | "publicKey" | "firstIndex" | "leaves" | "checkpoint"
>;

/** A batch ready to be sent: JSON, compressed. */
export type EncodedLogBatch = {
  readonly firstIndex: number;
  /** Index behind its last leaf. */
  readonly endIndex: number;
  readonly body: Uint8Array<ArrayBuffer>;
};

/** The leaves from there on are not kept any more; or no checkpoint of this process goes as far yet. */
export type NoLogBatch = "not-kept" | "not-signed";

export type JournalLog = {
  readonly facts: LogFacts;
  /** Leaves from `fromIndex` as far as the newest checkpoint goes. */
  encodeBatch(
    fromIndex: number,
    leavesMax: number,
    envelope: LogEnvelope,
  ): Promise<EncodedLogBatch | NoLogBatch>;
  /** Notes how many leaves the cloud has stored. Called only after the cloud said so. */
  stored(size: number): void;
  /** Called after each signed checkpoint. */
  onCheckpoint: () => void;
};
