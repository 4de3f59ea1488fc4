import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";
import { findingsOf } from "./findings.ts";

export function Attention({ status }: { readonly status: GatewayStatus }) {
  const findings = findingsOf(status, useBeatMs());
  return (
    <Card id="attention" title="Needs attention">
      {findings.length === 0 ? (
        <p className="quiet">
          {status.devices.length === 0
            ? "Nothing: no device is in service."
            : "Nothing: every link is up, every device is heard and believed, and nothing waits."}
        </p>
      ) : (
        <ul className="findings">
          {findings.map(({ about, words, rests }) => (
            <li key={`${about} ${words}`}>
              <strong>{about}:</strong> {words}
              {rests === undefined ? null : <span className="quiet block rests">{rests}</span>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
