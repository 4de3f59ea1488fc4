import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";
import { Problems } from "./Problems.tsx";

/** Trouble that belongs to no device of this gateway. */
export function Strangers({ problems }: { readonly problems: GatewayStatus["problems"] }) {
  const nowMs = useBeatMs();
  return (
    <Card id="strangers" title="Unknown devices">
      {problems.length === 0 ? (
        <p className="quiet">
          None. Whoever knocks without being named in the ward file, or with a wrong key, is counted here.
        </p>
      ) : (
        <Problems problems={problems} nowMs={nowMs} />
      )}
    </Card>
  );
}
