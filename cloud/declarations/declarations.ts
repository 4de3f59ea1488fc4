/** What people say of beds from the cloud: said, taken back, told again, and over when its time is. */

import { sql } from "kysely";
import { GIVES_WAY } from "../../contracts/booking/discrepancies.ts";
import { UNDO_SHOWN_MS, UNDO_TAKEN_MS } from "../../contracts/booking/undo.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { DeclarationAnswer, DeclarationBody, DeclarationList } from "../../contracts/wire/ward-desk.ts";
import { type PersonCaller, scopeOf, sees } from "../access/scope.ts";
import type { ReadinessWord } from "../cleaning/follow-word.ts";
import type { Clock } from "../clock.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import { CloudError } from "../http/problem.ts";
import type { BedClaim, KnownBed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { liveClaim } from "../registry/compose-axes.ts";
import { type DeclaredValue, declare, takeBack } from "./declare.ts";
import { declarationView } from "./history.ts";
import { declarationEvents, lockBed, removeLapsed, wordById } from "./repository.ts";
import { requireDeclarable } from "./rules.ts";

export const EVENTS_SHOWN_MAX = 100;
/** Ended in one transaction; the rest with the next. */
const LAPSED_AT_ONCE_MAX = 100;

export type DeclarationsDeps = {
  readonly desk: DeskDeps;
  /** Of evidence: the service's, by which gateways' records are dated. */
  readonly clock: Clock;
  /** Ends a hold and tells its owner why. It locks the booking, then its bed. */
  releaseHold(step: DeskStep, bookingId: string, reason: string): Promise<void>;
  /** The bed's cleaning task follows what was just said; throws where that must not stand. The bed is locked. */
  cleaningFollows(step: DeskStep, known: KnownBed, word: ReadinessWord): Promise<void>;
  /** Before the word is taken back. The bed is locked. */
  cleaningFollowsBack(
    step: DeskStep,
    caller: PersonCaller,
    word: { readonly bedId: BedId; readonly declarationId: string },
  ): Promise<void>;
};

export class Declarations {
  readonly #deps: DeclarationsDeps;

  constructor(deps: DeclarationsDeps) {
    this.#deps = deps;
  }

  async declare(
    caller: PersonCaller,
    bedId: BedId,
    key: string,
    body: DeclarationBody,
  ): Promise<DeclarationAnswer> {
    const asked = { caller, key, route: "POST /api/v1/beds/:bedId/declarations", request: { bedId, body } };
    return (await once(this.#deps.desk, asked, (step) => this.#say(step, caller, bedId, body))).answer;
  }

  async #say(
    begun: DeskStep,
    caller: PersonCaller,
    bedId: BedId,
    body: DeclarationBody,
  ): Promise<DeclarationAnswer> {
    const { trx } = begun;
    const { desk, clock, releaseHold } = this.#deps;
    const before = await visibleBed(trx, caller, bedId);
    const closes = body.axis === "service" && body.to !== "open";
    // Bookings are locked before beds: who claims a bed does so in that order.
    if (closes) await this.#giveWay(begun, before, releaseHold);
    const known = await lockBed(trx, bedId);
    if (known === undefined) throw bedNotFound();
    const step = { ...begun, nowMs: await desk.clock.nowMs(trx) };
    requireDeclarable(caller.role, body, known, { nowMs: step.nowMs, evidenceNowMs: clock.nowMs() });
    // A hold that came while the lock was waited for.
    if (closes) await this.#giveWay(step, known, releaseHold);
    const declarationId = await declare(step, {
      ...declaredValue(body),
      bedId,
      hospitalId: known.bed.hospitalId,
      by: caller,
      reason: body.reason ?? null,
      untilMs: "until" in body && body.until !== undefined ? Date.parse(body.until) : null,
    });
    if (body.axis === "readiness") {
      const { to, reason = null } = body;
      await this.#deps.cleaningFollows(step, known, { caller, declarationId, to, reason });
    }
    const claim = liveClaim(known.claim, step.nowMs);
    const isUnder = claim !== null && closes && !GIVES_WAY.includes(claim.state);
    return {
      declarationId,
      bedId,
      undoUntil: rfc3339(step.nowMs + UNDO_SHOWN_MS),
      claimUnder: isUnder ? { bookingId: claim.bookingId, state: claim.state } : null,
      serverTime: rfc3339(step.nowMs),
    };
  }

  async #giveWay(
    step: DeskStep,
    { claim }: Pick<KnownBed, "claim">,
    release: DeclarationsDeps["releaseHold"],
  ): Promise<void> {
    const live: BedClaim | null = liveClaim(claim, step.nowMs);
    if (live !== null && GIVES_WAY.includes(live.state))
      await release(step, live.bookingId, "The bed was closed.");
  }

  /** A hold that gave way stays released: its owner has been told, and may hold the bed anew. */
  async undo(caller: PersonCaller, declarationId: string): Promise<{ bedId: BedId; serverTime: string }> {
    return await inDeskTransaction(this.#deps.desk, caller, async (step) => {
      const word = await wordById(step.trx, declarationId);
      if (word === undefined || !sees(scopeOf(caller), word.hospitalId)) throw notStanding();
      await lockBed(step.trx, word.bedId);
      if (word.sessionSha256 !== caller.sessionSha256)
        throw new CloudError("UNDO_REFUSED", "Somebody else said it. Say what is so now instead.");
      if (step.nowMs > word.sinceMs + UNDO_TAKEN_MS)
        throw new CloudError("UNDO_REFUSED", "The time to take it back is over.");
      const { bedId, hospitalId } = word;
      await this.#deps.cleaningFollowsBack(step, caller, { bedId, declarationId });
      if (!(await takeBack(step, { declarationId, bedId, hospitalId }))) throw notStanding();
      return { bedId, serverTime: rfc3339(step.nowMs) };
    });
  }

  async history(caller: PersonCaller, bedId: BedId): Promise<DeclarationList> {
    const { db, clock } = this.#deps.desk;
    await visibleBed(db, caller, bedId);
    const events = await declarationEvents(db, bedId, EVENTS_SHOWN_MAX);
    return { entries: events.map(declarationView), serverTime: rfc3339(await clock.nowMs(db)) };
  }

  /** Of all beds. The beds are told anew, so that every screen shows what stands now. */
  async endLapsed(): Promise<void> {
    await inDeskTransaction(this.#deps.desk, "service", async ({ trx, nowMs, events }) => {
      const lapsed = await removeLapsed(trx, nowMs, LAPSED_AT_ONCE_MAX);
      for (const { declarationId, bedId, hospitalId, axis, value } of lapsed)
        events.push({
          topic: "declarations",
          subjectId: declarationId,
          kind: "declaration-lapsed",
          bedId,
          hospitalIds: [hospitalId],
          body: { axis, value },
        });
    });
  }
}

function declaredValue(body: DeclarationBody): DeclaredValue {
  switch (body.axis) {
    case "service":
      return { axis: body.axis, value: body.to };
    case "staffing":
      return { axis: body.axis, value: body.to };
    case "infection":
      return { axis: body.axis, value: body.to };
    case "readiness":
      return { axis: body.axis, value: body.to };
    case "vacancy":
      return { axis: body.axis, value: body.to };
  }
}

async function visibleBed(
  db: DeclarationsDeps["desk"]["db"] | DatabaseTransaction,
  caller: PersonCaller,
  bedId: BedId,
): Promise<KnownBed> {
  const [known] = await selectBeds(db, sql`bed.bed_id = ${bedId} AND NOT bed.removed`);
  if (known === undefined || !sees(scopeOf(caller), known.bed.hospitalId)) throw bedNotFound();
  return known;
}

const bedNotFound = () => new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");
const notStanding = () =>
  new CloudError(
    "DECLARATION_NOT_FOUND",
    "No such word stands: it lapsed, was taken back, or another came after it.",
  );
