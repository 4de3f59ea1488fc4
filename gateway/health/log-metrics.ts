import { Gauge, type Registry } from "prom-client";
import type { LogStatus } from "../../contracts/wire/gateway-status.ts";

/** The gateway's own log: how far it goes, how far it is signed and stored, and whether anything is wrong with it. */
export function addLogMetrics(registry: Registry, status: () => LogStatus | null): void {
  const gauge = (name: string, help: string, read: (now: LogStatus) => number) =>
    new Gauge({
      name: `hospitell_gateway_log_${name}`,
      help,
      registers: [registry],
      collect() {
        const now = status();
        this.set(now === null ? 0 : read(now));
      },
    });
  gauge("leaves", "Leaves of the gateway's log", ({ size }) => size);
  gauge("stored_leaves", "Leaves that the cloud has stored", ({ storedSize }) => storedSize);
  gauge("signed_leaves", "Leaves under the newest signed checkpoint", ({ checkpointSize }) => checkpointSize);
  gauge("halted", "1 while the cloud does not take the log", ({ trouble }) => (trouble === null ? 0 : 1));
  gauge(
    "witnessed_leaves",
    "Leaves of the network's log that this gateway cosigned",
    ({ witnessedSize }) => witnessedSize,
  );
  gauge("witness_refused", "1 once this gateway was shown two histories, and cosigns nothing more", (now) =>
    now.witnessRefused === null ? 0 : 1,
  );
}
