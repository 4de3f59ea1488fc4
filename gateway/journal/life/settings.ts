/** How much of the disk the journal may use. */
export type LifeSettings = {
  /** The journal's file; readings are shed before it is reached. */
  readonly bytesMax: number;
  /** A file beside the journal that holds nothing: let go when the disk is full, since even deleting needs room. */
  readonly ballastBytes: number;
  /** What the file may grow past `bytesMax` where only bed events are left to keep. */
  readonly reserveBytes: number;
};

const MIB = 1024 * 1024;

export const LIFE_DEFAULTS: LifeSettings = {
  bytesMax: 4_096 * MIB,
  ballastBytes: 64 * MIB,
  reserveBytes: 64 * MIB,
};

/** Shedding begins above the first share of `bytesMax` in use and goes on until it is below the second. */
export const SHED_ABOVE = 0.9;
export const SHED_UNTIL = 0.85;
/** Aggregates may take up this share; past it the oldest become coarser before more raw readings are given up. */
export const AGGREGATES_SHARE_MAX = 0.25;
