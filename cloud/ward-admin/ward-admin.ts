/** What a hospital's administration says: what each bed is, and how the hospital books. */
import type { BedProfileBody } from "../../contracts/booking/bed-profile.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type {
  BedProfileList,
  BedProfileView,
  HospitalPolicyBody,
  HospitalPolicyView,
  ProfileImportAnswer,
  ProfileImportBody,
} from "../../contracts/wire/ward-desk.ts";
import { type PersonCaller, scopeOf, sees } from "../access/scope.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { requireVersion } from "../desk/if-match.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { storedPolicyOf } from "./policy.ts";
import { planImport } from "./profile-import.ts";
import {
  hospitalName,
  lockHospital,
  type ProfiledBed,
  profiledBeds,
  storePolicy,
  storeProfile,
} from "./repository.ts";

export class WardAdmin {
  readonly #deps: DeskDeps;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  async profiles(caller: PersonCaller, hospitalId: HospitalId | undefined): Promise<BedProfileList> {
    const { db, clock } = this.#deps;
    if (hospitalId !== undefined) await this.#nameOf(caller, hospitalId);
    const beds = await profiledBeds(db, scopeOf(caller), { hospitalId });
    return { beds, serverTime: rfc3339(await clock.nowMs(db)) };
  }

  async putProfile(
    caller: PersonCaller,
    bedId: BedId,
    ifMatch: string,
    profile: BedProfileBody,
  ): Promise<BedProfileView> {
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const [bed] = await profiledBeds(step.trx, scopeOf(caller), { bedId }, "lock");
      if (bed === undefined)
        throw new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");
      requireVersion(ifMatch, bed.version);
      await storeAndTell(step, bed, profile);
      return { ...bed, profile, version: bed.version + 1 };
    });
  }

  /** All lines or none; a dry run tells what would be. */
  async importProfiles(
    caller: PersonCaller,
    { hospital, csv, dryRun }: ProfileImportBody,
  ): Promise<ProfileImportAnswer> {
    await this.#nameOf(caller, hospital);
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const lock = dryRun ? "look" : "lock";
      const beds = await profiledBeds(step.trx, scopeOf(caller), { hospitalId: hospital }, lock);
      const plan = planImport(csv, new Map(beds.map(({ bedId, profile }) => [bedId, profile])));
      const { changes, errors } = plan;
      const applied = !dryRun && errors.length === 0;
      if (applied)
        for (const { bedId, kind } of changes) {
          const bed = beds.find((known) => known.bedId === bedId);
          const profile = plan.profiles.get(bedId);
          if (kind !== "same" && bed !== undefined && profile !== undefined)
            await storeAndTell(step, bed, profile);
        }
      return { applied, changes: [...changes], errors: [...errors] };
    });
  }

  async policy(caller: PersonCaller, hospitalId: HospitalId): Promise<HospitalPolicyView> {
    const name = await this.#nameOf(caller, hospitalId);
    return { hospitalId, name, ...(await storedPolicyOf(this.#deps.db, hospitalId)) };
  }

  async putPolicy(
    caller: PersonCaller,
    hospitalId: HospitalId,
    ifMatch: string,
    policy: HospitalPolicyBody,
  ): Promise<HospitalPolicyView> {
    const name = await this.#nameOf(caller, hospitalId);
    return await inDeskTransaction(this.#deps, caller, async ({ trx, events }) => {
      await lockHospital(trx, hospitalId);
      const before = await storedPolicyOf(trx, hospitalId);
      requireVersion(ifMatch, before.version);
      const version = before.version + 1;
      await storePolicy(trx, hospitalId, policy, version);
      events.push({
        topic: "policies",
        subjectId: hospitalId,
        kind: "policy-changed",
        bedId: null,
        hospitalIds: [hospitalId],
        body: { policy, version },
      });
      return { hospitalId, name, policy, version };
    });
  }

  async #nameOf(caller: PersonCaller, hospitalId: HospitalId): Promise<string> {
    const name = sees(scopeOf(caller), hospitalId)
      ? await hospitalName(this.#deps.db, hospitalId)
      : undefined;
    if (name !== undefined) return name;
    throw new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital among those that you may see.");
  }
}

async function storeAndTell(
  { trx, events }: DeskStep,
  bed: ProfiledBed,
  profile: BedProfileBody,
): Promise<void> {
  const { bedId, hospitalId } = bed;
  const version = bed.version + 1;
  await storeProfile(trx, bed, profile, version);
  events.push({
    topic: "bed-profiles",
    subjectId: bedId,
    kind: "bed-profile-changed",
    bedId,
    hospitalIds: [hospitalId],
    body: { profile, version },
  });
}
