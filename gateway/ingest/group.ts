/** One group under way: what will be committed together, on top of what already is. */
import type { BedEvent, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import { type BedId, LANES, type Lane, type RoomId } from "../../contracts/wire/ids.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import type { BedState } from "../interpret/bed-state.ts";
import type { RoomState } from "../interpret/room.ts";
import type { Journal, JournalGroup, JournalRecord, Quarantined } from "../journal/journal.ts";

export class Group implements JournalGroup {
  readonly records: JournalRecord[] = [];
  readonly states = new Map<string, string>();
  readonly identities: { identity: string; receivedAtMs: number }[] = [];
  readonly quarantined: Quarantined[] = [];
  readonly beds = new Map<BedId, BedState>();
  readonly rooms = new Map<RoomId, RoomState>();
  readonly #journal: Journal;
  readonly #heads: Record<Lane, number>;
  readonly #seen = new Set<string>();

  constructor(journal: Journal) {
    this.#journal = journal;
    const heads = LANES.map((lane) => [lane, journal.marks(lane).headSeq] as const);
    this.#heads = Object.fromEntries(heads) as Record<Lane, number>;
  }

  /** Notes an identity; false where it was seen before. */
  isNew(identity: string, receivedAtMs: number): boolean {
    if (this.#seen.has(identity) || this.#journal.isRecent(identity)) return false;
    this.#seen.add(identity);
    this.identities.push({ identity, receivedAtMs });
    return true;
  }

  addReading(lane: Exclude<Lane, "beds">, reading: Reading): EvidenceRef {
    const { deviceId, metric, value, unit, observedAtMs } = reading;
    return { lane, seq: this.#add(lane, reading), deviceId, metric, value, unit, observedAtMs };
  }

  addEvents(events: readonly BedEvent[]): void {
    for (const event of events) this.#add("beds", event);
  }

  #add(lane: Lane, record: SyncRecord): number {
    this.#heads[lane] += 1;
    this.records.push({ lane, seq: this.#heads[lane], record });
    return this.#heads[lane];
  }
}
