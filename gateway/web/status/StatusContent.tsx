import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Attention } from "./Attention.tsx";
import { Beds } from "./Beds.tsx";
import { CloudLink } from "./CloudLink.tsx";
import { Devices } from "./Devices.tsx";
import { Disk } from "./Disk.tsx";
import { Links } from "./Links.tsx";
import { Quarantine } from "./Quarantine.tsx";
import { StatusFigures } from "./StatusFigures.tsx";
import { Strangers } from "./Strangers.tsx";

/** From what is broken to what is there: attention first, then the ways outward and inward, then devices and beds. */
export function StatusContent({ status }: { readonly status: GatewayStatus }) {
  return (
    <>
      <a className="skip-link" href="#devices">
        Skip to the devices
      </a>
      <StatusFigures status={status} />
      <div className="status-grid desaturates">
        <div className="status-side">
          <Attention status={status} />
          <CloudLink status={status} />
          <Disk disk={status.journal.disk} />
          <Links links={status.links} devices={status.devices} />
          <Strangers problems={status.problems} />
          <Quarantine journal={status.journal} />
        </div>
        <div className="status-main">
          <Devices status={status} />
          <Beds status={status} />
        </div>
      </div>
    </>
  );
}
