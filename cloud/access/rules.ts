/**
 * Every route, and who may call it. A route that is not in here, or a line in here without a route, fails the build
 * of the service (guard.ts). What a caller sees of a route that is open to them is decided by `scope`.
 */
import { PersonRole, type Role } from "../../contracts/wire/roles.ts";
import { CLEANING_ROLES } from "../cleaning/rules.ts";
import { DECLARING_ROLES } from "../declarations/rules.ts";

/**
 * none: the answer says nothing of a hospital · hospital: all hospitals for network roles, else the own one ·
 * gateway: what belongs to the calling gateway · session: the caller's own session
 */
type RuleScope = "none" | "hospital" | "gateway" | "session";

export type Rule =
  | { readonly open: true }
  | { readonly open: false; readonly roles: readonly Role[]; readonly scope: RuleScope };

const OPEN: Rule = { open: true };
const EVERY_PERSON: readonly Role[] = PersonRole.options;
/** A patient sees how many beds a hospital has, not which. */
const STAFF: readonly Role[] = EVERY_PERSON.filter((role) => role !== "patient");
/** Who keeps the system running. */
const CARETAKERS: readonly Role[] = ["super-admin", "hospital-admin", "facility-engineer"];

/** Who may ask for a bed, and so be told which there are. */
const REQUESTERS: readonly Role[] = [
  "super-admin",
  "hospital-admin",
  "doctor",
  "nurse",
  "emergency-coordinator",
];

/** Who treats patients, and so may know who they are. */
const CLINICAL: readonly Role[] = ["doctor", "nurse"];
/** Who answers for what is known of a hospital's patients and beds. */
const WARD: readonly Role[] = ["doctor", "nurse", "hospital-admin"];
const ADMINISTRATORS: readonly Role[] = ["super-admin", "hospital-admin"];

const allow = (roles: readonly Role[], scope: RuleScope): Rule => ({ open: false, roles, scope });

export const RULES = {
  "GET /healthz": OPEN,
  "GET /readyz": OPEN,
  // The static shell: the web app's own files, the same for everybody.
  "GET /*": OPEN,
  "GET /sign-in": OPEN,
  "GET /sign-in.js": OPEN,
  "POST /sign-in": OPEN,

  "GET /api/openapi.json": allow(EVERY_PERSON, "none"),
  "GET /api/v1/session": allow(EVERY_PERSON, "session"),
  "DELETE /api/v1/session": allow(EVERY_PERSON, "session"),
  "POST /api/v1/sign-in-links": allow(["super-admin", "hospital-admin"], "hospital"),

  "GET /api/v1/hospitals": allow(EVERY_PERSON, "hospital"),
  "GET /api/v1/beds": allow(STAFF, "hospital"),
  "GET /api/v1/beds/:bedId": allow(STAFF, "hospital"),
  "GET /api/v1/beds/:bedId/timeline": allow(STAFF, "hospital"),
  "GET /api/v1/live": allow(STAFF, "hospital"),

  // What is proven of a bed; whose bed it is decides as for the bed itself.
  "GET /api/v1/beds/:bedId/evidence": allow(STAFF, "hospital"),
  "GET /api/v1/beds/:bedId/evidence/:epoch/:seq/bundle": allow(STAFF, "hospital"),
  "GET /api/v1/evidence/health": allow(STAFF, "hospital"),
  "GET /api/v1/evidence/policy": allow(EVERY_PERSON, "none"),
  "GET /api/v1/evidence/checkpoint": allow(EVERY_PERSON, "none"),

  // What went wrong on the way in is for those who put it right; the records' values are not shown.
  "GET /api/v1/parked-records": allow(CARETAKERS, "hospital"),
  "POST /api/v1/parked-records/replay": allow(CARETAKERS, "hospital"),

  // Of vital signs only what the caller may read: registry/readable-metrics.ts.
  "GET /api/v1/series": allow(STAFF, "hospital"),
  "GET /api/v1/series/latest": allow(STAFF, "hospital"),
  // Of beds, not of patients.
  "GET /api/v1/kpi": allow(STAFF, "hospital"),
  "GET /api/v1/reports": allow(STAFF, "hospital"),
  "GET /api/v1/reports/:reportId/files/:format": allow(STAFF, "hospital"),
  "POST /api/v1/exports": allow(STAFF, "hospital"),
  "GET /api/v1/exports": allow(STAFF, "hospital"),
  "GET /api/v1/exports/:exportId": allow(STAFF, "hospital"),
  "GET /api/v1/exports/:exportId/file": allow(STAFF, "hospital"),
  "DELETE /api/v1/exports/:exportId": allow(STAFF, "hospital"),

  // Offers of every hospital; why a bed is not offered, of the own one alone.
  "POST /api/v1/matches": allow(REQUESTERS, "hospital"),
  "GET /api/v1/requests/:requestId/matches": allow(REQUESTERS, "hospital"),

  // Of what a caller does not own, and whose bed it is not: cloud/bookings/may.ts.
  "POST /api/v1/requests": allow(REQUESTERS, "hospital"),
  "GET /api/v1/requests": allow(REQUESTERS, "hospital"),
  "GET /api/v1/requests/:requestId": allow(REQUESTERS, "hospital"),
  "PATCH /api/v1/requests/:requestId": allow(REQUESTERS, "hospital"),
  "POST /api/v1/requests/:requestId/cancel": allow(REQUESTERS, "hospital"),
  "POST /api/v1/requests/:requestId/override": allow(["doctor", "emergency-coordinator"], "hospital"),
  "DELETE /api/v1/requests/:requestId/override": allow(["doctor", "emergency-coordinator"], "hospital"),
  "POST /api/v1/bookings": allow(REQUESTERS, "hospital"),
  "GET /api/v1/bookings": allow(REQUESTERS, "hospital"),
  "GET /api/v1/bookings/:bookingId": allow(REQUESTERS, "hospital"),
  "POST /api/v1/bookings/:bookingId/events": allow(REQUESTERS, "hospital"),

  // Which hospital takes which step: cloud/transfers/may.ts.
  "POST /api/v1/transfers": allow(REQUESTERS, "hospital"),
  "GET /api/v1/transfers": allow(REQUESTERS, "hospital"),
  "GET /api/v1/transfers/:transferId": allow(REQUESTERS, "hospital"),
  "POST /api/v1/transfers/:transferId/events": allow(REQUESTERS, "hospital"),

  "POST /api/v1/webhooks": allow(ADMINISTRATORS, "hospital"),
  "GET /api/v1/webhooks": allow(ADMINISTRATORS, "hospital"),
  "DELETE /api/v1/webhooks/:webhookId": allow(ADMINISTRATORS, "hospital"),
  "POST /api/v1/webhooks/:webhookId/replay": allow(ADMINISTRATORS, "hospital"),
  "POST /api/v1/webhooks/:webhookId/pause": allow(ADMINISTRATORS, "hospital"),
  "POST /api/v1/webhooks/:webhookId/resume": allow(ADMINISTRATORS, "hospital"),

  // Further, only of the hospital that has the patient now: cloud/encounters/may-read.ts.
  "GET /api/v1/encounters/:encounterId/identity": allow(CLINICAL, "hospital"),
  "PUT /api/v1/encounters/:encounterId/identity": allow(CLINICAL, "hospital"),
  "DELETE /api/v1/encounters/:encounterId/identity": allow(CLINICAL, "hospital"),
  // Whose documents, and by which consent: cloud/documents/may.ts.
  "GET /api/v1/encounters/:encounterId/documents": allow(CLINICAL, "hospital"),
  "POST /api/v1/encounters/:encounterId/documents": allow(CLINICAL, "hospital"),
  "GET /api/v1/documents/:documentId": allow(CLINICAL, "hospital"),
  "GET /api/v1/documents/:documentId/file": allow(CLINICAL, "hospital"),
  "GET /api/v1/encounters/:encounterId/consents": allow(CLINICAL, "hospital"),
  "POST /api/v1/encounters/:encounterId/consents": allow(CLINICAL, "hospital"),
  "POST /api/v1/consents/:consentId/withdraw": allow(CLINICAL, "hospital"),
  // Of its own hospital, by who answers for it; that something went is seen by the network's administrator too.
  "POST /api/v1/evidence/erasures": allow(["hospital-admin"], "hospital"),
  "GET /api/v1/evidence/erasures": allow(ADMINISTRATORS, "hospital"),
  "GET /api/v1/encounters/:encounterId/stays": allow(WARD, "hospital"),
  "GET /api/v1/encounters/:encounterId/series": allow(CLINICAL, "hospital"),
  "GET /api/v1/attribution": allow(WARD, "hospital"),
  "POST /api/v1/stays/corrections": allow(WARD, "hospital"),
  "POST /api/v1/placements": allow(WARD, "hospital"),
  "POST /api/v1/encounters/swap": allow(WARD, "hospital"),
  "POST /api/v1/encounters/merge": allow(WARD, "hospital"),

  "GET /api/v1/cleaning-tasks": allow(STAFF, "hospital"),
  "POST /api/v1/cleaning-tasks": allow(CLEANING_ROLES, "hospital"),
  "POST /api/v1/cleaning-tasks/:taskId/events": allow(CLEANING_ROLES, "hospital"),

  // What beds are is for everybody who books them; what they are to be is said by who answers for the hospital.
  "GET /api/v1/bed-profiles": allow(STAFF, "hospital"),
  "PUT /api/v1/beds/:bedId/profile": allow(ADMINISTRATORS, "hospital"),
  "POST /api/v1/bed-profiles/import": allow(ADMINISTRATORS, "hospital"),
  "GET /api/v1/hospitals/:hospitalId/policy": allow(STAFF, "hospital"),
  "PUT /api/v1/hospitals/:hospitalId/policy": allow(ADMINISTRATORS, "hospital"),

  // Of sources, gateways and stores; nothing that was measured on somebody is in it.
  "GET /api/v1/data-health": allow(STAFF, "hospital"),

  // What is kept from being removed, and why, is for those who answer for it.
  "GET /api/v1/legal-holds": allow(["super-admin", "hospital-admin"], "hospital"),
  "POST /api/v1/legal-holds": allow(["super-admin", "hospital-admin"], "hospital"),
  "POST /api/v1/legal-holds/:holdId/release": allow(["super-admin", "hospital-admin"], "hospital"),

  // Who says what of a bed, of their own hospital: cloud/declarations/rules.ts.
  "GET /api/v1/beds/:bedId/declarations": allow(STAFF, "hospital"),
  "POST /api/v1/beds/:bedId/declarations": allow(DECLARING_ROLES, "hospital"),
  "POST /api/v1/declarations/:declarationId/undo": allow(DECLARING_ROLES, "hospital"),

  // What an action does to a booking asks for the role that the booking asks for.
  "GET /api/v1/conflicts": allow(STAFF, "hospital"),
  "POST /api/v1/conflicts/:conflictId/events": allow(STAFF, "hospital"),

  "POST /api/v1/sync/batches": allow(["gateway"], "gateway"),
  "POST /api/v1/sync/heartbeats": allow(["gateway"], "gateway"),
  "POST /api/v1/sync/log": allow(["gateway"], "gateway"),
  "POST /api/v1/sync/cosignatures": allow(["gateway"], "gateway"),
  "POST /api/v1/gateways/:gatewayId/log-key/revoke": allow(ADMINISTRATORS, "hospital"),
  "POST /api/v1/gateways/:gatewayId/log/resume": allow(ADMINISTRATORS, "hospital"),
} as const satisfies Record<string, Rule>;

export type RuleTable = Readonly<Record<string, Rule>>;
