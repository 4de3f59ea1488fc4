/** What Prometheus reads: the figures of the status page, and beside them what each stage counts. */
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { FINDING_KINDS } from "../../contracts/wire/bed-event.ts";
import { type GatewayStatus, LinkStatus } from "../../contracts/wire/gateway-status.ts";
import { problemTotals } from "./problem-totals.ts";

/** Adds a stage's own figures to the registry. */
export type AddMetrics = (registry: Registry) => void;

export type Metrics = { readonly contentType: string; text(): Promise<string> };

/** Everything is read when somebody asks, the status once for all of its figures. */
export function createMetrics(status: () => GatewayStatus, stages: readonly AddMetrics[] = []): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  let current = status();
  addStatusMetrics(registry, () => current);
  for (const add of stages) add(registry);
  return {
    contentType: registry.contentType,
    text() {
      current = status();
      return registry.metrics();
    },
  };
}

function addStatusMetrics(registry: Registry, status: () => GatewayStatus): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    collect: (gauge: Gauge, now: GatewayStatus) => void,
  ) =>
    new Gauge({
      name: `hospitell_gateway_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        collect(this, status());
      },
    });
  gauge("lane_head_seq", "Records ever appended, by lane", ["lane"], (it, { journal }) => {
    for (const lane of journal.lanes) it.set({ lane: lane.lane }, lane.headSeq);
  });
  gauge("lane_queued", "Records that the cloud has not stored yet, by lane", ["lane"], (it, { journal }) => {
    for (const lane of journal.lanes) it.set({ lane: lane.lane }, lane.queued);
  });
  gauge(
    "oldest_unsent_age_seconds",
    "Age of the oldest record not stored by the cloud",
    ["lane"],
    (it, { journal, now }) => {
      for (const lane of journal.lanes) {
        const since = lane.oldestUnsentAt === null ? null : Date.parse(now) - Date.parse(lane.oldestUnsentAt);
        it.set({ lane: lane.lane }, since === null ? 0 : since / 1_000);
      }
    },
  );
  gauge("cloud_connected", "1 while the newest exchange with the cloud succeeded", [], (it, { cloud }) =>
    it.set(cloud.state === "connected" ? 1 : 0),
  );
  gauge("clock_offset_seconds", "The cloud's clock minus this gateway's", [], (it, { cloud }) => {
    // Not known before the first exchange; 0 would say that the clocks agree.
    it.set(cloud.clockOffsetMs === null ? Number.NaN : cloud.clockOffsetMs / 1_000);
  });
  gauge("parked", "Records that the cloud did not accept since the start", [], (it, { journal }) =>
    it.set(journal.parked),
  );
  gauge("quarantined", "Messages in quarantine", [], (it, { journal }) => it.set(journal.quarantined));
  gauge("quarantined_ever", "Messages ever put in quarantine, by this journal", [], (it, { journal }) =>
    it.set(journal.quarantinedEver),
  );
  gauge("link_state", "1 for the state that each link is in", ["link", "kind", "state"], (it, { links }) => {
    for (const { linkId, kind, state } of links)
      for (const one of LinkStatus.shape.state.options)
        it.set({ link: linkId, kind, state: one }, one === state ? 1 : 0);
  });
  gauge("link_reconnects", "How often each link came up again", ["link", "kind"], (it, { links }) => {
    for (const { linkId, kind, reconnects } of links) it.set({ link: linkId, kind }, reconnects);
  });
  gauge(
    "problems",
    "Problems since the start, by reason, over all devices and strangers",
    ["reason"],
    (it, now) => {
      for (const [reason, count] of problemTotals(now)) it.set({ reason }, count);
    },
  );
  gauge(
    "sensor_findings",
    "Open findings on sensors, by kind, once for each bed",
    ["kind"],
    (it, { beds }) => {
      for (const kind of FINDING_KINDS) {
        const open = beds.flatMap(({ findings }) => findings.filter((finding) => finding.kind === kind));
        it.set({ kind }, open.length);
      }
    },
  );
  gauge("device_readings", "Readings since the start, by device", ["device"], (it, { devices }) => {
    for (const device of devices) it.set({ device: device.deviceId }, device.readings);
  });
  gauge("device_bad_readings", "Readings kept but not used, by device", ["device"], (it, { devices }) => {
    for (const device of devices) it.set({ device: device.deviceId }, device.badReadings);
  });
  gauge(
    "device_problems",
    "Problems since the start, by device and reason",
    ["device", "reason"],
    (it, status) => {
      for (const device of status.devices) {
        for (const { reason, count } of device.problems) it.set({ device: device.deviceId, reason }, count);
      }
      for (const { reason, count } of status.problems) it.set({ device: "", reason }, count);
    },
  );
  gauge("device_heard_age_seconds", "Time since the device was heard", ["device"], (it, { devices, now }) => {
    for (const { deviceId, lastHeardAt } of devices) {
      if (lastHeardAt !== null)
        it.set({ device: deviceId }, (Date.parse(now) - Date.parse(lastHeardAt)) / 1_000);
    }
  });
}
