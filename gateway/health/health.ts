/**
 * The health document: each stage on the way of a reading, whether it is well, and by which figure. In the shape of
 * application/health+json (draft-inadarei-api-health-check). Pure: status in, document out.
 */
import type { GatewayStatus } from "../../contracts/wire/gateway-status.ts";

export type HealthState = "pass" | "warn" | "fail";

export type HealthCheck = {
  readonly status: HealthState;
  readonly observedValue: number | string;
  readonly observedUnit?: string;
  /** What is wrong and what to do; only where something is. */
  readonly output?: string;
};

export type HealthDocument = {
  readonly status: HealthState;
  readonly serviceId: string;
  readonly time: string;
  readonly checks: Readonly<Record<string, readonly HealthCheck[]>>;
};

/** Bed events leave within a second; older ones are held up. */
const BEDS_UNSENT_S_MAX = 30;
const READINGS_UNSENT_S_MAX = 300;
const CLOCK_OFFSET_MS_MAX = 2_000;

export function healthOf(status: GatewayStatus): HealthDocument {
  const checks = {
    "transport:links": [links(status)],
    "transport:devices": [devices(status)],
    "journal:disk": [disk(status)],
    "journal:integrity": [integrity(status)],
    "sync:cloud": [cloud(status)],
    ...Object.fromEntries(status.journal.lanes.map((lane) => [`sync:${lane.lane}`, [unsent(lane, status)]])),
    "sync:parked": [parked(status)],
    "log:sync": [logSync(status)],
    "log:witness": [witness(status)],
    "time:clock-offset": [clockOffset(status)],
  };
  const states = Object.values(checks).flatMap((some) => some.map((check) => check.status));
  const worst = (["fail", "warn"] as const).find((state) => states.includes(state)) ?? "pass";
  return { status: worst, serviceId: status.gatewayId, time: status.now, checks };
}

function check(isWell: boolean, bad: "warn" | "fail", value: number | string, unit: string, output: string) {
  const figure = { observedValue: value, observedUnit: unit };
  return isWell ? { status: "pass" as const, ...figure } : { status: bad, ...figure, output };
}

function links({ links: all }: GatewayStatus): HealthCheck {
  const down = all.filter(({ running, state }) => running === "running" && state === "down");
  const names = down.map(({ linkId }) => linkId).join(", ");
  return check(down.length === 0, "warn", down.length, "links down", `Down: ${names}. See the status page.`);
}

function devices({ devices: all }: GatewayStatus): HealthCheck {
  const silent = all.filter(({ freshness }) => freshness === null || freshness === "stale").length;
  const output = `${silent} of ${all.length} devices are not heard; the status page names them.`;
  return check(silent === 0, "warn", silent, "devices silent", output);
}

function disk({ journal: { disk } }: GatewayStatus): HealthCheck {
  const bad = disk.state === "stalled" ? "fail" : "warn";
  const output =
    "The disk is full: make room. Until then the oldest readings give way, then no device is acknowledged.";
  return { ...check(disk.state === "normal", bad, disk.state, "state", output) };
}

function integrity({ journal: { disk } }: GatewayStatus): HealthCheck {
  const output = "Records on disk are damaged: replace the disk; a restart saves what is whole.";
  return check(disk.damagedRows === 0, "fail", disk.damagedRows, "damaged rows", output);
}

function cloud({ cloud: link }: GatewayStatus): HealthCheck {
  const bad = link.state === "refused" ? "fail" : "warn";
  return check(link.state === "connected", bad, link.state, "state", link.lastError ?? "Not reached yet.");
}

function unsent({ lane, oldestUnsentAt }: GatewayStatus["journal"]["lanes"][number], { now }: GatewayStatus) {
  const ageS = oldestUnsentAt === null ? 0 : (Date.parse(now) - Date.parse(oldestUnsentAt)) / 1_000;
  const limitS = lane === "beds" ? BEDS_UNSENT_S_MAX : READINGS_UNSENT_S_MAX;
  const output = `The oldest unsent record is older than ${limitS} s. It is kept; look at the cloud link.`;
  return check(ageS <= limitS, "warn", Math.round(ageS), "s", output);
}

function parked({ journal }: GatewayStatus): HealthCheck {
  const output = "The cloud did not accept these records and keeps them with their reasons.";
  return check(journal.parked === 0, "warn", journal.parked, "records", output);
}

function logSync({ log }: GatewayStatus): HealthCheck {
  const waiting = log === null ? 0 : log.size - log.storedSize;
  return check((log?.trouble ?? null) === null, "warn", waiting, "leaves not stored", log?.trouble ?? "");
}

function witness({ log }: GatewayStatus): HealthCheck {
  const output = log?.witnessRefused ?? log?.witnessTrouble ?? null;
  const bad = log?.witnessRefused == null ? "warn" : "fail";
  return check(output === null, bad, log?.witnessedSize ?? 0, "leaves cosigned", output ?? "");
}

function clockOffset({ cloud: { clockOffsetMs } }: GatewayStatus): HealthCheck {
  if (clockOffsetMs === null) return { status: "pass", observedValue: "not measured" };
  const output = "The clocks of gateway and cloud disagree: set this machine's time (NTP).";
  return check(Math.abs(clockOffsetMs) <= CLOCK_OFFSET_MS_MAX, "warn", clockOffsetMs, "ms", output);
}
