/**
 * Tells the cloud every few seconds that this gateway lives and how old each source's newest evidence is. Ages are
 * durations, so the two clocks need not agree.
 */
import type { GatewayId } from "../../contracts/wire/ids.ts";
import { type SourceAge, SYNC_VERSION } from "../../contracts/wire/sync.ts";
import type { Topology } from "../commissioning/topology.ts";
import type { DeviceBook } from "../ingest/device-book.ts";
import type { Journal } from "../journal/journal.ts";
import type { Clock } from "../moment.ts";
import { pause } from "../transport/pause.ts";
import type { Uplink } from "./uplink.ts";
import type { Wake } from "./wake.ts";

export const HEARTBEAT_EVERY_MS = 5_000;
/** However much happens, not more often than this. */
const HEARTBEAT_GAP_MS_MIN = 100;

export type HeartbeatParts = {
  readonly gatewayId: GatewayId;
  readonly journal: Journal;
  readonly topology: Topology;
  readonly book: DeviceBook;
  readonly clock: Clock;
  readonly uplink: Uplink;
  /** Rung where ages should be told sooner: a source came back, or the cloud has caught up with the bed events. */
  readonly wake: Wake;
};

export class HeartbeatLoop {
  readonly #parts: HeartbeatParts;
  #wasBehind = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  /** True while the newest ages did not count because bed events were still under way. */
  get wasBehind(): boolean {
    return this.#wasBehind;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { uplink, gatewayId, journal, wake } = this.#parts;
    while (!signal.aborted) {
      const result = await uplink.sendHeartbeat(
        {
          version: SYNC_VERSION,
          gatewayId,
          epoch: journal.epoch,
          bedsHeadSeq: journal.marks("beds").headSeq,
          sources: sourceAges(this.#parts, this.#parts.clock.now().monoMs),
        },
        signal,
      );
      this.#wasBehind = result.kind === "stored" && result.reply.bedsBehind;
      await sleepUntilDue(wake, signal);
    }
  }
}

/** How old each source's newest usable reading is for each bed, room sensors among them. */
export function sourceAges(
  { topology, book }: Pick<HeartbeatParts, "topology" | "book">,
  nowMonoMs: number,
): SourceAge[] {
  const ages: SourceAge[] = [];
  for (const place of topology.beds.values()) {
    for (const { deviceId } of place.sources) {
      const { lastUsable } = book.entry(deviceId);
      const evidenceAgeMs = lastUsable === null ? null : Math.max(0, nowMonoMs - lastUsable.monoMs);
      ages.push({ bedId: place.bedId, deviceId, evidenceAgeMs });
    }
  }
  return ages;
}

async function sleepUntilDue(wake: Wake, signal: AbortSignal): Promise<void> {
  await pause(HEARTBEAT_GAP_MS_MIN, signal);
  await wake.wait(AbortSignal.any([signal, AbortSignal.timeout(HEARTBEAT_EVERY_MS - HEARTBEAT_GAP_MS_MIN)]));
}
