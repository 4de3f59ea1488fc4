/**
 * Erases one thing for good, in one transaction: what it said, the salt by which a guess of it could be tried, and the
 * key that it was sealed under. Its leaf stays, so that every proof of every other leaf stays what it was, and one more
 * leaf says that it went. What is remembered of an erasure names its place in the log, and nothing else of the thing.
 */
import type { ErasureBody, ErasureDone, ErasureList } from "../../contracts/wire/documents.ts";
import { type PersonCaller, scopeOf } from "../access/scope.ts";
import type { Randomness } from "../clock.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { lockStatement } from "./bed-statement.ts";
import { lockDocument } from "./erase-document.ts";
import { statementTarget } from "./erase-statement.ts";
import { erasureById, listErasures } from "./repository.ts";
import type { Target } from "./target.ts";

export type ErasuresDeps = DeskDeps & { readonly randomness: Randomness };

export class Erasures {
  readonly #deps: ErasuresDeps;

  constructor(deps: ErasuresDeps) {
    this.#deps = deps;
  }

  async erase(
    caller: PersonCaller,
    body: ErasureBody,
    key: string,
  ): Promise<{ readonly view: ErasureDone; readonly isRepetition: boolean }> {
    // Nothing of which it is: a hash of that could be found by trying. Its place in the log says whether it is the same.
    const request = { reason: body.reason };
    const asked = { caller, key, route: "POST /api/v1/evidence/erasures", request };
    const { answer, isRepetition } = await once(this.#deps, asked, async (step) =>
      this.#destroy(step, caller, await this.#target(step, caller, body), body.reason),
    );
    if (isRepetition) await this.#requireSame(caller, body, answer);
    return { view: answer, isRepetition };
  }

  async #requireSame(caller: PersonCaller, body: ErasureBody, { leaves }: ErasureDone): Promise<void> {
    const { leaf } = await inDeskTransaction(this.#deps, caller, (step) => this.#target(step, caller, body));
    if (!leaves.some(({ origin, index }) => origin === leaf.origin && index === leaf.index))
      throw new CloudError("IDEMPOTENCY_KEY_REUSED", "Something else was erased under this key before.");
  }

  async list(caller: PersonCaller): Promise<ErasureList> {
    const { db, clock } = this.#deps;
    const erasures = await listErasures(db, scopeOf(caller));
    return { erasures, serverTime: rfc3339(await clock.nowMs(db)) };
  }

  async #target({ trx }: DeskStep, { hospitalId }: PersonCaller, body: ErasureBody): Promise<Target> {
    if (hospitalId === null) throw new CloudError("FORBIDDEN", "Only a hospital erases what is its own.");
    const { randomness } = this.#deps;
    if ("documentId" in body) return await lockDocument(trx, body.documentId, hospitalId, randomness);
    return statementTarget(await lockStatement(trx, body, hospitalId), body, randomness);
  }

  async #destroy(
    step: DeskStep,
    { role, hospitalId, sessionSha256 }: PersonCaller,
    target: Target,
    reason: string,
  ): Promise<ErasureDone> {
    if (hospitalId === null) throw new Error("only a hospital's administrator erases");
    const { leaves, archives } = await target.destroy(step, hospitalId);
    const erasureId = uuidOf(this.#deps.randomness.bytes(16));
    const facts = { erasureId, hospitalId, kind: target.kind, reason, atMs: step.nowMs, role, sessionSha256 };
    await step.trx
      .insertInto("erasures")
      .values(leaves.map((leaf) => ({ ...facts, ...leaf })))
      .execute();
    return { ...(await erasureById(step.trx, erasureId)), archives: [...archives] };
  }
}
