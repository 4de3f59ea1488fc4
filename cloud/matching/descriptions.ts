/**
 * What beds are and how hospitals book, kept in memory. Before each search the database is asked what was said of them
 * since, whoever's process took it in, and only that is read again.
 */
import { DEFAULT_POLICY } from "../../contracts/booking/default-policy.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { BedProfileBody, HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import type { MatchingRepository } from "./repository.ts";

/** From so many on, reading all of them is the shorter way. */
const PROFILES_READ_SINGLY_MAX = 1_000;

export class Descriptions {
  readonly #repository: MatchingRepository;
  #profiles = new Map<BedId, BedProfileBody>();
  #policies = new Map<HospitalId, HospitalPolicyBody>();
  /** Null: nothing was read yet. */
  #position: number | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(repository: MatchingRepository) {
    this.#repository = repository;
  }

  profile(bedId: BedId): BedProfileBody | null {
    return this.#profiles.get(bedId) ?? null;
  }

  policy(hospitalId: HospitalId): HospitalPolicyBody {
    return this.#policies.get(hospitalId) ?? DEFAULT_POLICY;
  }

  /** One reads at a time, so that no older answer overwrites a newer one. */
  catchUp(): Promise<void> {
    const mine = this.#turn.then(() => this.#read());
    // What failed is told to who asked, and tried again by who comes next.
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #read(): Promise<void> {
    const repository = this.#repository;
    if (this.#position === null) {
      const head = await repository.descriptionsHead();
      this.#profiles = new Map(await repository.profiles(null));
      this.#policies = new Map(await repository.policies());
      this.#position = head;
      return;
    }
    const changes = await repository.descriptionsChangedAfter(this.#position);
    const last = changes.at(-1);
    if (last === undefined) return;
    const bedIds = new Set(
      changes.filter(({ topic }) => topic === "bed-profiles").map(({ subjectId }) => subjectId),
    );
    if (bedIds.size > PROFILES_READ_SINGLY_MAX) this.#profiles = new Map(await repository.profiles(null));
    else if (bedIds.size > 0) {
      const read = new Map(await repository.profiles([...bedIds]));
      const rest = [...this.#profiles].filter(([bedId]) => !bedIds.has(bedId));
      this.#profiles = new Map([...rest, ...read]);
    }
    if (changes.some(({ topic }) => topic === "policies"))
      this.#policies = new Map(await repository.policies());
    this.#position = last.position;
  }
}
