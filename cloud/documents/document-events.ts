/** What was done with documents and consents, on record. */
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { IDENTITY_EVENTS } from "../encounters/identities.ts";

/** Of patients, not of beds: the live socket and webhooks leave them out. */
export const PATIENT_EVENTS = [
  ...IDENTITY_EVENTS,
  "document-stored",
  "document-read",
  "document-erased",
  "consent-given",
  "consent-withdrawn",
] as const;

export function tellDocument(
  { events }: DeskStep,
  kind: "document-stored" | "document-read" | "document-erased",
  document: { readonly documentId: string; readonly encounterId: string; readonly hospitalId: HospitalId },
  /** Of the reader. */
  by: HospitalId | null,
): void {
  const { documentId, encounterId, hospitalId } = document;
  events.push({
    topic: "bookings",
    subjectId: encounterId,
    kind,
    bedId: null,
    hospitalIds: by === null || by === hospitalId ? [hospitalId] : [hospitalId, by],
    body: { documentId },
  });
}

export function tellConsent(
  { events }: DeskStep,
  kind: "consent-given" | "consent-withdrawn",
  consent: { readonly consentId: string; readonly encounterId: string },
  by: HospitalId,
): void {
  const { consentId, encounterId } = consent;
  const facts = { topic: "bookings", subjectId: encounterId, kind, bedId: null } as const;
  events.push({ ...facts, hospitalIds: [by], body: { consentId } });
}
