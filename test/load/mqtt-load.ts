/**
 * `mqtt-load.ts ORDER` (JSON): devices that send one reading a message at QoS 1, as fast as they are acknowledged or at
 * a pace of their own. A process of its own, so that what it costs is not what it measures.
 */
import { LoadClient } from "./load-client.ts";
import type { LoadMessage, LoadOrder, LoadReport } from "./load-order.ts";
import { ClockDigits } from "./reading-ring.ts";
import { Samples } from "./samples.ts";

const CONNECTING_AT_ONCE = 50;
const DRAINED_WITHIN_MS = 30_000;
const TICK_MS = 1;

const tell = (message: LoadMessage) => process.send?.(message);
const fail = (reason: string): never => {
  tell({ kind: "failed", reason });
  process.exit(1);
};
process.on("disconnect", () => process.exit(1));

const order = JSON.parse(process.argv[2] ?? "") as LoadOrder;
const { pace } = order;
const clock = new ClockDigits();
const latency = new Samples();
const lateness = new Samples();
let phase: "warming-up" | "measuring" | "draining" = "warming-up";
let sentInAll = 0;
let acknowledgedInAll = 0;
let acknowledged = 0;
let heldBack = 0;

function onAcknowledged(client: LoadClient, count: number): void {
  const nowMs = performance.now();
  acknowledgedInAll += count;
  if (phase === "measuring") acknowledged += count;
  for (let n = 0; n < count; n++) {
    const tookMs = nowMs - client.takeSentAtMs();
    if (phase === "measuring") latency.add(tookMs);
  }
  if (pace.kind === "closed" && phase !== "draining") {
    clock.refresh(Date.now());
    sentInAll += client.send(count, nowMs);
  }
}

/** Whatever is due by now; the timer's own lateness is told apart from the server's. */
function runOpen(clients: readonly LoadClient[], perSecond: number, burst: number): NodeJS.Timeout {
  const startMs = performance.now();
  let bursts = 0;
  return setInterval(() => {
    const nowMs = performance.now();
    clock.refresh(Date.now());
    const due = Math.floor(((nowMs - startMs) * perSecond) / 1_000 / burst);
    for (; bursts < due; bursts++) {
      const client = clients[bursts % clients.length];
      const sent = client?.send(burst, nowMs) ?? 0;
      sentInAll += sent;
      if (phase !== "measuring") continue;
      heldBack += burst - sent;
      lateness.add(nowMs - startMs - ((bursts + 1) * burst * 1_000) / perSecond);
    }
  }, TICK_MS);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const clients = Array.from(
  { length: order.clients },
  (_, device) =>
    new LoadClient({ device, port: order.port, window: pace.window, clock, onAcknowledged, onFailure: fail }),
);
for (let n = 0; n < clients.length; n += CONNECTING_AT_ONCE)
  await Promise.all(clients.slice(n, n + CONNECTING_AT_ONCE).map((client) => client.connected()));
tell({ kind: "connected" });

const beganMs = performance.now();
clock.refresh(Date.now());
let ticks: NodeJS.Timeout | null = null;
if (pace.kind === "open") ticks = runOpen(clients, pace.perSecond, pace.burst);
else for (const client of clients) sentInAll += client.send(pace.window, beganMs);
await pause(order.warmUpMs);

phase = "measuring";
tell({ kind: "measuring" });
const measuredFromMs = performance.now();
const cpuBefore = process.cpuUsage();
await pause(order.measuredMs);
phase = "draining";
const measuredMs = performance.now() - measuredFromMs;
const cpu = process.cpuUsage(cpuBefore);
tell({ kind: "measured" });
if (ticks !== null) clearInterval(ticks);

const giveUpMs = performance.now() + DRAINED_WITHIN_MS;
while (acknowledgedInAll < sentInAll && performance.now() < giveUpMs) await pause(1);
const report: LoadReport = {
  acknowledged,
  perSecond: Math.round((acknowledged * 1_000) / measuredMs),
  latency: latency.spread(),
  lateness: lateness.spread(),
  heldBack,
  sentInAll,
  acknowledgedInAll,
  lastedMs: Math.round(performance.now() - beganMs),
  cpuShare: Number(((cpu.user + cpu.system) / 1_000 / measuredMs).toFixed(3)),
};
for (const client of clients) client.close();
process.send?.({ kind: "done", report } satisfies LoadMessage, () => process.exit(0));
