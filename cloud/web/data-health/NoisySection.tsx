import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import {
  type DataHealth,
  NOISY_BAD_READINGS_MIN,
  NOISY_BAD_SHARE_MIN,
  NOISY_SETTLINGS_MIN,
} from "../../../contracts/wire/data-health.ts";
import { DeviceName } from "./DeviceName.tsx";
import { badWords } from "./health-words.ts";

export function NoisySection({ health: { devices, noisy } }: { readonly health: DataHealth }) {
  const rows = noisy.flatMap(
    (named) =>
      devices.find(
        ({ gatewayId, deviceId }) => gatewayId === named.gatewayId && deviceId === named.deviceId,
      ) ?? [],
  );
  return (
    <section className="health-section" aria-labelledby="noisy-title">
      <h3 id="noisy-title">Noisy sources</h3>
      <p className="quiet">
        Of the last hour, the ten worst: a source that set out to change its bed’s occupancy{" "}
        {NOISY_SETTLINGS_MIN} times or more, or {NOISY_BAD_READINGS_MIN} bad readings or more among good ones
        of the same minute that are at least {NOISY_BAD_SHARE_MIN * 100} % of its readings. A monitor that
        nobody wears has no values for minutes on end; that is no noise.
      </p>
      {rows.length === 0 ? (
        <p>None in the last hour.</p>
      ) : (
        <FactTable
          labelledBy="noisy-title"
          keyOf={({ gatewayId, deviceId }) => `${gatewayId} ${deviceId}`}
          rows={rows}
          columns={[
            { name: "Source", cell: (device) => <DeviceName device={device} /> },
            { name: "Changes begun", cell: ({ settlings }) => `${settlings} in the hour` },
            {
              name: "Bad among good ones",
              cell: ({ readings, badAmongGood }) => badWords({ readings, badReadings: badAmongGood }),
            },
            { name: "Over its limit", cell: ({ noise }) => `${noise.toFixed(1)} times` },
          ]}
        />
      )}
    </section>
  );
}
