/** Beds, gateways and messages for the tests of the webs, each through its real schema. */
import { type BedView as Bed, BedView, GatewayView } from "../../contracts/wire/board.ts";
import { LiveMessage } from "../../contracts/wire/live.ts";

/** A Tuesday morning; every test counts from here. */
export const NOW_MS = Date.parse("2026-11-24T09:00:00.000Z");

export const at = (agoMs: number): string => new Date(NOW_MS - agoMs).toISOString();
export const MIN = 60_000;

type Loose<T> = { [K in keyof T]?: unknown };

export type BedWords = {
  id?: string;
  label?: string;
  hospital?: string;
  ward?: string;
  room?: string;
  assignmentSource?: Bed["ward"]["assignmentSource"];
  /** Values of axes that differ from an open, staffed, clean, empty bed without a claim. */
  axes?: { [A in keyof Bed["axes"]]?: Bed["axes"][A]["value"] };
  sinceAgoMs?: number;
  heardAgoMs?: number | null;
  sensor?: boolean;
  /** Several sources instead of its one sensor, and what each read when they decided. */
  sources?: readonly {
    deviceId: string;
    decides: Bed["sources"][number]["decides"];
    weight: number | null;
    value: number | boolean | null;
    unit: string | null;
    vote: Bed["axes"]["occupancy"]["value"];
  }[];
  settling?: Bed["settling"];
  condition?: Bed["room"]["condition"];
  isolation?: Bed["room"]["isolation"];
  findings?: readonly unknown[];
  profile?: Bed["profile"];
  declaredVacant?: Bed["declaredVacant"];
  liveSeq?: number;
};

export function aBed({
  id = "north-bed-01",
  label = "1A",
  hospital = "north",
  ward = "Intake",
  room = "Room 1",
  assignmentSource = "bookings",
  axes = {},
  sinceAgoMs = 30 * MIN,
  heardAgoMs = 2_000,
  sensor = true,
  sources,
  settling = null,
  condition = "within-limits",
  isolation = "none",
  findings = [],
  profile = null,
  declaredVacant = null,
  liveSeq = 1,
}: BedWords = {}): Bed {
  const deviceId = sources?.[0]?.deviceId ?? id.replace("-bed-", "-smart-bed-");
  const declared = (value: string) => ({
    value,
    since: at(4 * 60 * MIN),
    by: { kind: "declaration", who: "ward file" },
    evidence: [],
  });
  const sensed = (value: string) => ({
    value,
    since: at(sinceAgoMs),
    by: { kind: "sensor", deviceId },
    evidence: [
      {
        lane: "vitals",
        seq: 4711,
        deviceId,
        metric: "occupancy",
        value: value === "present",
        unit: null,
        observedAt: at(sinceAgoMs),
      },
    ],
  });
  const weighed = (value: string) => ({
    ...sensed(value),
    evidence: (sources ?? []).map(({ deviceId, decides, weight, value, unit, vote }, index) => ({
      lane: "vitals",
      seq: 4_711 + index,
      deviceId,
      metric: decides,
      value,
      unit,
      observedAt: at(sinceAgoMs),
      vote,
      weight,
    })),
  });
  const fact = (axis: string, value: string) => {
    if (axis === "occupancy" && sources !== undefined) return weighed(value);
    if (axis === "occupancy" && !sensor) return { value: "unknown", since: null, by: null, evidence: [] };
    return axis === "occupancy" || axis === "readiness" ? sensed(value) : declared(value);
  };
  const values = {
    occupancy: "absent",
    assignment: "none",
    readiness: "clean",
    service: "open",
    infection: "none",
    staffing: "staffed",
    ...axes,
  };
  return BedView.parse({
    bedId: id,
    hospitalId: hospital,
    ward: { wardId: `${hospital}-${ward.toLowerCase().replaceAll(" ", "-")}`, name: ward, assignmentSource },
    gatewayId: `${hospital}-gateway`,
    room: {
      roomId: `${hospital}-${room.toLowerCase().replaceAll(" ", "-")}`,
      name: room,
      condition,
      isolation,
      limits: [],
    },
    label,
    profile,
    declaredVacant,
    isLeaving: false,
    axes: Object.fromEntries(Object.entries(values).map(([axis, value]) => [axis, fact(axis, value)])),
    settling,
    sources:
      sources !== undefined
        ? sources.map(({ deviceId, decides, weight }, index) => ({
            deviceId,
            expectedIntervalMs: 1_000,
            decides,
            weight,
            lastObservedAt: heardAgoMs === null ? null : at(heardAgoMs + index * 300),
          }))
        : sensor
          ? [
              {
                deviceId,
                expectedIntervalMs: 10_000,
                decides: "occupancy",
                weight: 1,
                lastObservedAt: heardAgoMs === null ? null : at(heardAgoMs),
              },
            ]
          : [],
    findings,
    derived: SERVER_DERIVED,
    liveSeq,
  });
}

/** Something wrong with the sensor of `north-bed-01`, for half an hour. */
export function aFinding(kind: Bed["findings"][number]["kind"], deviceId = "north-smart-bed-01") {
  return {
    deviceId,
    metric: "occupancy",
    kind,
    since: at(30 * MIN),
    detail: "It has stood still for long. Look whether it still measures.",
    evidence: [],
  };
}

/** What the server derived; the browser derives for itself, so that no test rests on it. */
const SERVER_DERIVED = {
  display: "unknown",
  badges: [],
  hl7Code: null,
  verification: "stale",
  freshness: null,
  conflict: null,
  bookable: { ok: false, reasons: [] },
  offerable: { ok: false, reasons: [] },
};

export function aGateway(hospital = "north", heardAgoMs: number | null = 1_000) {
  return GatewayView.parse({
    gatewayId: `${hospital}-gateway`,
    hospitalId: hospital,
    lastHeardAt: heardAgoMs === null ? null : at(heardAgoMs),
  });
}

const HOSPITALS = [
  { hospitalId: "north", name: "Northside General" },
  { hospitalId: "south", name: "Southbank Hospital" },
];

export function aSnapshot(
  beds: readonly Bed[],
  part: Loose<Extract<LiveMessage, { kind: "snapshot" }>> = {},
) {
  return message({
    kind: "snapshot",
    seq: 1,
    serverTime: at(0),
    hospitals: HOSPITALS,
    gateways: [aGateway("north"), aGateway("south")],
    beds,
    ...part,
  });
}

export function someChanges(seq: number, beds: readonly Bed[], removed: readonly string[] = []) {
  return message({ kind: "changes", seq, serverTime: at(0), beds, removed });
}

export function someEvidence(
  gateways: readonly GatewayView[],
  sources: readonly { bedId: string; deviceId: string; lastObservedAt: string | null }[] = [],
) {
  return message({ kind: "evidence", serverTime: at(0), gateways, sources });
}

function message(words: unknown): LiveMessage {
  return LiveMessage.parse(words);
}
