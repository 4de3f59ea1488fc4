import { readFileSync } from "node:fs";
import type { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createMetrics as createCloudMetrics } from "../../cloud/health/metrics.ts";
import { addBrokerMetrics } from "../../gateway/health/broker-metrics.ts";
import { addJournalMetrics } from "../../gateway/health/journal-metrics.ts";
import { createMetrics } from "../../gateway/health/metrics.ts";
import { Tally } from "../../gateway/transport/mqtt/broker-counters.ts";
import { MemoryJournal } from "../support/memory-journal.ts";
import { TROUBLED_STATUS } from "../web/a-gateway-status.ts";

type Rules = { groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[] };
const rules = (
  parse(readFileSync(new URL("../../config/alerts/hospitell.rules.yml", import.meta.url), "utf8")) as Rules
).groups.flatMap((group) => group.rules);

const NO_EVIDENCE = {
  networkLeaves: 0,
  gatewayLeaves: 0,
  waitingEntries: 0,
  witnessedSize: 0,
  witnessedAgeMs: null,
  unwitnessedAgeMs: 0,
  haltedLogs: 0,
  alarms: { "gateway-fork": 0, "record-differs": 0, "witness-refused": 0 },
};

/** What the two programs tell from the start, a line for each set of labels. */
async function told(): Promise<readonly string[]> {
  const facts = () => new MemoryJournal().facts;
  const gateway = createMetrics(
    () => TROUBLED_STATUS,
    [
      (registry: Registry) => addJournalMetrics(registry, facts),
      (registry: Registry) => addBrokerMetrics(registry, () => new Tally().read(0)),
    ],
  );
  const cloud = createCloudMetrics();
  cloud.watch({
    liveClients: () => 0,
    outboxLag: async () => 0,
    bedsByState: () => ({ available: 0, reserved: 0, occupied: 0, cleaning: 0, blocked: 0, unknown: 0 }),
    ingestQueue: () => ({ atWork: 0, waiting: 0 }),
  });
  cloud.watchAnchor({ ageMs: async () => 0, health: async () => null });
  cloud.watchEvidence(async () => NO_EVIDENCE);
  cloud.feedMeter("influxdb");
  const lag = async () => ({ records: 0, oldestReceivedAtMs: null });
  cloud.watchFeed("influxdb", { status: () => ({ state: "idle", trouble: null }), lag, nowMs: () => 0 });
  return `${await gateway.text()}\n${await cloud.text()}`.split("\n").filter((line) => !line.startsWith("#"));
}

describe("the alert rules", () => {
  test("watch only what the programs really tell", async () => {
    const lines = await told();
    const named = rules.flatMap(({ alert, expr }) =>
      [...expr.matchAll(/\b((?:hospitell|nodejs)_[a-z_0-9]+)(?:\{([^}]*)\})?/g)].map(
        ([, name = "", labels = ""]) => ({
          alert,
          name,
          labels: labels
            .split(",")
            .filter((label) => /^\s*(?!job=)\w+="/.test(label))
            .map((label) => label.trim()),
        }),
      ),
    );
    expect(named.length).toBeGreaterThan(15);
    const isTold = ({ name, labels }: (typeof named)[number]) =>
      lines.some(
        (line) => /^[a-z_0-9]+/.exec(line)?.[0] === name && labels.every((label) => line.includes(label)),
      );
    expect(named.filter((one) => !isTold(one))).toEqual([]);
  });

  test("say each what is wrong and what to do", () => {
    for (const { alert, annotations } of rules) {
      expect(annotations.summary, alert).toMatch(/\w/);
      expect(annotations.action, alert).toMatch(/\w/);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});
