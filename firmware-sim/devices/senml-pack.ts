import type { BedSignals } from "./bed-signals.ts";

/**
 * A SenML pack (RFC 8428, JSON). The base name and base time stand in the first record and hold for all of them;
 * base time is in seconds of UNIX time. Names begin with a device URN (RFC 9039); 32473 is the enterprise number kept
 * for examples (RFC 5612).
 */
export type SenmlRecord = {
  readonly bn?: string;
  readonly bt?: number;
  readonly n: string;
  readonly u?: string;
  readonly v?: number;
  readonly vb?: boolean;
};

export function senmlPack(deviceId: string, signals: BedSignals, atMs: number): readonly SenmlRecord[] {
  return [
    { bn: `urn:dev:ops:32473-${deviceId}:`, bt: atMs / 1000, n: "occupancy", vb: signals.occupancy },
    { n: "load", u: "kg", v: signals.loadKg },
    { n: "side-rail", vb: signals.sideRailUp },
    { n: "bed-brake", vb: signals.brakeLocked },
    { n: "battery", u: "%EL", v: signals.batteryPct },
    { n: "cleaning", vb: signals.cleaning },
  ];
}
