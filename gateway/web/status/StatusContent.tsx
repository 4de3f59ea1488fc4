import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Attention } from "./Attention.tsx";
import { Beds } from "./Beds.tsx";
import { CloudLink } from "./CloudLink.tsx";
import { Devices } from "./Devices.tsx";
import { Links } from "./Links.tsx";
import { StatusFigures } from "./StatusFigures.tsx";
import { Strangers } from "./Strangers.tsx";

/** From what is broken to what is there: attention first, then the way outward, then devices and beds. */
export function StatusContent({ status }: { readonly status: GatewayStatus }) {
  return (
    <>
      <StatusFigures status={status} />
      <div className="status-grid desaturates">
        <div className="status-side">
          <Attention status={status} />
          <CloudLink status={status} />
          <Links links={status.links} />
          <Strangers status={status} />
        </div>
        <div className="status-main">
          <Devices devices={status.devices} beds={status.beds} />
          <Beds beds={status.beds} />
        </div>
      </div>
    </>
  );
}
