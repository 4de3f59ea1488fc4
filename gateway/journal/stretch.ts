import type { BatchContent } from "../../contracts/wire/sync-batch.ts";

/** Rows of a lane in order, as they were found in the file. */
export type Stretch = {
  readonly seqs: readonly number[];
  isSound(index: number): boolean;
  /** Of the first `count` rows, which are sound. */
  content(count: number): BatchContent;
};

export type Stretches = {
  /** Rows after `afterSeq` and before `beforeSeq`, at most so many. */
  stretch(afterSeq: number, beforeSeq: number, rowsMax: number): Stretch;
};
