/** What the registry answers: scope and question in, view out. */
import type { BedDetail, BedPage, HospitalList, Timeline } from "../../contracts/wire/board.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import { type PersonCaller, scopeOf } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { type BedQuery, filtersByState, matches } from "./bed-filter.ts";
import { bedView, derivedAt, rfc3339 } from "./bed-view.ts";
import { countBeds, countWards } from "./counts.ts";
import { cursorText } from "./cursor.ts";
import { mayReadMetric } from "./readable-metrics.ts";
import type { RegistryRepository } from "./repository.ts";
import { timelineEntry } from "./timeline-entry.ts";

/** Beds read from the database at once while a page of a filtered list fills. */
const BEDS_PER_FILTERED_READ = 500;
/** A rare state is not searched for further than this in one answer; the cursor goes on from there. */
const READS_PER_PAGE_MAX = 10;

export type RegistryDeps = { readonly repository: RegistryRepository; readonly clock: Clock };

export class Registry {
  readonly #repository: RegistryRepository;
  readonly #clock: Clock;

  constructor({ repository, clock }: RegistryDeps) {
    this.#repository = repository;
    this.#clock = clock;
  }

  async hospitals(caller: PersonCaller): Promise<HospitalList> {
    const scope = scopeOf(caller);
    const beds = await this.#repository.allBeds(scope);
    const gateways = await this.#repository.gateways(scope);
    const hospitals = await this.#repository.hospitals(scope);
    const nowMs = this.#clock.nowMs();
    return {
      hospitals: hospitals.map(({ hospitalId, name }) => {
        const own = beds.filter(({ bed }) => bed.hospitalId === hospitalId);
        return {
          hospitalId,
          name,
          counts: countBeds(own, nowMs),
          wards: countWards(own, nowMs),
          gateways: gateways.filter((gateway) => gateway.hospitalId === hospitalId),
        };
      }),
      serverTime: rfc3339(nowMs),
    };
  }

  async beds(caller: PersonCaller, query: BedQuery): Promise<BedPage> {
    const nowMs = this.#clock.nowMs();
    const page: BedPage = { beds: [], nextCursor: null, serverTime: rfc3339(nowMs) };
    const perRead = filtersByState(query) ? BEDS_PER_FILTERED_READ : query.limit + 1;
    let after = query.cursor;
    for (let read = 0; read < READS_PER_PAGE_MAX; read += 1) {
      const { hospital, ward } = query;
      const range = { hospital, ward, after, limit: perRead };
      const beds = await this.#repository.bedsInRange(scopeOf(caller), range);
      for (const known of beds) {
        if (page.beds.length === query.limit) return page;
        if (matches(derivedAt(known, nowMs), query)) page.beds.push(bedView(known, nowMs));
        after = known.bed.bedId;
        page.nextCursor = cursorText(after);
      }
      if (beds.length < perRead) return { ...page, nextCursor: null };
    }
    return page;
  }

  async bed(caller: PersonCaller, bedId: BedId): Promise<BedDetail | undefined> {
    const known = await this.#repository.bed(scopeOf(caller), bedId);
    if (known === undefined) return undefined;
    const latest = await this.#repository.latestValues(known);
    const nowMs = this.#clock.nowMs();
    return {
      bed: bedView(known, nowMs),
      latest: latest.filter(({ metric }) => mayReadMetric(caller, known.bed.hospitalId, metric)),
      serverTime: rfc3339(nowMs),
    };
  }

  async timeline(
    caller: PersonCaller,
    bedId: BedId,
    { limit, cursor }: { limit: number; cursor?: number | undefined },
  ): Promise<Timeline | undefined> {
    const known = await this.#repository.bed(scopeOf(caller), bedId);
    if (known === undefined) return undefined;
    const events = await this.#repository.eventsOf(bedId, cursor, limit + 1);
    const shown = events.slice(0, limit);
    const last = shown.at(-1);
    return {
      entries: shown.map(timelineEntry),
      nextCursor: events.length > limit && last !== undefined ? cursorText(last.position) : null,
      serverTime: rfc3339(this.#clock.nowMs()),
    };
  }
}
