/**
 * What passes between the journal's user and its thread. Both ways it arrives in the order in which it was posted; what
 * was offered in the slots is taken before an append, or the end, that was posted after it.
 */
import type { Epoch, Lane } from "../../contracts/wire/ids.ts";
import type { SlotMemory } from "./group-slots.ts";
import type { JournalFiles } from "./journal-host.ts";
import type { BatchEnvelope, JournalFacts, JournalGroup, JournalStart, LaneMarks } from "./journal-port.ts";
import type { LogEnvelope, LogFacts } from "./log-port.ts";

export type Call =
  | {
      readonly kind: "encode-batch";
      readonly lane: Lane;
      readonly afterSeq: number;
      readonly recordsMax: number;
      readonly envelope: BatchEnvelope;
    }
  | {
      readonly kind: "encode-log-batch";
      readonly fromIndex: number;
      readonly leavesMax: number;
      readonly envelope: LogEnvelope;
    }
  | { readonly kind: "quarantine"; readonly entriesMax: number }
  | { readonly kind: "session"; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: "close" };

export type ThreadData = { readonly files: JournalFiles; readonly slots: SlotMemory };

export type ToThread =
  /** Something lies in the slots. */
  | { readonly kind: "offered" }
  | { readonly kind: "append"; readonly group: JournalGroup }
  | { readonly kind: "acknowledge"; readonly lane: Lane; readonly throughSeq: number }
  | { readonly kind: "log-stored"; readonly size: number }
  | { readonly kind: "call"; readonly id: number; readonly call: Call };

export type Opened = {
  readonly epoch: Epoch;
  readonly marks: Readonly<Record<Lane, LaneMarks>>;
  readonly start: JournalStart;
  readonly facts: JournalFacts;
};
/** An error, as it crosses threads: its class stays behind. */
export type Failure = { readonly message: string; readonly code: string | null };

export type FromThread =
  | { readonly kind: "opened"; readonly opened: Opened }
  | { readonly kind: "refused"; readonly failure: Failure }
  /** The oldest `count` appends are on disk. */
  | { readonly kind: "appended"; readonly count: number }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "facts"; readonly facts: JournalFacts }
  /** A checkpoint of the log was signed. */
  | { readonly kind: "checkpoint"; readonly log: LogFacts | null }
  /** Nobody knows what is on disk: no more is done here, and the process has to end. */
  | { readonly kind: "fatal"; readonly failure: Failure };

export function failureOf(error: unknown): Failure {
  const { message, code } = error as { message?: unknown; code?: unknown };
  return { message: String(message ?? error), code: typeof code === "string" ? code : null };
}

export function errorOf({ message, code }: Failure): Error {
  return Object.assign(new Error(message), code === null ? {} : { code });
}
