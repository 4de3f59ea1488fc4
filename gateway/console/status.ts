import { freshnessOf } from "../../contracts/bed/freshness.ts";
import type { SensorFinding } from "../../contracts/wire/bed-event.ts";
import type {
  CountedProblem,
  DeviceStatus,
  DiskStatus,
  FindingStatus,
  GatewayStatus,
  LogStatus,
} from "../../contracts/wire/gateway-status.ts";
import type { GatewayId } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { BedPlace, DevicePlace, Topology } from "../commissioning/topology.ts";
import type { DeviceBook } from "../ingest/device-book.ts";
import type { ProblemCount, ProblemCounts } from "../ingest/problem-counts.ts";
import type { WardState } from "../interpret/ward-state.ts";
import type { Journal, TombstoneReason } from "../journal/journal-port.ts";
import type { Clock } from "../moment.ts";
import type { CloudLink } from "../sync/cloud-link.ts";
import type { LinkBook } from "../transport/link-book.ts";
import { linkIdOf } from "../transport/link-id.ts";
import { deviceAddress } from "./device-address.ts";

export type StatusParts = {
  readonly gatewayId: GatewayId;
  readonly cloudUrl: string;
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly topology: Topology;
  readonly journal: Pick<Journal, "epoch" | "facts" | "marks" | "start">;
  readonly ward: WardState;
  readonly book: DeviceBook;
  readonly links: LinkBook;
  readonly cloudLink: CloudLink;
  readonly strangers: ProblemCounts;
  readonly parkedCount: () => number;
  readonly logStatus: () => LogStatus | null;
};

const at = (ms: number) => new Date(ms).toISOString();
const atOrNull = (ms: number | null) => (ms === null ? null : at(ms));

/** Everything that the engineer's page shows, as of now. */
export function readStatus(parts: StatusParts): GatewayStatus {
  const { clock, journal, topology, links, cloudLink, strangers } = parts;
  const { lastReplyAtMs, ...cloud } = cloudLink.state;
  return {
    gatewayId: parts.gatewayId,
    hospitalId: topology.hospitalId,
    startedAt: at(parts.startedAtMs),
    now: at(clock.now().atMs),
    cloud: { url: parts.cloudUrl, ...cloud, lastReplyAt: atOrNull(lastReplyAtMs) },
    journal: {
      epoch: journal.epoch,
      lanes: LANES.map((lane) => {
        const { headSeq, acknowledgedSeq } = journal.marks(lane);
        const oldestUnsentAt = atOrNull(journal.facts.oldestUnsentAtMs[lane]);
        return {
          lane,
          headSeq,
          highWaterMarkSeq: acknowledgedSeq,
          queued: headSeq - acknowledgedSeq,
          oldestUnsentAt,
        };
      }),
      quarantined: journal.facts.quarantinedCount,
      quarantinedEver: journal.facts.quarantinedEver,
      parked: parts.parkedCount(),
      disk: diskStatus(journal),
    },
    log: parts.logStatus(),
    links: links.list().map(({ sinceMs, ...link }) => ({ ...link, since: at(sinceMs) })),
    devices: [...topology.devices.values()].map((place) => deviceStatus(parts, place)),
    beds: [...topology.beds.values()].map((place) => bedStatus(parts, place)),
    problems: strangers.list().map(toCounted),
  };
}

function diskStatus({ facts, start }: Pick<Journal, "facts" | "start">): DiskStatus {
  const sum = (reason: TombstoneReason) =>
    LANES.reduce((all, lane) => all + facts.tombstoned[lane][reason], 0);
  return {
    state: facts.disk,
    usedBytes: facts.bytes,
    budgetBytes: facts.budgetBytes,
    freeBytes: facts.diskFreeBytes,
    tombstoned: { diskBudget: sum("disk-budget"), damaged: sum("damaged") },
    lastCheckAt: atOrNull(facts.lastCheck?.atMs ?? null),
    damagedRows: facts.lastCheck?.damaged ?? 0,
    salvagedFrom: start.salvage?.damagedFile ?? null,
  };
}

function bedStatus({ ward, clock }: StatusParts, place: BedPlace): GatewayStatus["beds"][number] {
  const { bedId, label, wardName, roomName, roomId } = place;
  const bed = ward.bed(bedId);
  return {
    bedId,
    label,
    wardName,
    roomName,
    occupancy: bed.occupancy,
    occupancySince: atOrNull(bed.occupancySinceMs),
    settling: bed.settling?.candidate ?? null,
    readiness: bed.readiness,
    roomCondition: ward.room(roomId).condition,
    votes: [...ward.votesAt(bedId, clock.now())],
    findings: ward.findings(bedId).map(toFinding),
  };
}

const toFinding = ({ sinceMs, evidence, ...finding }: SensorFinding): FindingStatus => ({
  ...finding,
  since: at(sinceMs),
  evidence: evidence.map(({ deviceId, metric, value, unit, observedAtMs }) => ({
    deviceId,
    metric,
    value,
    unit,
    observedAt: at(observedAtMs),
  })),
});

function deviceStatus({ book, clock, links }: StatusParts, place: DevicePlace): DeviceStatus {
  const entry = book.entry(place.deviceId);
  const { lastHeard } = entry;
  const ageMs = lastHeard === null ? null : clock.now().monoMs - lastHeard.monoMs;
  return {
    deviceId: place.deviceId,
    profile: place.profile.model,
    bedId: place.bedId,
    roomId: place.roomId,
    linkId: linkIdOf(place, links),
    address: deviceAddress(place),
    lastHeardAt: atOrNull(lastHeard?.atMs ?? null),
    freshness: ageMs === null ? null : freshnessOf(ageMs, place.expectedIntervalMs),
    expectedIntervalMs: place.expectedIntervalMs,
    readings: entry.readings,
    badReadings: entry.badReadings,
    problems: entry.problems.list().map(toCounted),
    latest: [...entry.latest.values()].map(({ metric, value, unit, quality, badReason, observedAtMs }) => ({
      metric,
      value,
      unit,
      quality,
      badReason,
      observedAt: at(observedAtMs),
    })),
  };
}

const toCounted = ({ lastAtMs, ...problem }: ProblemCount): CountedProblem => ({
  ...problem,
  lastAt: at(lastAtMs),
});
