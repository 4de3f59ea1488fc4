import type { QuarantineEntry } from "../../../contracts/wire/gateway-status.ts";

/** What one device could not make itself understood with for one reason, newest first. */
export type QuarantineKind = {
  readonly key: string;
  readonly newest: QuarantineEntry;
  readonly earlier: readonly QuarantineEntry[];
};

/** A device that babbles fills the list; told by device and reason, it does not hide the others. */
export function quarantineKinds(entries: readonly QuarantineEntry[]): QuarantineKind[] {
  const byKind = Map.groupBy(
    entries.toSorted((one, other) => other.id - one.id),
    ({ deviceId, reason }) => `${deviceId} ${reason}`,
  );
  return [...byKind].flatMap(([key, [newest, ...earlier]]) =>
    newest === undefined ? [] : [{ key, newest, earlier }],
  );
}
