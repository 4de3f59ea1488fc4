/** Holds what each gateway acknowledged against what the cloud has of each journal. Pure. */

export type GatewayEnd = {
  readonly name: string;
  readonly epoch: string;
  readonly isRefused: boolean;
  /** Oldest first, also from before it was copied. */
  readonly acknowledged: readonly number[];
};

/** What the cloud took for stored, and is not there as it was said. */
export function judgeJournals(
  ends: readonly GatewayEnd[],
  journals: ReadonlyMap<string, readonly number[]>,
): string[] {
  return ends.flatMap((end) => {
    if (end.isRefused) return [];
    const stored = journals.get(end.epoch) ?? [];
    const missing = end.acknowledged.filter((value) => !stored.includes(value));
    const foreign = stored.filter((value) => !end.acknowledged.includes(value));
    return [
      ...(missing.length === 0
        ? []
        : [
            `${end.name} was not refused, and of what it acknowledged ${missing.join(", ")} is not in the cloud`,
          ]),
      ...(foreign.length === 0
        ? []
        : [`${end.name}'s journal has ${foreign.join(", ")} in the cloud, which another one said`]),
    ];
  });
}
