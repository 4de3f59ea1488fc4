import { freshnessOf, isGatewaySilent } from "../../../contracts/bed/freshness.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { intervalWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import { METRIC_WORDS } from "../../../contracts/ui/metric-words.ts";
import { FRESHNESS_WORDS } from "../../../contracts/ui/states.ts";
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";
import { momentMs } from "../live/bed-facts.ts";
import { isWeighed } from "./EvidenceList.tsx";

type Row = {
  readonly name: string;
  readonly role: string;
  readonly every: string;
  readonly heardAtMs: number | null;
  readonly state: string;
};

/** Who speaks about the bed, how often each should, and how long ago it did; the gateway that passes it on comes last. */
export function SourcesTable({
  bed,
  gateway,
}: {
  readonly bed: BedView;
  readonly gateway: GatewayView | undefined;
}) {
  const nowMs = useBeatMs();
  const rows = [
    ...bed.sources.map((source) => sourceRow(source, isWeighed(bed), nowMs)),
    gatewayRow(bed, gateway, nowMs),
  ];
  return (
    <section>
      <h3 id="sources-title">Sources</h3>
      <FactTable
        labelledBy="sources-title"
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { name: "Source", cell: nameAndRole },
          { name: "Every", cell: ({ every }) => <span>{every}</span> },
          { name: "Heard", cell: ({ heardAtMs }) => <Age atMs={heardAtMs} /> },
          { name: "Is", cell: ({ state }) => <span>{state}</span> },
        ]}
      />
    </section>
  );
}

function nameAndRole({ name, role }: Row) {
  return (
    <>
      {name} <span className="quiet block">{role}</span>
    </>
  );
}

function sourceRow(source: BedView["sources"][number], showsWeight: boolean, nowMs: number): Row {
  const { deviceId, decides, weight, expectedIntervalMs, lastObservedAt } = source;
  const heardAtMs = momentMs(lastObservedAt);
  return {
    name: deviceId,
    role: decides === null ? "" : `decides occupancy${byMetric(decides)}${byWeight(weight, showsWeight)}`,
    every: intervalWords(expectedIntervalMs),
    heardAtMs,
    state: heardAtMs === null ? "–" : FRESHNESS_WORDS[freshnessOf(nowMs - heardAtMs, expectedIntervalMs)],
  };
}

function byWeight(weight: number | null, showsWeight: boolean): string {
  return weight === null || !showsWeight ? "" : `, weight ${weight}`;
}

function byMetric(metric: "occupancy" | "load" | "pulse-rate"): string {
  return metric === "occupancy" ? "" : ` by ${METRIC_WORDS[metric].toLowerCase()}`;
}

function gatewayRow(bed: BedView, gateway: GatewayView | undefined, nowMs: number): Row {
  const heardAtMs = momentMs(gateway?.lastHeardAt ?? null);
  return {
    name: bed.gatewayId,
    role: "the hospital’s gateway",
    every: "–",
    heardAtMs,
    state: isGatewaySilent(heardAtMs, nowMs) ? "Silent" : "Heard",
  };
}
