/**
 * What the journal asks of whoever looks after its file: room on the disk, damage, what was given up. All of it runs in
 * the journal's thread, between transactions and never within one.
 */
import type { JournalFacts } from "./journal-port.ts";

/** The facts that come from here; the others are the store's. */
export type LifeFacts = Pick<
  JournalFacts,
  "disk" | "bytes" | "budgetBytes" | "diskFreeBytes" | "tombstoned" | "lastCheck"
>;

export type Life = {
  /** Before anything is read: afterwards the epoch, every lane's marks and the newest rows are sound. */
  start(): void;
  /** A transaction was rolled back for want of space. True: there is room now, try again at once. */
  onFull(): boolean;
  /** Cheap; may shed a bounded number of rows where the budget is used up. */
  afterCommit(): void;
  /** Once a second. */
  tick(): void;
  /** Ten times a second: a piece of what can wait, ended as soon as a commit `isWanted`. */
  step(isWanted: () => boolean): void;
  /**
   * These numbers of a lane are damaged or missing and nothing accounts for them: puts a tombstone in their place, and
   * removes what rows still stand there. They are never sent.
   */
  onDamage(lane: number, fromSeq: number, throughSeq: number): void;
  /** The log is not as it was written: throws, and the next start saves the records into a new file with a log of its own. */
  onLogDamage(what: string): never;
  facts(): LifeFacts;
};
