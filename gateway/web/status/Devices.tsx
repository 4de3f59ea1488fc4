import { Age } from "../../../contracts/ui/Age.tsx";
import { intervalWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import { FRESHNESS_WORDS } from "../../../contracts/ui/states.ts";
import type { DeviceStatus, GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";
import { freshnessNow } from "./device-freshness.ts";
import { Problems } from "./Problems.tsx";
import { Values } from "./Values.tsx";

type Beds = GatewayStatus["beds"];

export function Devices({
  devices,
  beds,
}: {
  readonly devices: readonly DeviceStatus[];
  readonly beds: Beds;
}) {
  const nowMs = useBeatMs();
  if (devices.length === 0)
    return (
      <Card id="devices" title="Devices">
        <p className="quiet">
          No devices yet. They appear here once the gateway’s configuration names them, and speak for
          themselves from then on.
        </p>
      </Card>
    );
  return (
    <Card id="devices" title="Devices" note={`${devices.length} in service`}>
      <FactTable
        labelledBy="devices"
        rows={devices}
        keyOf={({ deviceId }) => deviceId}
        columns={[
          { name: "Device", cell: nameAndProfile },
          { name: "At", cell: (device) => <span>{placeWords(device, beds)}</span> },
          { name: "Heard", cell: (device) => <Heard device={device} nowMs={nowMs} /> },
          { name: "Last values", cell: (device) => <Values device={device} nowMs={nowMs} /> },
          { name: "Problems", cell: (device) => <Problems problems={device.problems} nowMs={nowMs} /> },
        ]}
      />
    </Card>
  );
}

function nameAndProfile({ deviceId, profile, linkId }: DeviceStatus) {
  return (
    <>
      {deviceId} <span className="quiet block">{profile}</span>
      <span className="quiet block">{linkId}</span>
    </>
  );
}

function placeWords({ bedId, roomId }: DeviceStatus, beds: Beds): string {
  const bed = beds.find((known) => known.bedId === bedId);
  if (bed !== undefined) return `Bed ${bed.label}, ${bed.roomName}`;
  return bedId ?? roomId ?? "–";
}

function Heard({ device, nowMs }: { readonly device: DeviceStatus; readonly nowMs: number }) {
  const freshness = freshnessNow(device, nowMs);
  const words = freshness === null ? "Never heard" : FRESHNESS_WORDS[freshness];
  return (
    <span className="moment" data-device-id={device.deviceId} data-freshness={freshness ?? "never"}>
      <span
        className={freshness === "fresh" ? "" : `badge badge-${freshness === "late" ? "plain" : "strong"}`}
      >
        {words}
      </span>{" "}
      <span className="quiet block">
        {device.lastHeardAt === null ? "" : <Age atMs={Date.parse(device.lastHeardAt)} />}
      </span>
      <span className="quiet block">every {intervalWords(device.expectedIntervalMs)}</span>
    </span>
  );
}
