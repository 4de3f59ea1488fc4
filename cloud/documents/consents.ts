/**
 * What a patient has consented to: recorded by who has the patient, withdrawn by them or by who recorded it, both in the
 * network's log. A consent counts from the moment it is stored to its end or its withdrawal, whichever comes first.
 */
import { commitmentOf, SALT_BYTES } from "../../contracts/log/hash.ts";
import {
  CONSENT_DAYS_MAX,
  CONSENTS_PER_ENCOUNTER_MAX,
  type ConsentBody,
  type ConsentList,
  type ConsentView,
} from "../../contracts/wire/documents.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { Randomness } from "../clock.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import { encounterById } from "../encounters/repository.ts";
import { addPending } from "../evidence/pending.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { consentsOf, lockConsent, type StoredConsent } from "./consent-repository.ts";
import { tellConsent } from "./document-events.ts";
import { lockedPlace } from "./documents.ts";
import { consentState } from "./may.ts";
import { documentsOf } from "./repository.ts";

const DAY_MS = 86_400_000;

export type ConsentsDeps = DeskDeps & { readonly randomness: Randomness };

export class Consents {
  readonly #deps: ConsentsDeps;

  constructor(deps: ConsentsDeps) {
    this.#deps = deps;
  }

  async give(
    caller: PersonCaller,
    encounterId: string,
    body: ConsentBody,
    key: string,
  ): Promise<{ readonly view: ConsentView; readonly isRepetition: boolean }> {
    const route = "POST /api/v1/encounters/:encounterId/consents";
    const asked = { caller, key, route, request: { encounterId, body } };
    const { answer, isRepetition } = await once(this.#deps, asked, async (step) =>
      this.#insert(step, caller, await lockedPlace(step, caller, encounterId), body),
    );
    return { view: answer, isRepetition };
  }

  async withdraw(caller: PersonCaller, consentId: string): Promise<ConsentView> {
    return await inDeskTransaction(this.#deps, caller, async (step) => {
      const { trx, nowMs } = step;
      const consent = await lockConsent(trx, consentId);
      const encounter = consent === undefined ? undefined : await encounterById(trx, consent.encounterId);
      const { hospitalId } = caller;
      const isOurs = hospitalId === encounter?.hospitalId || hospitalId === consent?.givenHospitalId;
      if (consent === undefined || hospitalId === null || !isOurs)
        throw new CloudError("CONSENT_NOT_FOUND", "There is no such consent among those of your hospital.");
      if (consent.withdrawnAtMs !== null)
        throw new CloudError("CONSENT_WITHDRAWN", `It was withdrawn at ${rfc3339(consent.withdrawnAtMs)}.`);
      const said = { consentId, encounterId: consent.encounterId, ...scopeOf(consent) };
      const withdrawnEntryId = await this.#log(step, {
        act: "withdrawn",
        ...said,
        role: caller.role,
        hospitalId,
      });
      await trx
        .updateTable("consents")
        .set({
          withdrawnAtMs: nowMs,
          withdrawnRole: caller.role,
          withdrawnHospitalId: hospitalId,
          withdrawnSessionSha256: caller.sessionSha256,
          withdrawnEntryId,
        })
        .where("consentId", "=", consentId)
        .execute();
      tellConsent(step, "consent-withdrawn", consent, hospitalId);
      const withdrawn = await lockConsent(trx, consentId);
      return viewOf(withdrawn ?? consent, nowMs);
    });
  }

  /** Of who has the patient, or has stored or recorded something of them; whoever is named in one sees that one. */
  async list(caller: PersonCaller, encounterId: string): Promise<ConsentList> {
    return await inDeskTransaction(this.#deps, caller, async ({ trx, nowMs }) => {
      const encounter = await encounterById(trx, encounterId);
      const { hospitalId } = caller;
      const all = encounter === undefined ? [] : await consentsOf(trx, encounter.encounterId);
      const documents = encounter === undefined ? [] : await documentsOf(trx, encounter.encounterId);
      const isOurs =
        encounter?.hospitalId === hospitalId ||
        documents.some((document) => document.hospitalId === hospitalId) ||
        all.some((consent) => consent.givenHospitalId === hospitalId);
      const seen = isOurs ? all : all.filter((consent) => consent.hospitalId === hospitalId);
      if (hospitalId === null || (!isOurs && seen.length === 0))
        throw new CloudError(
          "ENCOUNTER_NOT_FOUND",
          "There is no such encounter among those that you may see.",
        );
      return { consents: seen.map((consent) => viewOf(consent, nowMs)), serverTime: rfc3339(nowMs) };
    });
  }

  async #insert(
    step: DeskStep,
    caller: PersonCaller,
    place: { readonly encounterId: string; readonly hospitalId: HospitalId },
    body: ConsentBody,
  ): Promise<ConsentView> {
    const { trx, nowMs } = step;
    const untilMs = Date.parse(body.until);
    await requireSensible(step, place, body, untilMs);
    const consentId = uuidOf(this.#deps.randomness.bytes(16));
    const { encounterId, hospitalId } = place;
    const scope = { kind: body.kind, mayRead: body.hospitalId, untilMs };
    const said = { consentId, encounterId, ...scope, role: caller.role, hospitalId };
    const givenEntryId = await this.#log(step, { act: "given", ...said });
    await trx
      .insertInto("consents")
      .values({
        consentId,
        encounterId,
        kind: body.kind,
        hospitalId: body.hospitalId,
        untilMs,
        formDocumentId: body.formDocumentId ?? null,
        givenAtMs: nowMs,
        givenRole: caller.role,
        givenHospitalId: hospitalId,
        givenSessionSha256: caller.sessionSha256,
        givenEntryId,
      })
      .execute();
    tellConsent(step, "consent-given", { consentId, encounterId }, hospitalId);
    const stored = await lockConsent(trx, consentId);
    if (stored === undefined) throw new Error(`consent ${consentId} was to be stored`);
    return viewOf(stored, nowMs);
  }

  async #log({ trx, nowMs }: DeskStep, said: object): Promise<string> {
    const { randomness } = this.#deps;
    const salt = randomness.bytes(SALT_BYTES);
    const payload = JSON.stringify({ ...said, atMs: nowMs });
    const commitment = commitmentOf(salt, new TextEncoder().encode(payload));
    const entryId = uuidOf(randomness.bytes(16));
    await addPending(trx, { entryId, leaf: { kind: "consent", commitment }, salt, payload }, nowMs);
    return entryId;
  }
}

const scopeOf = ({ kind, hospitalId, untilMs }: StoredConsent) => ({ kind, mayRead: hospitalId, untilMs });

/** Throws a CloudError. */
async function requireSensible(
  { trx, nowMs }: DeskStep,
  place: { readonly encounterId: string; readonly hospitalId: HospitalId },
  body: ConsentBody,
  untilMs: number,
): Promise<void> {
  const latestMs = nowMs + CONSENT_DAYS_MAX * DAY_MS;
  if (untilMs <= nowMs || untilMs > latestMs)
    throw new CloudError(
      "CONSENT_UNTIL",
      `It ends after ${rfc3339(nowMs)}, which is now, and by ${rfc3339(latestMs)}.`,
    );
  if (body.hospitalId === place.hospitalId)
    throw new CloudError("CONSENT_REFUSED", "A hospital does not record that it may read itself.");
  const hospital = await trx
    .selectFrom("hospitals")
    .select("hospitalId")
    .where("hospitalId", "=", body.hospitalId)
    .executeTakeFirst();
  if (hospital === undefined)
    throw new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital in the network.");
  if ((await consentsOf(trx, place.encounterId)).length >= CONSENTS_PER_ENCOUNTER_MAX)
    throw new CloudError(
      "CONSENT_REFUSED",
      `The encounter has ${CONSENTS_PER_ENCOUNTER_MAX} consents, which is the most.`,
    );
  if (body.formDocumentId === undefined) return;
  const forms = (await documentsOf(trx, place.encounterId)).filter(
    ({ documentId, hospitalId }) => documentId === body.formDocumentId && hospitalId === place.hospitalId,
  );
  if (forms.length === 0)
    throw new CloudError("DOCUMENT_NOT_FOUND", "The form is no document of this encounter and hospital.");
}

function viewOf(consent: StoredConsent, nowMs: number): ConsentView {
  const { consentId, encounterId, kind, hospitalId, hospitalName, formDocumentId, untilMs } = consent;
  const { withdrawnAtMs, withdrawnRole, withdrawnHospitalId } = consent;
  const isWithdrawn = withdrawnAtMs !== null && withdrawnRole !== null && withdrawnHospitalId !== null;
  return {
    consentId,
    encounterId,
    kind,
    hospitalId,
    hospitalName,
    until: rfc3339(untilMs),
    formDocumentId,
    state: consentState(consent, nowMs),
    given: {
      at: rfc3339(consent.givenAtMs),
      recordedBy: consent.givenRole,
      hospitalId: consent.givenHospitalId,
      logged: placeOf(consent.givenOrigin, consent.givenIndex),
    },
    withdrawn: isWithdrawn
      ? {
          at: rfc3339(withdrawnAtMs),
          recordedBy: withdrawnRole,
          hospitalId: withdrawnHospitalId,
          logged: placeOf(consent.withdrawnOrigin, consent.withdrawnIndex),
        }
      : null,
  };
}

const placeOf = (origin: string | null, index: number | null) =>
  origin === null || index === null ? null : { origin, index };
