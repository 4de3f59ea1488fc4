/** Conflicts as people see to them. A person's word alone closes none: the bed has to agree. */
import { type RawBuilder, sql } from "kysely";
import {
  ACTIONS_OF_CONFLICT,
  bookingEventOf,
  type ConflictAction,
} from "../../contracts/booking/conflict-actions.ts";
import type { BookingEventName, DiscrepancyKind } from "../../contracts/booking/states.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { ConflictEventBody, ConflictList, ConflictView } from "../../contracts/wire/ward-desk.ts";
import { ROLE_WORDS } from "../../contracts/words/role-words.ts";
import { type PersonCaller, scopeOf, sees } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { requireVersion } from "../desk/if-match.ts";
import { CloudError } from "../http/problem.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { liveClaim } from "../registry/compose-axes.ts";
import { conflictView } from "./conflict-view.ts";
import { type StoredConflict, selectConflicts, setOwner } from "./repository.ts";
import { conflictEvent, settleBed } from "./settle-bed.ts";

export const CONFLICTS_SHOWN_MAX = 500;

export type ConflictsDeps = {
  readonly desk: DeskDeps;
  /** Of evidence: the service's, by which gateways' records are dated. */
  readonly clock: Clock;
  /** Throws a CloudError where the caller may not, or the booking does not allow it. It locks the booking, then its bed. */
  applyToBooking(
    step: DeskStep,
    caller: PersonCaller,
    bookingId: string,
    event: BookingEventName,
    reason: string | null,
  ): Promise<void>;
};

export type ConflictQuery = {
  readonly hospital?: HospitalId | undefined;
  readonly kind?: DiscrepancyKind | undefined;
  readonly closed: boolean;
};

type Resolving = {
  readonly chosen: ConflictAction | null;
  readonly hasActed: boolean;
  readonly reason?: string | undefined;
};

/** The one that was asked for, or the one that is offered. */
function actionOf({ kind }: StoredConflict, { action }: ConflictEventBody): ConflictAction {
  const actions: readonly ConflictAction[] = ACTIONS_OF_CONFLICT[kind];
  if (action === undefined) return ACTIONS_OF_CONFLICT[kind][0];
  if (!actions.includes(action))
    throw new CloudError("CONFLICT_ACTION", `Expected one of ${actions.join(", ")}; ${action} came.`);
  return action;
}

export class Conflicts {
  readonly #deps: ConflictsDeps;

  constructor(deps: ConflictsDeps) {
    this.#deps = deps;
  }

  /** Open ones the oldest first; those that are over the newest first. */
  async list(caller: PersonCaller, { hospital, kind, closed }: ConflictQuery): Promise<ConflictList> {
    const { db, clock } = this.#deps.desk;
    const scope = scopeOf(caller);
    const conditions: RawBuilder<unknown>[] = [
      closed ? sql`conflict.closed_at_ms IS NOT NULL` : sql`conflict.closed_at_ms IS NULL`,
    ];
    if (scope.kind === "hospital") conditions.push(sql`conflict.hospital_id = ${scope.hospitalId}`);
    if (hospital !== undefined) conditions.push(sql`conflict.hospital_id = ${hospital}`);
    if (kind !== undefined) conditions.push(sql`conflict.kind = ${kind}`);
    const order = closed
      ? sql`conflict.closed_at_ms DESC, conflict.conflict_id LIMIT ${CONFLICTS_SHOWN_MAX}`
      : sql`conflict.since_ms, conflict.conflict_id LIMIT ${CONFLICTS_SHOWN_MAX}`;
    const found = await selectConflicts(db, sql.join(conditions, sql` AND `), order);
    return {
      conflicts: found.map((conflict) => conflictView(conflict, caller)),
      serverTime: rfc3339(await clock.nowMs(db)),
    };
  }

  async act(
    caller: PersonCaller,
    conflictId: string,
    ifMatch: string,
    body: ConflictEventBody,
  ): Promise<ConflictView> {
    return await inDeskTransaction(this.#deps.desk, caller, async (step) => {
      const seen = await this.#current(step, caller, conflictId, ifMatch);
      const chosen = body.event === "resolve" ? actionOf(seen, body) : null;
      // Bookings are locked before beds; a conflict is its bed's.
      const hasActed =
        chosen !== null && (await this.#actOnBooking(step, caller, seen, chosen, body.reason ?? null));
      await sql`SELECT FROM beds WHERE bed_id = ${seen.bedId} FOR UPDATE`.execute(step.trx);
      const conflict = await this.#current(step, caller, conflictId, ifMatch);
      if (body.event === "resolve") await this.#settle(step, caller, conflict, { chosen, hasActed, ...body });
      else await this.#own(step, caller, conflict, body.event);
      return conflictView(await this.#visible(step, caller, conflictId), caller);
    });
  }

  /** As the caller saw it, and still open. */
  async #current(
    step: DeskStep,
    caller: PersonCaller,
    conflictId: string,
    ifMatch: string,
  ): Promise<StoredConflict> {
    const conflict = await this.#visible(step, caller, conflictId);
    if (conflict.closedAtMs !== null)
      throw new CloudError("CONFLICT_CLOSED", conflict.resolution ?? "It went away by itself.");
    requireVersion(ifMatch, conflict.version);
    return conflict;
  }

  async #own(
    { trx, nowMs, events }: DeskStep,
    caller: PersonCaller,
    conflict: StoredConflict,
    event: "own" | "disown",
  ): Promise<void> {
    const { conflictId, ownerSessionSha256 } = conflict;
    if (ownerSessionSha256 !== null && ownerSessionSha256 !== caller.sessionSha256)
      throw new CloudError("CONFLICT_OWNED", "It has an owner already.");
    await setOwner(trx, conflictId, event === "own" ? caller : null, nowMs);
    const kind = event === "own" ? "conflict-owned" : "conflict-disowned";
    events.push(conflictEvent(kind, conflict, conflict, null));
  }

  /** After the action, or without one: is the contradiction gone? */
  async #settle(
    step: DeskStep,
    caller: PersonCaller,
    { bedId, conflictId }: StoredConflict,
    { chosen, hasActed, reason }: Resolving,
  ): Promise<void> {
    const nowMs = await this.#deps.desk.clock.nowMs(step.trx);
    const why = reason === undefined ? "" : `: ${reason}`;
    const resolution = `${chosen} by ${ROLE_WORDS[caller.role]}${why}`;
    const evidenceNowMs = this.#deps.clock.nowMs();
    await settleBed({ ...step, nowMs }, bedId, { evidenceNowMs, resolution });
    const after = await this.#visible(step, caller, conflictId);
    if (after.closedAtMs === null && !hasActed)
      throw new CloudError("CONFLICT_STANDS", "What the bed says has not changed. Nothing was done.");
  }

  /** Whether the action did anything to a booking. */
  async #actOnBooking(
    step: DeskStep,
    caller: PersonCaller,
    { bedId, bookingId }: StoredConflict,
    action: ConflictAction,
    reason: string | null,
  ): Promise<boolean> {
    const [known] = await selectBeds(step.trx, sql`bed.bed_id = ${bedId}`);
    const claim = known === undefined ? null : liveClaim(known.claim, step.nowMs);
    if (bookingId === null || claim === null || claim.bookingId !== bookingId) return false;
    const event = bookingEventOf(action, claim.state);
    if (event === null) return false;
    await this.#deps.applyToBooking(step, caller, bookingId, event, reason);
    return true;
  }

  async #visible({ trx }: DeskStep, caller: PersonCaller, conflictId: string): Promise<StoredConflict> {
    const [conflict] = await selectConflicts(trx, sql`conflict.conflict_id = ${conflictId}`);
    if (conflict === undefined || !sees(scopeOf(caller), conflict.hospitalId))
      throw new CloudError("CONFLICT_NOT_FOUND", "There is no such conflict among those you may see.");
    return conflict;
  }
}
