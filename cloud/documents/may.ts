/**
 * Who may read a patient's documents. A document belongs to the hospital that stored it: its doctors and nurses read it
 * for as long as it is kept. A doctor of another hospital reads it by a consent in force that names their hospital, also
 * where the patient has come to them meanwhile. Pure.
 */
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";

export type ConsentFacts = {
  readonly hospitalId: HospitalId;
  readonly untilMs: number;
  readonly withdrawnAtMs: number | null;
};

export function consentState(
  { untilMs, withdrawnAtMs }: Omit<ConsentFacts, "hospitalId">,
  nowMs: number,
): "in-force" | "expired" | "withdrawn" {
  if (withdrawnAtMs !== null) return "withdrawn";
  return nowMs < untilMs ? "in-force" : "expired";
}

type Reader = Pick<PersonCaller, "role" | "hospitalId">;

/** `consents`: of the encounter. */
export function readsByConsent(
  { role, hospitalId }: Reader,
  consents: readonly ConsentFacts[],
  nowMs: number,
): boolean {
  return (
    role === "doctor" &&
    consents.some(
      (consent) => consent.hospitalId === hospitalId && consentState(consent, nowMs) === "in-force",
    )
  );
}

export function mayReadDocument(
  reader: Reader,
  document: { readonly hospitalId: HospitalId },
  consents: readonly ConsentFacts[],
  nowMs: number,
): boolean {
  return document.hospitalId === reader.hospitalId || readsByConsent(reader, consents, nowMs);
}
