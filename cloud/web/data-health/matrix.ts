/** Sources by hospital: how many of each kind are as fresh as they should be. Pure. */
import type {
  DataHealth,
  DeviceHealth,
  GatewayHealth,
  SourceKind,
} from "../../../contracts/wire/data-health.ts";
import type { HospitalId } from "../../../contracts/wire/ids.ts";

export type Cell = {
  readonly words: string;
  /** What is wrong, each in words; empty: nothing. */
  readonly troubles: readonly string[];
};

export type MatrixRow = { readonly name: string; readonly cells: ReadonlyMap<HospitalId, Cell> };

const KIND_WORDS: Readonly<Record<SourceKind, string>> = {
  bed: "Bed sensors",
  patient: "Monitors",
  room: "Room sensors",
  unknown: "Named by a bed, never heard",
};

export function matrixOf({ hospitals, devices, gateways }: DataHealth): MatrixRow[] {
  const row = (name: string, cellOf: (hospitalId: HospitalId) => Cell): MatrixRow => ({
    name,
    cells: new Map(hospitals.map(({ hospitalId }) => [hospitalId, cellOf(hospitalId)])),
  });
  const kinds = (["bed", "patient", "room", "unknown"] as const).map((kind) =>
    row(KIND_WORDS[kind], (hospitalId) =>
      sourcesCell(devices.filter((device) => device.hospitalId === hospitalId && device.kind === kind)),
    ),
  );
  return [
    row("Gateways", (hospitalId) =>
      gatewaysCell(gateways.filter((gateway) => gateway.hospitalId === hospitalId)),
    ),
    ...kinds,
  ];
}

function sourcesCell(devices: readonly DeviceHealth[]): Cell {
  const [first] = devices;
  if (first === undefined) return { words: "None", troubles: [] };
  // What it is is not known either, so that it is trouble and no kind of its own.
  if (first.kind === "unknown") return { words: "", troubles: [`${devices.length} never heard`] };
  const count = (holds: (device: DeviceHealth) => boolean) => devices.filter(holds).length;
  const fresh = count(({ freshness }) => freshness === "fresh");
  const troubles = (
    [
      [count(({ freshness }) => freshness === "late"), "late"],
      [count(({ freshness }) => freshness === "stale"), "stale"],
      [count(({ freshness }) => freshness === null), "of unknown interval"],
      [count(({ noise }) => noise >= 1), "noisy"],
      [count(({ gapMinutes }) => (gapMinutes ?? 0) > 0), "with gaps"],
    ] as const
  ).flatMap(([number, words]) => (number === 0 ? [] : [`${number} ${words}`]));
  return { words: `${fresh} of ${devices.length} fresh`, troubles };
}

/** A gateway whose clock is further off than this is corrected for, and should be set. */
export const CLOCK_OFF_MS = 2_000;
/** A lane whose newest record was older than this when it came works off a backlog. */
export const BEHIND_MS = 60_000;

function gatewaysCell(gateways: readonly GatewayHealth[]): Cell {
  if (gateways.length === 0) return { words: "None", troubles: [] };
  const count = (holds: (gateway: GatewayHealth) => boolean) => gateways.filter(holds).length;
  const heard = count(({ isSilent }) => !isSilent);
  const troubles = (
    [
      [gateways.length - heard, "silent"],
      [count(({ clock }) => Math.abs(clock?.offsetMs ?? 0) > CLOCK_OFF_MS), "with its clock off"],
      [count(({ lanes }) => lanes.some(({ behindMs }) => (behindMs ?? 0) > BEHIND_MS)), "behind"],
      [count(({ refused }) => refused !== null), "refused"],
    ] as const
  ).flatMap(([number, words]) => (number === 0 ? [] : [`${number} ${words}`]));
  return { words: `${heard} of ${gateways.length} heard`, troubles };
}
