/** A commissioned device with all that its messages need, looked up once and not with every message. */
import { type MetricName, metricOf } from "../../contracts/metrics/catalogue.ts";
import { SenmlNames } from "../../devices/senml/senml-names.ts";
import type { DevicePlace } from "../commissioning/topology.ts";
import type { BedSlot, RoomSlot, WardState } from "../interpret/ward-state.ts";
import type { ReadingLane, Series } from "../journal/journal-port.ts";
import type { DeviceEntry, LatestValue } from "./device-book.ts";
import { PutAside } from "./put-aside.ts";
import type { KnownSeries, SeriesBook } from "./series-book.ts";

/** A unit that is not its metric's own can be any text. Past so many of a device, a reading keeps none. */
export const FOREIGN_UNITS_MAX = 32;

export class KnownDevice {
  readonly place: DevicePlace;
  readonly entry: DeviceEntry;
  /** The one that it speaks for; a device speaks for a bed, or for a room, or for neither. */
  readonly bed: BedSlot | null;
  readonly room: RoomSlot | null;
  /** By which it decides its bed's occupancy; null: it does not. */
  readonly decidesBy: MetricName | null;
  readonly senmlNames: SenmlNames;
  readonly putAside = new PutAside();
  readonly #series: SeriesBook;
  readonly #metrics = new Map<MetricName, DeviceMetric>();
  #foreignUnits: number;

  constructor(
    place: DevicePlace,
    entry: DeviceEntry,
    ward: WardState,
    series: SeriesBook,
    started: readonly Series[],
  ) {
    this.place = place;
    this.entry = entry;
    this.bed = place.bedId === null ? null : ward.bedSlot(place.bedId);
    this.room = place.roomId === null ? null : ward.roomSlot(place.roomId);
    const decider = this.bed?.place.deciders.find(({ deviceId }) => deviceId === place.deviceId);
    this.decidesBy = decider?.metric ?? null;
    this.senmlNames = new SenmlNames(
      place.deviceId,
      place.profile.protocol === "mqtt-senml" ? place.profile.metrics : [],
    );
    this.#series = series;
    this.#foreignUnits = started.filter(({ metric, unit }) => unit !== metricOf(metric).ucum).length;
  }

  metric(name: MetricName): DeviceMetric {
    let known = this.#metrics.get(name);
    if (known === undefined) {
      const { lane, ucum } = metricOf(name);
      known = { name, lane, ucum, own: null, foreign: new Map(), latest: null };
      this.#metrics.set(name, known);
    }
    return known;
  }

  series(metric: DeviceMetric, unit: string | null): KnownSeries {
    if (unit !== metric.ucum) return this.#foreignSeries(metric, unit);
    metric.own ??= this.#series.open(this.#facts(metric.name, unit));
    return metric.own;
  }

  #foreignSeries(metric: DeviceMetric, unit: string | null): KnownSeries {
    const cached = metric.foreign.get(unit);
    if (cached !== undefined) return cached;
    const facts = this.#facts(metric.name, unit);
    const known = this.#series.find(facts);
    // The unit "none" stands for all that are past the limit, so it has a place of its own beside them.
    if (known === undefined && unit !== null && this.#foreignUnits >= FOREIGN_UNITS_MAX)
      return this.#foreignSeries(metric, null);
    if (known === undefined) this.#foreignUnits += 1;
    const series = known ?? this.#series.open(facts);
    metric.foreign.set(unit, series);
    return series;
  }

  #facts(metric: MetricName, unit: string | null) {
    const { deviceId, bedId, roomId } = this.place;
    return { deviceId, bedId, roomId, metric, unit };
  }
}

export type DeviceMetric = {
  readonly name: MetricName;
  readonly lane: ReadingLane;
  readonly ucum: string | null;
  /** In the metric's own unit; null: not heard yet. */
  own: KnownSeries | null;
  readonly foreign: Map<string | null, KnownSeries>;
  /** The one in the device book, written anew with each reading. */
  latest: LatestValue | null;
};
