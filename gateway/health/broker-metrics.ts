import { Counter, Gauge, type Registry } from "prom-client";
import { type BrokerCounters, DOOR_NAMES, REFUSALS } from "../transport/mqtt/broker-counters.ts";
import { addReadCounter } from "./read-counter.ts";

const QOS = ["qos0", "qos1", "qos2"] as const;

/** The broker's doors: who is in, what came, and what was refused for which reason, all from the start at zero. */
export function addBrokerMetrics(registry: Registry, counters: () => BrokerCounters): void {
  const registers = [registry];
  const prefix = "hospitell_gateway_mqtt_";
  new Gauge({
    name: `${prefix}connections`,
    help: "Connections open now, by door",
    labelNames: ["door"],
    registers,
    collect() {
      const { connections } = counters();
      for (const door of DOOR_NAMES) this.set({ door }, connections[door]);
    },
  });
  new Gauge({
    name: `${prefix}paused_connections`,
    help: "Connections that are not read at the moment, because too much waits for the disk",
    registers,
    collect() {
      this.set(counters().paused);
    },
  });
  new Gauge({
    name: `${prefix}held_bytes`,
    help: "Bytes of packets that have not come to their end",
    registers,
    collect() {
      this.set(counters().heldBytes);
    },
  });
  new Counter({
    name: `${prefix}refused_total`,
    help: "Connections refused or closed, by reason",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      const { refused } = counters();
      for (const reason of REFUSALS) this.inc({ reason }, refused[reason]);
    },
  });
  new Counter({
    name: `${prefix}publishes_total`,
    help: "Messages that devices published, by quality of service",
    labelNames: ["qos"],
    registers,
    collect() {
      this.reset();
      const { publishes } = counters();
      for (const qos of QOS) this.inc({ qos: qos.slice(-1) }, publishes[qos]);
    },
  });
  const counter = (name: string, help: string, read: (now: BrokerCounters) => number) =>
    addReadCounter(registry, prefix + name, help, () => read(counters()));
  counter(
    "acknowledged_total",
    "Messages acknowledged, each after its commit",
    ({ acknowledged }) => acknowledged,
  );
  counter("received_bytes_total", "Bytes that came through the doors", ({ bytesIn }) => bytesIn);
}
