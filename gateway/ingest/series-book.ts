/** Which series there are, by number, and what each of them said last, so that what comes twice counts once. */
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import { type JournalStart, READING_LANES, type Series } from "../journal/journal-port.ts";
import { forEachRow } from "../journal/reading-rows.ts";
import { RepeatRing } from "./repeat-ring.ts";
import { rememberedOfRow } from "./stamp.ts";

/** Of all series together, 8 MiB; each gets its share, so that few sources are remembered for long and many for less. */
const REMEMBERED_MAX = 2 ** 19;
const REMEMBERED_OF_ONE_MIN = 128;
const REMEMBERED_OF_ONE_MAX = 4_096;

export type KnownSeries = { readonly id: number; readonly unit: string | null; readonly ring: RepeatRing };

export class SeriesBook {
  readonly #known = new Map<string, KnownSeries>();
  #lastId = 0;
  #new: Series[] = [];
  #rememberedOfOneMax = REMEMBERED_OF_ONE_MAX;

  constructor({ series, recent }: Pick<JournalStart, "series" | "recent">) {
    const byId = new Map<number, KnownSeries>();
    for (const one of series) byId.set(one.id, this.#add(one, one.id));
    for (const lane of READING_LANES) {
      forEachRow(recent[lane], (row) => {
        const ring = byId.get(row.series)?.ring;
        if (ring !== undefined && !Number.isNaN(row.stamp))
          ring.note(row.stamp, rememberedOfRow(row), this.#rememberedOfOneMax, row.receivedAtMs);
      });
    }
  }

  find(facts: SeriesFacts): KnownSeries | undefined {
    return this.#known.get(keyOf(facts));
  }

  /** The series of these facts, a new one where there is none yet. */
  open(facts: SeriesFacts): KnownSeries {
    const known = this.find(facts);
    if (known !== undefined) return known;
    const id = this.#lastId + 1;
    const { deviceId, bedId, roomId, metric, unit } = facts;
    this.#new.push({ id, deviceId, bedId, roomId, metric, unit });
    return this.#add(facts, id);
  }

  remember({ ring }: KnownSeries, stamp: number, value: number, atMs: number): void {
    ring.note(stamp, value, this.#rememberedOfOneMax, atMs);
  }

  /** Series opened since this was last asked: they go to disk with the group that first uses them. */
  takeNew(): readonly Series[] {
    if (this.#new.length === 0) return NONE;
    const taken = this.#new;
    this.#new = [];
    return taken;
  }

  #add(facts: SeriesFacts, id: number): KnownSeries {
    const series = { id, unit: facts.unit, ring: new RepeatRing() };
    this.#known.set(keyOf(facts), series);
    this.#lastId = Math.max(this.#lastId, id);
    const share = Math.floor(REMEMBERED_MAX / this.#known.size);
    this.#rememberedOfOneMax = Math.max(REMEMBERED_OF_ONE_MIN, Math.min(REMEMBERED_OF_ONE_MAX, share));
    return series;
  }
}

const NONE: readonly Series[] = [];

/** A unit may be any text, the word for none as well. */
const keyOf = ({ deviceId, bedId, roomId, metric, unit }: SeriesFacts) =>
  `${deviceId} ${bedId ?? ""} ${roomId ?? ""} ${metric} ${unit === null ? "" : `=${unit}`}`;
