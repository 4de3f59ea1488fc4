/** Which words of people on a bed stand. Pure. */
import { deriveBed } from "../../contracts/bed/derive.ts";
import {
  type InfectionEvent,
  infectionTransitions,
  type ServiceEvent,
  serviceTransitions,
  stepAxis,
} from "../../contracts/bed/transitions.ts";
import type { Role } from "../../contracts/wire/roles.ts";
import type { DeclarationBody } from "../../contracts/wire/ward-desk.ts";
import { CloudError } from "../http/problem.ts";
import type { KnownBed } from "../registry/bed.ts";
import { factsOf } from "../registry/bed-view.ts";

const WARD: readonly Role[] = ["nurse", "doctor", "hospital-admin"];
/** Who says what. Whether a bed is broken is for whoever mends it, too. */
const ROLES_OF_AXIS: Readonly<Record<DeclarationBody["axis"], readonly Role[]>> = {
  service: [...WARD, "facility-engineer"],
  staffing: WARD,
  infection: WARD,
  readiness: WARD,
  vacancy: WARD,
};
export const DECLARING_ROLES = ROLES_OF_AXIS.service;

/** A word that ends is for the next days; what lasts longer has no end until somebody says so. */
const UNTIL_MS_MAX = 90 * 24 * 3_600_000;
/** Whoever looked at a bed this long ago knows nothing of it any more. */
const VACANT_FOR_MS_MAX = 12 * 3_600_000;

export type Moments = {
  /** Of claims and words: the database's. */
  readonly nowMs: number;
  /** Of evidence: the service's. */
  readonly evidenceNowMs: number;
};

/** Throws where the word must not stand. The bed is as it is while its row is locked. */
export function requireDeclarable(
  role: Role,
  body: DeclarationBody,
  known: KnownBed,
  moments: Moments,
): void {
  if (!ROLES_OF_AXIS[body.axis].includes(role))
    throw new CloudError(
      "FORBIDDEN",
      `What the bed's ${body.axis} is, is said by ${ROLES_OF_AXIS[body.axis].join(", ")}.`,
    );
  if ("until" in body && body.until !== undefined)
    requireUntil(body.axis, Date.parse(body.until), moments.nowMs);
  if (body.axis === "service" || body.axis === "infection") requireStep(body, known, moments.nowMs);
  if (body.axis === "vacancy" && factsOf(known, moments.nowMs).occupancySource !== null)
    throw new CloudError(
      "DECLARATION_REFUSED",
      "The bed has a sensor, and that says whether the bed is empty. Where it is wrong, have it looked at.",
    );
  if (body.axis === "readiness" && body.to === "clean") requireEmpty(known, moments);
}

function requireUntil(axis: DeclarationBody["axis"], untilMs: number, nowMs: number): void {
  const forMsMax = axis === "vacancy" ? VACANT_FOR_MS_MAX : UNTIL_MS_MAX;
  if (untilMs > nowMs && untilMs <= nowMs + forMsMax) return;
  const [from, to] = [nowMs, nowMs + forMsMax].map((atMs) => new Date(atMs).toISOString());
  throw new CloudError(
    "DECLARATION_UNTIL",
    `Expected an end after ${from}, which it is by the database's clock, and not after ${to}; ` +
      `${new Date(untilMs).toISOString()} came.`,
  );
}

const SERVICE_EVENTS = {
  open: "opened",
  blocked: "blocked",
  closed: "closed",
  "out-of-service": "taken-out-of-service",
} as const satisfies Record<string, ServiceEvent>;
const INFECTION_EVENTS = {
  none: "cleared",
  isolated: "isolation-started",
  contaminated: "contaminated",
} as const satisfies Record<string, InfectionEvent>;

function requireStep(
  body: Extract<DeclarationBody, { axis: "service" | "infection" }>,
  known: KnownBed,
  nowMs: number,
): void {
  const { axes } = factsOf(known, nowMs);
  const step =
    body.axis === "service"
      ? stepAxis(serviceTransitions, axes.service.value, SERVICE_EVENTS[body.to])
      : stepAxis(infectionTransitions, axes.infection.value, INFECTION_EVENTS[body.to]);
  if (step.kind === "refused") throw new CloudError("DECLARATION_REFUSED", step.reason);
}

/** A person's word never overrides fresh presence. */
function requireEmpty(known: KnownBed, { nowMs, evidenceNowMs }: Moments): void {
  const facts = factsOf(known, nowMs);
  const { freshness } = deriveBed(facts, evidenceNowMs);
  const isFresh = freshness === "fresh" || freshness === "late";
  if (facts.axes.occupancy.value !== "present" || !isFresh) return;
  const observedAtMs = facts.occupancySource?.lastObservedAtMs ?? evidenceNowMs;
  const ageMs = Math.max(0, evidenceNowMs - observedAtMs);
  throw new CloudError(
    "BED_NOT_EMPTY",
    `The bed's sensor says that somebody is in it, ${Math.round(ageMs / 1_000)} s ago.`,
    { evidence: { occupancy: "present", observedAt: new Date(observedAtMs).toISOString(), ageMs } },
  );
}
