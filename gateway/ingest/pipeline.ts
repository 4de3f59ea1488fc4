/**
 * The heart of the gateway. A message is decoded and interpreted as it is taken, into the group that is open; states in
 * memory move on at once. What the outside may rely on comes later, when the group is on disk.
 *
 *   message, time ─▶ decode ─▶ known? ─▶ number ─▶ interpret ─▶ group ─▶ (journal) ─▶ acknowledged
 */
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { BedId, DeviceId } from "../../contracts/wire/ids.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import { flagsOf, numberOf } from "../../contracts/wire/reading-columns.ts";
import type { DecodedValue } from "../../devices/decoded.ts";
import { commission } from "../commissioning/commission.ts";
import type { Topology } from "../commissioning/topology.ts";
import { hearLive, passTime } from "../interpret/bed.ts";
import type { BedState } from "../interpret/bed-state.ts";
import { type Findings, findingsEvent, toldOf } from "../interpret/findings.ts";
import { hearRoom, passRoomTime, watchRoom } from "../interpret/room.ts";
import type { WardState } from "../interpret/ward-state.ts";
import type { Watched } from "../interpret/watch.ts";
import type { Journal, Series } from "../journal/journal-port.ts";
import type { Moment } from "../moment.ts";
import { decode, rawBytes } from "./decode.ts";
import type { DeviceBook, DeviceEntry } from "./device-book.ts";
import { type Observed, observe, tellsAge } from "./device-clock.ts";
import { Group, type TakenGroup } from "./group.ts";
import { type DeviceMetric, KnownDevice } from "./known-device.ts";
import type { RawMessage } from "./raw-message.ts";
import { SeriesBook } from "./series-book.ts";
import { rememberedOf, stampOf } from "./stamp.ts";

export type PipelineParts = {
  readonly topology: Topology;
  readonly journal: Pick<Journal, "marks" | "start">;
  readonly ward: WardState;
  readonly book: DeviceBook;
};

export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #group: Group;
  readonly #series: SeriesBook;
  readonly #devices = new Map<DeviceId, KnownDevice>();
  /** Commissionings that go with the open group. */
  #commissioned: [subject: string, body: string][] = [];
  #values = 0;
  #repeats = 0;

  constructor(parts: PipelineParts) {
    const { topology, journal, ward, book } = parts;
    this.#parts = parts;
    this.#group = new Group(journal);
    this.#series = new SeriesBook(journal.start);
    const started = Map.groupBy(journal.start.series, ({ deviceId }): string => deviceId);
    const none: readonly Series[] = [];
    for (const place of topology.devices.values()) {
      const { deviceId } = place;
      const known = started.get(deviceId) ?? none;
      this.#devices.set(deviceId, new KnownDevice(place, book.entry(deviceId), ward, this.#series, known));
    }
  }

  /** Values ever taken in, and values left out because they had come before. */
  get counts(): { readonly values: number; readonly repeats: number } {
    return { values: this.#values, repeats: this.#repeats };
  }

  hear(message: RawMessage): void {
    const device = this.#devices.get(message.deviceId);
    if (device === undefined)
      throw new Error(`a transport heard ${message.deviceId}, which is not commissioned`);
    const { received, body } = message;
    // What a broker may have kept says nothing about now, unless the device's own time does.
    const mayBeOld = body.kind === "mqtt" && body.mayBeOld === true;
    // Nor is noise on its line a word of the device.
    if (!mayBeOld && body.kind !== "noise") device.entry.lastHeard = received;
    const packetId = body.kind === "mqtt" ? body.packetId : null;
    const isRepeat = body.kind === "mqtt" && body.isRepeat;
    const findingsBefore = findingsOf(device);
    const { values, unreadable } = decode(device.place, device.senmlNames, message);
    let isKnown = values.length > 0 && isRepeat;
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as DecodedValue;
      if (this.#hearValue(device, value, packetId, isRepeat, mayBeOld, received)) isKnown = false;
    }
    // A message of which every value is known was put aside when it first came.
    if (unreadable.length > 0 && !isKnown && !device.putAside.hasCome(message))
      this.#putAside(device, message, unreadable);
    if (findingsOf(device) !== findingsBefore) this.#tellFindings(device, received);
  }

  passTime(now: Moment): void {
    const { ward } = this.#parts;
    for (const slot of ward.beds) {
      const { state, events } = passTime(slot.place, slot.state, now);
      if (state === slot.state) continue;
      const { findings } = slot.state;
      ward.moveBed(slot, state);
      this.#group.addEvents(events);
      if (state.findings !== findings) this.#tellBedFindings(slot.place.bedId, now);
    }
    for (const slot of ward.rooms) {
      const { state, events } = passRoomTime(slot.place, slot.state, now);
      ward.moveRoom(slot, state);
      this.#group.addEvents(events);
    }
    ward.findNextDue();
  }

  commission(now: Moment): void {
    const { topology, ward } = this.#parts;
    const states = new Map<string, string>();
    const beds = new Map<BedId, BedState>();
    const addEvents = this.#group.addEvents.bind(this.#group);
    commission(topology, { addEvents, states, beds }, ward, now);
    for (const [bedId, state] of beds) {
      const slot = ward.bedSlot(bedId);
      if (slot !== null) ward.moveBed(slot, state);
    }
    for (const [subject, body] of states) ward.commissioned.set(subject, body);
    this.#commissioned.push(...states);
  }
  /** Ends the open group. */
  take(): TakenGroup {
    const states = this.#parts.ward.takeChanged();
    if (this.#commissioned.length > 0) states.push(...this.#commissioned.splice(0));
    return this.#group.take(states, this.#series.takeNew());
  }

  /** To be called once `taken` is on disk. */
  kept({ usable }: TakenGroup): void {
    for (const { entry, heard } of usable) this.#parts.book.usable(entry, heard);
  }

  /** False where the value had come before. */
  #hearValue(
    device: KnownDevice,
    { metric, value, unit, badReason, deviceTimeMs }: DecodedValue,
    packetId: number | null,
    isRepeat: boolean,
    mayBeOld: boolean,
    received: Moment,
  ): boolean {
    const { entry } = device;
    const known = device.metric(metric);
    const series = device.series(known, unit);
    const stamp = stampOf(deviceTimeMs, packetId);
    if (!Number.isNaN(stamp)) {
      const remembered = rememberedOf(value);
      // A packet id is used again and again; only the broker's word makes it a repetition.
      if ((deviceTimeMs !== null || isRepeat) && series.ring.has(stamp, remembered, received.atMs)) {
        this.#repeats += 1;
        return false;
      }
      this.#series.remember(series, stamp, remembered, received.atMs);
    }
    this.#values += 1;
    const { clock } = entry;
    const observed = observe(clock, deviceTimeMs, received.atMs);
    const { observedAtMs, observedBy } = observed;
    let { isHistorical } = observed;
    if (!mayBeOld) entry.clock = observed.clock;
    else if (tellsAge(clock, deviceTimeMs, received.atMs)) {
      entry.clock = observed.clock;
      if (!isHistorical) entry.lastHeard = received;
    } else isHistorical = true;
    const { lane } = known;
    const flags = flagsOf({ badReason, observedBy, value });
    const seq = this.#group.addReading(
      lane,
      series.id,
      received.atMs,
      observedAtMs,
      stamp,
      numberOf(value),
      flags,
    );
    entry.readings += 1;
    if (badReason !== null) {
      entry.badReadings += 1;
      const detail = `${metric} ${String(value)} ${series.unit ?? "(no unit)"}: kept, marked bad, not used`;
      entry.problems.count(badReason, detail, received.atMs);
    }
    // What is late is kept as evidence of then; it changes nothing of now, neither a status nor what is learnt.
    if (isHistorical) return true;
    noteLatest(entry, known, value, series.unit, badReason, observed, received);
    const evidence = {
      lane,
      seq,
      deviceId: device.place.deviceId,
      metric,
      value,
      unit: series.unit,
      observedAtMs,
    };
    // Without a finger an oximeter says that it cannot say; of anything else no value is no word.
    const isUsable = badReason === null && (value !== null || metric === "pulse-rate");
    this.#interpret(device, metric, { reading: evidence, badReason, now: received }, isUsable);
    return true;
  }

  #interpret(device: KnownDevice, metric: MetricName, watched: Watched, isUsable: boolean): void {
    const { ward } = this.#parts;
    const { bed, room, entry, decidesBy, place } = device;
    if (bed !== null) {
      const { state, events } = hearLive(bed.place, bed.state, watched, isUsable);
      ward.moveBed(bed, state);
      this.#group.addEvents(events);
      if (isUsable && (decidesBy === null || decidesBy === metric)) this.#group.addUsable(entry, watched.now);
      return;
    }
    if (room === null) return;
    ward.moveRoom(room, watchRoom(room.state, place.expectedIntervalMs, watched));
    if (!isUsable) return;
    const { state, events } = hearRoom(room.place, room.state, watched.reading, watched.now);
    ward.moveRoom(room, state);
    this.#group.addEvents(events);
    this.#group.addUsable(entry, watched.now);
  }

  #putAside(
    { place, entry }: KnownDevice,
    message: RawMessage,
    unreadable: readonly { reason: string; detail: string }[],
  ): void {
    const [first, ...more] = unreadable;
    if (first === undefined) return;
    const { atMs } = message.received;
    // Once a message, or a pack of many wrong records would push everything else out of the ring.
    this.#group.addQuarantined({
      deviceId: place.deviceId,
      receivedAtMs: atMs,
      reason: first.reason,
      detail: more.length === 0 ? first.detail : `${first.detail}; and ${more.length} more in this message`,
      // A copy: the bytes of a message lie in what a whole read of its socket brought.
      raw: new Uint8Array(rawBytes(message)),
    });
    for (const { reason, detail } of unreadable) entry.problems.count(reason, detail, atMs);
  }

  /** A room's sensors concern each of its beds. */
  #tellFindings({ place, room }: KnownDevice, now: Moment): void {
    const bedIds = place.bedId === null ? (room?.place.bedIds ?? []) : [place.bedId];
    for (const bedId of bedIds) this.#tellBedFindings(bedId, now);
  }

  #tellBedFindings(bedId: BedId, now: Moment): void {
    const { ward } = this.#parts;
    const bed = ward.bedSlot(bedId);
    if (bed === null) return;
    const told = toldOf(bed.state.findings, ward.room(bed.place.roomId).findings, bed.place.deciders);
    this.#group.addEvents([findingsEvent(bedId, told, now)]);
  }
}

const findingsOf = ({ bed, room }: KnownDevice): Findings | undefined =>
  bed !== null ? bed.state.findings : room?.state.findings;

/** Written anew in place: nobody holds on to it, and most of what is heard nobody looks at. */
function noteLatest(
  entry: DeviceEntry,
  known: DeviceMetric,
  value: Reading["value"],
  unit: string | null,
  badReason: Reading["badReason"],
  { observedAtMs, observedBy }: Observed,
  { atMs: receivedAtMs }: Moment,
): void {
  const quality = badReason === null ? "good" : "bad";
  const { latest, name: metric } = known;
  if (latest === null) {
    known.latest = { metric, value, unit, quality, badReason, observedAtMs, observedBy, receivedAtMs };
    entry.latest.set(metric, known.latest);
    return;
  }
  latest.value = value;
  latest.unit = unit;
  latest.quality = quality;
  latest.badReason = badReason;
  latest.observedAtMs = observedAtMs;
  latest.observedBy = observedBy;
  latest.receivedAtMs = receivedAtMs;
}
