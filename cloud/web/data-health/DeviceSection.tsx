import { useState } from "react";
import { Age } from "../../../contracts/ui/Age.tsx";
import { intervalWords } from "../../../contracts/ui/age-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import { FRESHNESS_WORDS } from "../../../contracts/ui/states.ts";
import type { DataHealth, DeviceHealth } from "../../../contracts/wire/data-health.ts";
import { DeviceName } from "./DeviceName.tsx";
import { badWords, gapWords, lagsWords } from "./health-words.ts";

/** Those in trouble are among the first. */
const SHOWN_AT_FIRST = 25;

/** Every source with its figures of the hour, those in trouble first. */
export function DeviceSection({ health: { devices, devicesInAll } }: { readonly health: DataHealth }) {
  const [isAll, setAll] = useState(false);
  const rows = isAll ? devices : devices.slice(0, SHOWN_AT_FIRST);
  return (
    <section className="health-section" aria-labelledby="devices-title">
      <h3 id="devices-title">Sources, those in trouble first</h3>
      <p className="quiet">
        Figures of the last hour of whole minutes. Lag is from the reading to the cloud’s database, with the
        offset of the gateway’s clock in it; its percentiles are of single minutes’ means, each counted as
        often as the minute has readings, and the longest is that of a single reading. A gap is a minute in
        which the gateway recorded others and none of it; it is counted of what is due at least twice a
        minute.
      </p>
      {devices.length === 0 ? <p>No source is known yet.</p> : <DeviceTable rows={rows} />}
      {devices.length > SHOWN_AT_FIRST ? (
        <p>
          <button type="button" className="control" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
            {isAll ? `Show the first ${SHOWN_AT_FIRST}` : `Show all ${devices.length}`}
          </button>{" "}
          {devicesInAll > devices.length ? (
            <span className="quiet">
              There are {devicesInAll}; choose a hospital to see those that are left out.
            </span>
          ) : null}
        </p>
      ) : null}
    </section>
  );
}

function DeviceTable({ rows }: { readonly rows: readonly DeviceHealth[] }) {
  return (
    <FactTable
      labelledBy="devices-title"
      keyOf={({ gatewayId, deviceId }) => `${gatewayId} ${deviceId}`}
      rows={rows}
      columns={[
        { name: "Source", cell: (device) => <DeviceName device={device} /> },
        { name: "Freshness", cell: (device) => <Heard device={device} /> },
        {
          name: "Due every",
          cell: ({ expectedIntervalMs }) =>
            expectedIntervalMs === null ? "not known" : intervalWords(expectedIntervalMs),
        },
        { name: "Lag p50 · p95 · longest", cell: ({ lag }) => lagsWords(lag) },
        { name: "Bad or no value", cell: (device) => badWords(device) },
        { name: "Gaps", cell: ({ gapMinutes }) => gapWords(gapMinutes) },
        { name: "Changes begun", cell: ({ settlings }) => String(settlings) },
      ]}
    />
  );
}

function Heard({ device: { freshness, lastObservedAt } }: { readonly device: DeviceHealth }) {
  return (
    <>
      {freshness === null ? (
        "Not known"
      ) : freshness === "stale" ? (
        <span className="badge badge-strong">{lastObservedAt === null ? "Never heard" : "Stale"}</span>
      ) : (
        FRESHNESS_WORDS[freshness]
      )}{" "}
      {lastObservedAt === null ? null : (
        <span className="quiet">
          <Age atMs={Date.parse(lastObservedAt)} />
        </span>
      )}
    </>
  );
}
