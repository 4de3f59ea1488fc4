/**
 * Answers which beds there are for a need.
 *
 *   board in memory + descriptions in memory + who claims beds in shared rooms ─▶ search ─▶ offers, misses, counts
 *
 * Whoever may ask for beds is offered those of all hospitals; why a bed is not offered is told of the own ones alone,
 * of the others only how many beds each misfit keeps back. Nothing is offered on facts that nobody has renewed: where the
 * board could not be followed, the search is refused. A hold checks its bed again in its own transaction.
 */
import type { BedNeed, MatchAnswer, MatchedBed } from "../../contracts/wire/booking.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { type PersonCaller, scopeOf, sees } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { CloudError } from "../http/problem.ts";
import type { Board } from "../live/board.ts";
import type { KnownBed } from "../registry/bed.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { Descriptions } from "./descriptions.ts";
import type { MatchingRepository } from "./repository.ts";
import { isTaken, type Rooms, roomsOf } from "./roommates.ts";
import { countMisfits, type Found, matchedBed, notOffered, search, type Wanted } from "./search.ts";

/** Followed every second at the least; five of them missed is a database that is away. */
export const BOARD_AGE_MS_MAX = 5_000;

export type MatchingDeps = {
  readonly repository: MatchingRepository;
  readonly board: Pick<Board, "beds" | "hospitals">;
  /** When the board was last in step with the database, on the service's clock. */
  boardFollowedAtMs(): number;
  readonly clock: Clock;
};
export type MatchLimits = { readonly limit: number; readonly notOfferedLimit: number };

type Searching = { readonly found: Found; readonly searched: number; readonly nowMs: number };

const NETWORK = { kind: "network" } as const;

export class Matching {
  readonly #deps: MatchingDeps;
  readonly #descriptions: Descriptions;
  #rooms: { readonly beds: readonly KnownBed[]; readonly rooms: Rooms } | null = null;

  constructor(deps: MatchingDeps) {
    this.#deps = deps;
    this.#descriptions = new Descriptions(deps.repository);
  }

  async match(caller: PersonCaller, need: BedNeed, limits: MatchLimits): Promise<MatchAnswer> {
    const names = this.#hospitalNames();
    for (const hospitalId of [
      need.hospitalId,
      need.from.kind === "hospital" ? need.from.hospitalId : undefined,
    ])
      if (hospitalId !== undefined && !names.has(hospitalId))
        throw new CloudError("HOSPITAL_NOT_FOUND", `There is no hospital ${hospitalId} in this network.`);
    const scope = scopeOf(caller);
    const { found, searched, nowMs } = await this.#search(need, {
      offersMax: limits.limit,
      keptBackMax: limits.notOfferedLimit,
      tellsOf: (hospitalId) => sees(scope, hospitalId),
    });
    return {
      beds: found.offers.map((offer) =>
        matchedBed(need, offer, names.get(offer.known.bed.hospitalId) ?? "", nowMs),
      ),
      notOffered: found.keptBack.map(notOffered),
      searched,
      offered: found.offered,
      keptBack: countMisfits(found.misfits),
      serverTime: rfc3339(nowMs),
    };
  }

  /** For a request that stands already; of another hospital's not even that it exists is told. */
  async matchRequest(caller: PersonCaller, requestId: string, limits: MatchLimits): Promise<MatchAnswer> {
    const request = await this.#deps.repository.request(requestId);
    const scope = scopeOf(caller);
    const isSeen =
      request !== undefined &&
      (scope.kind === "network" || (request.hospitalId !== null && sees(scope, request.hospitalId)));
    if (!isSeen)
      throw new CloudError("REQUEST_NOT_FOUND", "There is no such request among those you may see.");
    return await this.match(caller, request.need, limits);
  }

  /** What there is instead of beds that were lost; null: nothing, or nothing that can be vouched for now. */
  async nextBest(need: BedNeed, exceptBedIds: readonly BedId[]): Promise<MatchedBed | null> {
    if (this.#boardAgeMs() > BOARD_AGE_MS_MAX) return null;
    const { found, nowMs } = await this.#search(need, {
      // One of those that are left is among them.
      offersMax: exceptBedIds.length + 1,
      keptBackMax: 0,
      tellsOf: () => false,
    });
    const best = found.offers.find(({ bedId }) => !exceptBedIds.includes(bedId));
    if (best === undefined) return null;
    return matchedBed(need, best, this.#hospitalNames().get(best.known.bed.hospitalId) ?? "", nowMs);
  }

  async #search(need: BedNeed, wanted: Wanted): Promise<Searching> {
    const { board, repository, clock } = this.#deps;
    const descriptions = this.#descriptions;
    await descriptions.catchUp();
    const ageMs = this.#boardAgeMs();
    if (ageMs > BOARD_AGE_MS_MAX)
      throw new CloudError(
        "BOARD_BEHIND",
        `Beds were last read ${Math.round(ageMs / 1_000)} s ago; they are offered on facts of at most ${BOARD_AGE_MS_MAX / 1_000} s.`,
      );
    const beds = board.beds(NETWORK);
    const rooms = this.#roomsOf(beds);
    const claimed = [...rooms.values()]
      .filter((room) => room.some(({ bed }) => descriptions.profile(bed.bedId)?.sexRule === "same-as-bay"))
      .flatMap((room) => room.filter(isTaken).map(({ bed }) => bed.bedId));
    const sexOf = await repository.claimants(claimed, clock.nowMs());
    const nowMs = clock.nowMs();
    const found = search(
      need,
      {
        beds,
        rooms,
        sexOf,
        profile: (bedId) => descriptions.profile(bedId),
        policy: (hospitalId) => descriptions.policy(hospitalId),
      },
      nowMs,
      wanted,
    );
    return { found, searched: beds.length, nowMs };
  }

  /** The board gives the same list as long as nothing has changed. */
  #roomsOf(beds: readonly KnownBed[]): Rooms {
    if (this.#rooms?.beds !== beds) this.#rooms = { beds, rooms: roomsOf(beds) };
    return this.#rooms.rooms;
  }

  #boardAgeMs(): number {
    return this.#deps.clock.nowMs() - this.#deps.boardFollowedAtMs();
  }

  #hospitalNames(): Map<HospitalId, string> {
    return new Map(this.#deps.board.hospitals(NETWORK).map(({ hospitalId, name }) => [hospitalId, name]));
  }
}
