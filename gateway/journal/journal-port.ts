/**
 * What the gateway asks of its journal. The journal itself works in a thread of its own; here is what its user sees:
 * marks and facts as of the newest commit, and calls that answer later.
 *
 *   append ─▶ shared slot, or a message ─▶ thread: BEGIN, rows, COMMIT + fsync ─▶ settled, in the order of the calls
 */

import type { Epoch, Lane } from "../../contracts/wire/ids.ts";
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import type { SyncBatch } from "../../contracts/wire/sync-batch.ts";
import type { JournalLog, LogFacts } from "./log-port.ts";
import type { PackedRows } from "./reading-rows.ts";

export type ReadingLane = Exclude<Lane, "beds">;
export const READING_LANES: readonly ReadingLane[] = ["vitals", "environment"];

/** `id` counts from 1 in the order in which series were first heard of; given by whoever appends. */
export type Series = SeriesFacts & { readonly id: number };

export type LaneMarks = {
  /** Number of the newest record on disk. */
  readonly headSeq: number;
  /** Everything up to here is at the cloud. */
  readonly acknowledgedSeq: number;
};

export type Quarantined = {
  readonly deviceId: string;
  readonly receivedAtMs: number;
  readonly reason: string;
  readonly detail: string;
  readonly raw: Uint8Array;
};
/** The newest are kept: the ring tells what is wrong now. */
export const QUARANTINE_ROWS_MAX = 1_000;
/** What the ring kept of it: `raw` is the message's beginning, `bytes` how long the whole of it was. */
export type QuarantineRow = Quarantined & { readonly id: number; readonly bytes: number };

/**
 * What goes to disk together. Records are numbered by their place: the first reading of a lane gets that lane's number
 * after the newest one appended (not: committed) before, and so on; events likewise.
 */
export type JournalGroup = {
  readonly vitals: PackedRows;
  readonly environment: PackedRows;
  /** Series first used in this group. */
  readonly newSeries: readonly Series[];
  /** Bed events as JSON. */
  readonly events: readonly { readonly receivedAtMs: number; readonly body: string }[];
  /** Subject ("bed:…", "room:…") to its state as JSON. */
  readonly states: readonly (readonly [subject: string, body: string])[];
  readonly quarantined: readonly Quarantined[];
};

/** `normal`; `reserve`: the disk is full or the budget used up and the ballast is let go; `stalled`: not even that helps. */
export type DiskState = "normal" | "reserve" | "stalled";

/** As of the newest commit, or of the last second. */
export type JournalFacts = {
  readonly disk: DiskState;
  /** The file, its log, and the ballast together. */
  readonly bytes: number;
  readonly budgetBytes: number;
  readonly diskFreeBytes: number;
  readonly oldestUnsentAtMs: Readonly<Record<Lane, number | null>>;
  /** Records given up for want of space, or found damaged, ever, by lane and reason. */
  readonly tombstoned: Readonly<Record<Lane, Readonly<Record<TombstoneReason, number>>>>;
  readonly quarantinedCount: number;
  readonly quarantinedEver: number;
  readonly commits: CommitTimes;
  readonly lastCheck: { readonly atMs: number; readonly damaged: number } | null;
  /** Null: no log is kept. */
  readonly log: LogFacts | null;
};

/** How long commits took since the start: pages to the log, fsync, and now and then a checkpoint. */
export type CommitTimes = {
  readonly count: number;
  readonly sumMs: number;
  /** Of the last minute. */
  readonly lastMinuteMsMax: number;
  /** Commits by how long they took: `counts[i]` at most `COMMIT_MS_BOUNDS[i]` and more than the bound before; the last, longer than all. */
  readonly counts: readonly number[];
};
export const COMMIT_MS_BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000] as const;

export const TOMBSTONE_REASONS = ["disk-budget", "damaged"] as const;
export type TombstoneReason = (typeof TOMBSTONE_REASONS)[number];

/** What a start finds. */
export type JournalStart = {
  readonly series: readonly Series[];
  readonly states: ReadonlyMap<string, string>;
  /** Those of the newest readings of each lane that have a stamp, oldest first: repetitions are known by them. */
  readonly recent: Readonly<Record<ReadingLane, PackedRows>>;
  /** Null, or what of a damaged file was saved into this new one. */
  readonly salvage: {
    readonly damagedFile: string;
    readonly oldEpoch: Epoch;
    readonly savedRecords: number;
    readonly lostRecords: number;
  } | null;
};

/** What the sender says of itself with each batch. */
export type BatchEnvelope = Pick<SyncBatch, "gatewayId" | "bootId" | "sentAtMs">;

/** A batch ready to be sent: the body of the request, compressed. */
export type EncodedBatch = {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Records of this lane on disk behind the batch. */
  readonly behindCount: number;
  readonly body: Uint8Array<ArrayBuffer>;
};

/** Calls a public method of the thread's SessionStore; settles once what it wrote is on disk. */
export type SessionsChannel = { call(method: string, args: readonly unknown[]): Promise<unknown> };

export type Journal = {
  readonly epoch: Epoch;
  /** To be looked at before the first append; its newest readings are let go then. */
  readonly start: JournalStart;
  readonly facts: JournalFacts;
  marks(lane: Lane): LaneMarks;
  /** True: what is appended now goes with the next commit. False: there may be more than one to wait for. */
  readonly joins: boolean;
  /**
   * The group's rows may be written over once this returns. Settles once it is on disk. Rejects only where nobody knows
   * what is on disk: the process has to end.
   */
  append(group: JournalGroup): Promise<void>;
  /** The records after `afterSeq`, or the tombstone that stands in their place, oldest first; null where there are none. */
  encodeBatch(
    lane: Lane,
    afterSeq: number,
    recordsMax: number,
    envelope: BatchEnvelope,
  ): Promise<EncodedBatch | null>;
  /** Notes what the cloud has stored. Called only after the cloud said so. */
  acknowledge(lane: Lane, throughSeq: number): void;
  /** What could not be read, newest first. Its bytes may hold a patient's data: not for logs or metrics. */
  quarantine(entriesMax: number): Promise<readonly QuarantineRow[]>;
  /** The broker's memory, in a file of its own, kept by the same thread. */
  readonly sessions: SessionsChannel;
  /** The gateway's own log of what is in the journal; null: none is kept. */
  readonly log: JournalLog | null;
  readonly isOpen: boolean;
  close(): Promise<void>;
};
