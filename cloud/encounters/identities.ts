/**
 * Who a patient is: told to those who treat them in the hospital that has them, and to nobody else. Whoever asks in vain
 * does not learn whether there is such an encounter. Each reading and writing is kept on record, without what it said.
 */
import type { IdentityView, PatientIdentity } from "../../contracts/wire/encounters.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { requireVersion } from "../desk/if-match.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { KeyMissingError } from "./key-provider.ts";
import { requireEncounter } from "./may-read.ts";
import {
  encounterById,
  identityOf,
  lockEncounters,
  removeIdentities,
  type StoredIdentity,
  storeIdentity,
} from "./repository.ts";
import { SealBrokenError } from "./seal.ts";
import { openIdentity, type Sealing, sealIdentity } from "./sealed-identity.ts";

/** Of what was done with identities; the live socket leaves them out. */
export const IDENTITY_EVENTS = ["identity-read", "identity-stored", "identity-erased"] as const;

type Place = { readonly encounterId: string; readonly hospitalId: HospitalId };

export class Identities {
  readonly #deps: DeskDeps & Sealing;

  constructor(deps: DeskDeps & Sealing) {
    this.#deps = deps;
  }

  async read(caller: PersonCaller, encounterId: string): Promise<IdentityView> {
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const place = await placeOf(step, caller, encounterId);
      const stored = await identityOf(step.trx, place);
      if (stored === undefined)
        throw new CloudError("IDENTITY_NOT_FOUND", "Nobody has said yet who the patient is.");
      const identity = await this.#opened(stored);
      tell(step, "identity-read", place, stored.version);
      return viewOf(stored, identity);
    });
  }

  async put(
    caller: PersonCaller,
    encounterId: string,
    ifMatch: string,
    identity: PatientIdentity,
  ): Promise<IdentityView> {
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const place = await placeOf(step, caller, encounterId);
      const before = await identityOf(step.trx, place);
      requireVersion(ifMatch, before?.version ?? 0);
      const version = (before?.version ?? 0) + 1;
      const sealed = await sealIdentity(identity, { ...place, version }, this.#deps);
      const stored = { ...sealed, storedAtMs: step.nowMs };
      await storeIdentity(step.trx, stored);
      tell(step, "identity-stored", place, version);
      return viewOf(stored, identity);
    });
  }

  async erase(caller: PersonCaller, encounterId: string, ifMatch: string): Promise<void> {
    await inDeskTransaction(this.#deps, caller, async (step) => {
      const place = await placeOf(step, caller, encounterId);
      const before = await identityOf(step.trx, place);
      if (before === undefined)
        throw new CloudError("IDENTITY_NOT_FOUND", "Nobody has said yet who the patient is.");
      requireVersion(ifMatch, before.version);
      await removeIdentities(step.trx, place);
      tell(step, "identity-erased", place, before.version);
    });
  }

  /** Two encounters are one patient: what is known of the one is known of the other, unless that has its own. */
  async follow(step: DeskStep, from: Place, into: Place): Promise<void> {
    const [known, own] = [await identityOf(step.trx, from), await identityOf(step.trx, into)];
    if (known === undefined || own !== undefined) return;
    const place = { ...into, version: 1 };
    const sealed = await sealIdentity(await this.#opened(known), place, this.#deps);
    await storeIdentity(step.trx, { ...sealed, storedAtMs: step.nowMs });
  }

  async #opened(stored: StoredIdentity): Promise<PatientIdentity> {
    try {
      return await openIdentity(stored, this.#deps);
    } catch (error) {
      if (!(error instanceof KeyMissingError || error instanceof SealBrokenError)) throw error;
      throw new CloudError("IDENTITY_SEALED", `It does not open here: ${error.message}.`);
    }
  }
}

async function placeOf({ trx }: DeskStep, caller: PersonCaller, encounterId: string): Promise<Place> {
  const asked = await encounterById(trx, encounterId);
  if (asked !== undefined) await lockEncounters(trx, [asked.encounterId]);
  // It may have been merged, or have come to another hospital, while the lock was waited for.
  return requireEncounter(caller, await encounterById(trx, encounterId));
}

function tell(
  { events }: DeskStep,
  kind: (typeof IDENTITY_EVENTS)[number],
  { encounterId, hospitalId }: Place,
  version: number,
): void {
  events.push({
    topic: "bookings",
    subjectId: encounterId,
    kind,
    bedId: null,
    hospitalIds: [hospitalId],
    body: { version },
  });
}

function viewOf(
  { encounterId, hospitalId, version, storedAtMs }: StoredIdentity,
  identity: PatientIdentity,
): IdentityView {
  return { encounterId, hospitalId, identity, version, storedAt: rfc3339(storedAtMs) };
}
