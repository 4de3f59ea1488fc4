/** What must not go, and whether something is among it. Pure. */
import type { BedId, DeviceId, HospitalId } from "../../../contracts/wire/ids.ts";
import type { DataClass, Parcel } from "../policy.ts";

/** Each of bed, device and class narrows it; null: all. A bed has no part in what its room's sensors say. */
export type Hold = {
  readonly hospitalId: HospitalId;
  readonly bedId: BedId | null;
  readonly deviceId: DeviceId | null;
  readonly class: DataClass | null;
  readonly fromMs: number;
  /** Exclusive; null: open. */
  readonly toMs: number | null;
};

export type HeldRecord = {
  readonly hospitalId: string;
  readonly bedId: string | null;
  /** Null: a bed event, which rests on several devices. */
  readonly deviceId: string | null;
  readonly class: DataClass;
  readonly atMs: number;
};

export function isHeldBy(hold: Hold, { hospitalId, bedId, deviceId, atMs, ...record }: HeldRecord): boolean {
  return (
    hold.hospitalId === hospitalId &&
    (hold.class ?? record.class) === record.class &&
    (hold.bedId === null || hold.bedId === bedId) &&
    // Whoever holds a device holds what beds are said to be, too: who knows which event rests on it.
    (hold.deviceId === null || deviceId === null || hold.deviceId === deviceId) &&
    hold.fromMs <= atMs &&
    (hold.toMs === null || atMs < hold.toMs)
  );
}

/** Those that may keep something of the parcel. */
export function holdsOver(holds: readonly Hold[], parcel: Parcel): Hold[] {
  return holds.filter(
    (hold) =>
      hold.hospitalId === parcel.hospitalId &&
      (hold.class ?? parcel.class) === parcel.class &&
      hold.fromMs < parcel.toMs &&
      (hold.toMs === null || hold.toMs > parcel.fromMs),
  );
}

/** One that keeps all of it: nobody needs to look at its rows. */
export function keepsAllOf({ bedId, deviceId, fromMs, toMs }: Hold, parcel: Parcel): boolean {
  return (
    bedId === null && deviceId === null && fromMs <= parcel.fromMs && (toMs === null || toMs >= parcel.toMs)
  );
}
