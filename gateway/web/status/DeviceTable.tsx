import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";
import type { DeviceGroup, DeviceOrder } from "./device-groups.ts";
import { Heard } from "./Heard.tsx";
import { OpenFinding } from "./OpenFinding.tsx";
import { Problems } from "./Problems.tsx";
import type { ShownDevice } from "./shown-device.ts";
import { Values } from "./Values.tsx";

/** One group of devices under its heading. */
export function DeviceTable({
  group,
  order,
  nowMs,
}: {
  readonly group: DeviceGroup;
  readonly order: DeviceOrder;
  readonly nowMs: number;
}) {
  // Its link's name is then the heading.
  const isUnderLink = order === "link";
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
          { name: "Device", cell: ({ device }) => <Name device={device} isUnderLink={isUnderLink} /> },
          { name: "At", cell: (shown) => <Place shown={shown} /> },
          { name: "Heard", cell: ({ device }) => <Heard device={device} nowMs={nowMs} /> },
          { name: "Last values", cell: ({ device }) => <Values device={device} nowMs={nowMs} /> },
          { name: "Trouble", cell: (shown) => <Trouble shown={shown} nowMs={nowMs} /> },
        ]}
      />
    </section>
  );
}

/** A long link is cut: the table of links has it whole. */
function Name({ device, isUnderLink }: { readonly device: DeviceStatus; readonly isUnderLink: boolean }) {
  const { deviceId, profile, linkId, address } = device;
  const parts = [profile, ...(address === null ? [] : [address]), ...(isUnderLink ? [] : [linkId])];
  return (
    <>
      {deviceId}{" "}
      <span className="quiet block cut" title={linkId}>
        {parts.join(", ")}
      </span>
    </>
  );
}

function Place({ shown: { device, bed } }: { readonly shown: ShownDevice }) {
  if (bed === null) return <span>{device.bedId ?? device.roomId ?? "–"}</span>;
  return (
    <span>
      Bed {bed.label} <span className="quiet block">{bed.roomName}</span>
    </span>
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
        <OpenFinding key={`${finding.metric} ${finding.kind}`} finding={finding} nowMs={nowMs} />
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
