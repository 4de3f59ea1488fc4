import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";
import { Problems } from "./Problems.tsx";

/** Trouble that belongs to no device of this gateway, and what could not be read at all. */
export function Strangers({ status }: { readonly status: GatewayStatus }) {
  const nowMs = useBeatMs();
  const { quarantined } = status.journal;
  return (
    <Card id="strangers" title="Unknown devices">
      <Problems problems={status.problems} nowMs={nowMs} />
      <p className="quiet card-note">
        Quarantined: {quarantined} {quarantined === 1 ? "message" : "messages"} that could not be read, kept
        as they came.
      </p>
    </Card>
  );
}
