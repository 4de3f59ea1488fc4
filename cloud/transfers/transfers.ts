/** What is done with transfers over HTTP: begun, looked at, moved on. */
import { sql } from "kysely";
import type { Logger } from "pino";
import type { TransferEventName } from "../../contracts/booking/states.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type {
  TransferBody,
  TransferEventBody,
  TransferList,
  TransferView,
} from "../../contracts/wire/transfers.ts";
import { type PersonCaller, scopeOf } from "../access/scope.ts";
import { applyLocked } from "../bookings/apply-event.ts";
import { answerOf } from "../bookings/bookings.ts";
import { BedTaken, lostRace } from "../bookings/lost-race.ts";
import type { BookingPorts, NextBest } from "../bookings/ports.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import { requireVersion } from "../desk/if-match.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { beginTransfer } from "./begin.ts";
import { followOf } from "./compare.ts";
import {
  acceptDestination,
  declineDestination,
  destinationOf,
  endDestination,
  holdDestination,
} from "./destination.ts";
import { mayMove, maySeeTransfer } from "./may.ts";
import { moveTransfer, requireMove } from "./move.ts";
import { LISTED_MAX, lockTransfer, selectTransfer, selectTransfers } from "./repository.ts";
import type { LinkedTransfer } from "./rows.ts";
import { closedDestinations, settleLocked } from "./settle.ts";
import { undoTransfer } from "./undo.ts";
import { transferView } from "./views.ts";

export type TransfersDeps = {
  readonly desk: DeskDeps;
  readonly ports: BookingPorts;
  readonly nextBest: NextBest;
  readonly log: Logger;
};

export type TransferQuery = {
  /** Either end. */
  readonly hospital?: HospitalId | undefined;
  readonly live: boolean;
};

export class Transfers {
  readonly #deps: TransfersDeps;

  constructor(deps: TransfersDeps) {
    this.#deps = deps;
  }

  async begin(
    caller: PersonCaller,
    body: TransferBody,
    key: string,
  ): Promise<{ readonly view: TransferView; readonly isRepetition: boolean }> {
    const { desk, ports } = this.#deps;
    const asked = { caller, key, route: "POST /api/v1/transfers", request: body };
    const begin = async (step: DeskStep) => {
      const transferId = await beginTransfer(ports, step, caller, body);
      // A bed that is held for the request already is its destination.
      return transferView(await settleLocked(ports, step, transferId), caller, step.nowMs);
    };
    const { answer, isRepetition } = await once(desk, asked, begin, answerOf);
    return { view: answer, isRepetition };
  }

  async list(caller: PersonCaller, { hospital, live }: TransferQuery): Promise<TransferList> {
    const { db, clock } = this.#deps.desk;
    await this.settleAll();
    const nowMs = await clock.nowMs(db);
    const scope = scopeOf(caller);
    const where = [sql`transfer.is_live = ${live}`];
    if (scope.kind === "hospital") where.push(hasEnd(scope.hospitalId));
    if (hospital !== undefined) where.push(hasEnd(hospital));
    const found = await selectTransfers(db, sql.join(where, sql` AND `), nowMs, LISTED_MAX);
    return {
      transfers: found.map((linked) => transferView(linked, caller, nowMs)),
      serverTime: rfc3339(nowMs),
    };
  }

  async view(caller: PersonCaller, transferId: string): Promise<TransferView> {
    const { db, clock } = this.#deps.desk;
    await this.#settle(transferId);
    const nowMs = await clock.nowMs(db);
    return transferView(await this.#seen(db, caller, transferId, nowMs), caller, nowMs);
  }

  async event(
    caller: PersonCaller,
    transferId: string,
    body: TransferEventBody,
    ifMatch: string,
  ): Promise<TransferView> {
    const { desk, nextBest } = this.#deps;
    await this.#settle(transferId);
    try {
      return await inDeskTransaction(desk, caller, (step) =>
        this.#eventWithin(step, caller, { transferId, body, ifMatch }),
      );
    } catch (error) {
      if (error instanceof BedTaken)
        throw await lostRace(desk.db, await desk.clock.nowMs(desk.db), error, nextBest);
      throw answerOf(error);
    }
  }

  /** Of all that are live. What fails for one keeps no other waiting; it is tried again with each look. */
  async settleAll(): Promise<void> {
    const { db, clock } = this.#deps.desk;
    const nowMs = await clock.nowMs(db);
    const live = await selectTransfers(db, sql`transfer.is_live`, nowMs);
    const closed = await closedDestinations(db, live, nowMs);
    for (const linked of live) {
      const { transferId } = linked.transfer;
      if (followOf(linked, closed.has(transferId)) === null) continue;
      try {
        await this.#settle(transferId);
      } catch (error) {
        if (isPassingTrouble(error)) throw error;
        this.#deps.log.error({ err: error, transferId }, "a transfer could not follow its bookings");
      }
    }
  }

  /** Its own transaction, so that what was found stands also where the caller is refused afterwards. */
  async #settle(transferId: string): Promise<void> {
    const { desk, ports } = this.#deps;
    const nowMs = await desk.clock.nowMs(desk.db);
    const linked = await selectTransfer(desk.db, transferId, nowMs);
    if (linked === undefined) return;
    const closed = await closedDestinations(desk.db, [linked], nowMs);
    if (followOf(linked, closed.size > 0) === null) return;
    await inDeskTransaction(desk, "service", async (step) => {
      const now = await this.#locked(step, linked);
      await settleLocked(ports, now, transferId);
    });
  }

  async #eventWithin(
    opened: DeskStep,
    caller: PersonCaller,
    { transferId, body, ifMatch }: { transferId: string; body: TransferEventBody; ifMatch: string },
  ): Promise<TransferView> {
    const { trx } = opened;
    const step = await this.#locked(opened, await this.#seen(trx, caller, transferId, opened.nowMs));
    const linked = await this.#seen(trx, caller, transferId, step.nowMs);
    requireVersion(ifMatch, linked.transfer.version);
    if (followOf(linked, (await closedDestinations(trx, [linked], step.nowMs)).size > 0) !== null)
      throw new CloudError("STALE_VERSION", "Its bookings have moved at this moment.");
    if (body.event === "undo") await undoTransfer(step, linked, caller);
    else {
      if (!mayMove(caller, body.event, linked.transfer))
        throw new CloudError("FORBIDDEN", `Your role does not ${body.event} this transfer.`);
      await this.#move(step, caller, linked, { ...body, event: body.event });
    }
    return transferView(await this.#seen(trx, caller, transferId, step.nowMs), caller, step.nowMs);
  }

  async #move(
    step: DeskStep,
    caller: PersonCaller,
    linked: LinkedTransfer,
    { event, bedId, reason = null }: Ask,
  ): Promise<void> {
    const { ports } = this.#deps;
    const { transfer, to, claim } = linked;
    requireMove(transfer, event, caller);
    const move = { event, by: caller, reason };
    switch (event) {
      case "hold-destination": {
        if (bedId === undefined) throw new CloudError("VALIDATION", "Send `bedId`: which bed is to be held.");
        const held = await holdDestination(ports, step, caller, { requestId: transfer.requestId, bedId });
        return await moveTransfer(step, linked, { ...move, to: held });
      }
      case "accept": {
        const booking = await acceptDestination(ports, step, destinationOf(transfer, to));
        return await moveTransfer(step, linked, { ...move, booking });
      }
      case "decline": {
        if (reason === null) throw new CloudError("REASON_MISSING", "A hospital that declines says why.");
        await declineDestination(ports, step, destinationOf(transfer, to), { caller, reason });
        return await moveTransfer(step, linked, move);
      }
      // The booking takes the transfer with it (on-booking-moves.ts).
      case "arrive": {
        const { bookingId } = destinationOf(transfer, to);
        await applyLocked(ports, step, bookingId, { event: "arrive", actor: caller, reason });
        return;
      }
      case "complete": {
        const { bookingId } = destinationOf(transfer, to);
        await applyLocked(ports, step, bookingId, { event: "admit", actor: caller, reason });
        return await moveTransfer(step, linked, move);
      }
      case "cancel":
      case "return":
        await endDestination(ports, step, claim, reason);
        return await moveTransfer(step, linked, move);
      default:
        return await moveTransfer(step, linked, move);
    }
  }

  /** The step at the time after the locks. */
  async #locked(step: DeskStep, linked: LinkedTransfer): Promise<DeskStep> {
    await lockTransfer(step.trx, linked);
    return { ...step, nowMs: await this.#deps.desk.clock.nowMs(step.trx) };
  }

  async #seen(
    db: DeskStep["trx"] | DeskDeps["db"],
    caller: PersonCaller,
    transferId: string,
    nowMs: number,
  ): Promise<LinkedTransfer> {
    const linked = await selectTransfer(db, transferId, nowMs);
    if (linked === undefined || !maySeeTransfer(caller, linked.transfer))
      throw new CloudError("TRANSFER_NOT_FOUND", "There is no such transfer among those you may see.");
    return linked;
  }
}

type Ask = {
  readonly event: Exclude<TransferEventName, "destination-lost">;
  readonly bedId?: BedId | undefined;
  readonly reason?: string | null | undefined;
};

const hasEnd = (hospitalId: HospitalId) =>
  sql`(transfer.from_hospital_id = ${hospitalId} OR transfer.to_hospital_id = ${hospitalId})`;
