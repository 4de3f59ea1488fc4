import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";
import type { DeviceGroup } from "./device-groups.ts";
import { Heard } from "./Heard.tsx";
import { Problems } from "./Problems.tsx";
import { findingWords } from "./sensor-findings.ts";
import type { ShownDevice } from "./shown-device.ts";
import { Values } from "./Values.tsx";

/** One group of devices under its heading. */
export function DeviceTable({ group, nowMs }: { readonly group: DeviceGroup; readonly nowMs: number }) {
  const headingId = `devices ${group.key}`.replaceAll(/\W/g, "-");
  return (
    <section className="device-group" aria-labelledby={headingId}>
      <h3 id={headingId}>
        {group.title} <span className="quiet">{group.devices.length}</span>
      </h3>
      <FactTable
        labelledBy={headingId}
        rows={group.devices}
        keyOf={({ device }) => device.deviceId}
        columns={[
          { name: "Device", cell: ({ device }) => <Name device={device} /> },
          { name: "At", cell: ({ place }) => <span>{place}</span> },
          { name: "Heard", cell: ({ device }) => <Heard device={device} nowMs={nowMs} /> },
          { name: "Last values", cell: ({ device }) => <Values device={device} nowMs={nowMs} /> },
          { name: "Trouble", cell: (shown) => <Trouble shown={shown} nowMs={nowMs} /> },
        ]}
      />
    </section>
  );
}

/** A long link is cut: the table of links has it whole. */
function Name({ device: { deviceId, profile, linkId, address } }: { readonly device: DeviceStatus }) {
  return (
    <>
      {deviceId} <span className="quiet block">{address === null ? profile : `${profile}, ${address}`}</span>
      <span className="quiet block cut" title={linkId}>
        {linkId}
      </span>
    </>
  );
}

/** What its values are suspected of, what went wrong by reason, and how many readings were kept and not used. */
function Trouble({ shown, nowMs }: { readonly shown: ShownDevice; readonly nowMs: number }) {
  const { findings, device } = shown;
  const { problems, badReadings, readings } = device;
  if (findings.length === 0 && problems.length === 0) return <span className="quiet">none</span>;
  return (
    <div>
      {findings.map((finding) => (
        <p key={`${finding.metric} ${finding.kind}`}>
          <span className="badge badge-strong">{findingWords(finding, nowMs)}</span>
        </p>
      ))}
      <Problems problems={problems} nowMs={nowMs} />
      {badReadings === 0 ? null : (
        <p className="quiet">
          {badReadings} of {readings} readings marked bad
        </p>
      )}
    </div>
  );
}
