import { useState } from "react";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";
import { DeviceBar } from "./DeviceBar.tsx";
import { DeviceTable } from "./DeviceTable.tsx";
import { type DeviceOrder, groupDevices } from "./device-groups.ts";
import { matchesDevice, NO_DEVICE_FILTER } from "./match-device.ts";
import { shownDevices } from "./shown-device.ts";

export function Devices({ status }: { readonly status: GatewayStatus }) {
  const nowMs = useBeatMs();
  const [filter, setFilter] = useState(NO_DEVICE_FILTER);
  const [order, setOrder] = useState<DeviceOrder>("trouble");
  if (status.devices.length === 0)
    return (
      <Card id="devices" title="Devices">
        <p className="quiet">
          No devices yet. They appear here once the gateway’s configuration names them, and speak for
          themselves from then on.
        </p>
      </Card>
    );
  const shown = shownDevices(status, nowMs);
  const passing = shown.filter((device) => matchesDevice(device, filter));
  const note =
    passing.length === shown.length
      ? `${shown.length} in service`
      : `${passing.length} of ${shown.length} in service`;
  return (
    <Card id="devices" title="Devices" note={note}>
      <DeviceBar shown={shown} filter={filter} order={order} onFilter={setFilter} onOrder={setOrder} />
      {groupDevices(passing, order, status.links).map((group) => (
        <DeviceTable key={group.key} group={group} order={order} nowMs={nowMs} />
      ))}
      {passing.length > 0 ? null : <NoMatch showAll={() => setFilter(NO_DEVICE_FILTER)} />}
    </Card>
  );
}

function NoMatch({ showAll }: { showAll(): void }) {
  return (
    <div className="no-match" role="status">
      <p>No device matches. Each word that you type must stand in its name, model, link, bed or trouble.</p>
      <button type="button" className="control" onClick={showAll}>
        Show all devices
      </button>
    </div>
  );
}
