/** What people do with legal holds: place one, look at them, release one and say why. */
import { createHash } from "node:crypto";
import type {
  LegalHoldList,
  LegalHoldRelease,
  LegalHoldRequest,
  LegalHoldView,
} from "../../../contracts/wire/retention.ts";
import { type PersonCaller, scopeOf, sees } from "../../access/scope.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { CloudError } from "../../http/problem.ts";
import { rfc3339, rfc3339OrNull } from "../../registry/bed-view.ts";
import {
  bedIsOf,
  deviceIsOf,
  findHold,
  holdWithKey,
  insertHold,
  listHolds,
  releaseHold,
  type StoredHold,
} from "./repository.ts";

export type LegalHoldsDeps = { readonly db: Database; readonly clock: Clock };

export class LegalHolds {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor({ db, clock }: LegalHoldsDeps) {
    this.#db = db;
    this.#clock = clock;
  }

  async place(by: PersonCaller, request: LegalHoldRequest, key: string | null): Promise<LegalHoldView> {
    const { hospital: hospitalId, bed = null, device = null, class: dataClass = null, reason } = request;
    if (!sees(scopeOf(by), hospitalId))
      throw new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital among those that you may see.");
    const requestSha256 = createHash("sha256").update(JSON.stringify(request)).digest("hex");
    const before = await this.#placedBefore(by, key, requestSha256);
    if (before !== null) return viewOf(before);
    const range = rangeOf(request);
    if (bed !== null && !(await bedIsOf(this.#db, bed, hospitalId)))
      throw new CloudError("BED_NOT_FOUND", "The hospital has no such bed.");
    if (device !== null && !(await deviceIsOf(this.#db, device, hospitalId)))
      throw new CloudError(
        "DEVICE_NOT_FOUND",
        "The hospital has no device of this name that ever sent anything.",
      );
    const named = { hospitalId, bedId: bed, deviceId: device, class: dataClass, ...range };
    const facts = { reason, requestSha256, idempotencyKey: key, by, atMs: this.#clock.nowMs() };
    const stored = await insertHold(this.#db, { ...named, ...facts });
    // Undefined: the same key came twice at the same moment.
    const placed = stored ?? (await this.#placedBefore(by, key, requestSha256));
    if (placed === null) throw new Error("a legal hold was neither stored nor there");
    return viewOf(placed);
  }

  async list(by: PersonCaller): Promise<LegalHoldList> {
    const holds = await listHolds(this.#db, scopeOf(by));
    return { holds: holds.map(viewOf), serverTime: rfc3339(this.#clock.nowMs()) };
  }

  async release(by: PersonCaller, holdId: string, { reason }: LegalHoldRelease): Promise<LegalHoldView> {
    const found = await findHold(this.#db, scopeOf(by), holdId);
    if (found === undefined)
      throw new CloudError(
        "LEGAL_HOLD_NOT_FOUND",
        "There is no such legal hold among those that you may see.",
      );
    const released = await releaseHold(this.#db, holdId, { by, atMs: this.#clock.nowMs(), reason });
    if (released === undefined)
      throw new CloudError(
        "LEGAL_HOLD_RELEASED",
        "The legal hold was released before; that stands as it was said.",
      );
    return viewOf(released);
  }

  async #placedBefore(
    by: PersonCaller,
    key: string | null,
    requestSha256: string,
  ): Promise<StoredHold | null> {
    if (key === null) return null;
    const before = await holdWithKey(this.#db, by, key);
    if (before === undefined) return null;
    if (before.requestSha256 === requestSha256) return before;
    throw new CloudError(
      "IDEMPOTENCY_KEY_REUSED",
      "This session has used the same Idempotency-Key for another request.",
    );
  }
}

/** It may lie in the future: what comes then is held from the beginning. */
function rangeOf({ from, to }: LegalHoldRequest): { fromMs: number; toMs: number | null } {
  const fromMs = Date.parse(from);
  const toMs = to === undefined ? null : Date.parse(to);
  if (toMs !== null && toMs < fromMs)
    throw new CloudError(
      "RANGE_REVERSED",
      `The hold goes from ${rfc3339(fromMs)} to ${rfc3339(toMs)}: backwards.`,
    );
  if (toMs === fromMs)
    throw new CloudError(
      "RANGE_EMPTY",
      `The hold goes from ${rfc3339(fromMs)} to the same moment: it holds nothing.`,
    );
  return { fromMs, toMs };
}

function viewOf(hold: StoredHold): LegalHoldView {
  const { releasedAtMs, releasedRole, releaseReason } = hold;
  return {
    holdId: hold.holdId,
    hospital: hold.hospitalId,
    bed: hold.bedId,
    device: hold.deviceId,
    class: hold.class,
    from: rfc3339(hold.fromMs),
    to: rfc3339OrNull(hold.toMs),
    reason: hold.reason,
    created: { at: rfc3339(hold.createdAtMs), role: hold.createdRole },
    released:
      releasedAtMs === null || releasedRole === null
        ? null
        : { at: rfc3339(releasedAtMs), role: releasedRole, reason: releaseReason ?? "" },
  };
}
