/**
 * Does what a client asks for once, however often it asks, and answers each time what it answered first: what was done,
 * or the refusal. The key is taken in the transaction that does it, so that a repetition at the same moment waits for the
 * first. A key stands for a day.
 *
 * A refusal takes the key too. A try may be held up on its way until its repetition was refused; it would else do what its
 * client was told is not done.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { PersonCaller } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { CloudError, PROBLEMS, type ProblemCode } from "../http/problem.ts";
import { type DeskDeps, type DeskStep, inDeskTransaction } from "./desk-transaction.ts";

const IDEMPOTENCY_KEY_LASTS_MS = 24 * 3_600_000;

/** On what creates something, the key is asked for: a double click must not make two. */
export const RequiredIdempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, "expected 1 to 128 printable characters without spaces")
    .describe(
      "Random, and the same when the request is repeated: the repetition gets the first one's answer, also where that was a refusal. Whoever was refused and asks anew takes a new key. What was answered with 429 or 5xx, or not at all, is asked again under the same one.",
    ),
});

export type Once = {
  readonly caller: PersonCaller;
  readonly key: string;
  /** Method and path pattern. */
  readonly route: string;
  readonly request: unknown;
};

type Done<Answer> = { readonly answer: Answer; readonly isRepetition: boolean };
type Refusal = {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extension: Readonly<Record<string, unknown>>;
};
const TOO_MANY_REQUESTS = 429;

/**
 * `act`, in a transaction of its own, answers in JSON. `answerTo` makes an answer of what it throws, where there is one.
 * What is no answer, or one for now only, leaves the key free. Throws the refusal, or what a repetition was refused with
 * before.
 *
 * STALE_VERSION is kept like any other: versions only rise, so what was stale stays so, and who has read anew asks for
 * something else, under another key.
 */
export async function once<Answer extends object>(
  desk: DeskDeps,
  asked: Once,
  act: (step: DeskStep) => Promise<Answer>,
  answerTo: (error: unknown) => unknown = (error) => error,
): Promise<Done<Answer>> {
  try {
    return await inDeskTransaction(desk, asked.caller, async (step) => {
      if (!(await takeKey(step.trx, step.nowMs, asked, { status: null, answer: null })))
        return await repeated<Answer>(step.trx, asked);
      const answer = await act(step);
      await step.trx
        .updateTable("idempotencyKeys")
        .set({ answer: JSON.stringify(answer) })
        .where("sessionSha256", "=", asked.caller.sessionSha256)
        .where("key", "=", asked.key)
        .execute();
      return { answer, isRepetition: false };
    });
  } catch (error) {
    const refusal = await answerTo(error);
    if (!(refusal instanceof CloudError) || isForNow(refusal)) throw refusal;
    const { code, message: detail, extension } = refusal;
    const answer = JSON.stringify({ code, detail, extension } satisfies Refusal);
    const nowMs = await desk.clock.nowMs(desk.db);
    if (await takeKey(desk.db, nowMs, asked, { status: PROBLEMS[code].status, answer })) throw refusal;
    // One that was held up came first after all.
    return await repeated<Answer>(desk.db, asked);
  }
}

function isForNow({ code }: CloudError): boolean {
  const { status } = PROBLEMS[code];
  return status >= 500 || status === TOO_MANY_REQUESTS;
}

/** False: it is taken. Waits for whoever is taking it. */
async function takeKey(
  db: Database | DatabaseTransaction,
  nowMs: number,
  { caller: { sessionSha256 }, key, route, request }: Once,
  said: { readonly status: number | null; readonly answer: string | null },
): Promise<boolean> {
  const requestSha256 = hashOf(request);
  const taken = await db
    .insertInto("idempotencyKeys")
    .values({ sessionSha256, key, route, requestSha256, ...said, createdAtMs: nowMs })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return taken.numInsertedOrUpdatedRows !== 0n;
}

async function repeated<Answer>(
  db: Database | DatabaseTransaction,
  { caller: { sessionSha256 }, key, route, request }: Once,
): Promise<Done<Answer>> {
  const first = await db
    .selectFrom("idempotencyKeys")
    .select(["route", "requestSha256", "status", "answer"])
    .where("sessionSha256", "=", sessionSha256)
    .where("key", "=", key)
    .executeTakeFirstOrThrow();
  if (first.route !== route || first.requestSha256 !== hashOf(request))
    throw new CloudError("IDEMPOTENCY_KEY_REUSED", "This key was used for something else before.");
  // Stored by the same route, so it is an answer of its kind.
  if (first.status === null) return { answer: first.answer as unknown as Answer, isRepetition: true };
  const { code, detail, extension } = first.answer as unknown as Refusal;
  throw new CloudError(code, detail, extension);
}

const hashOf = (request: unknown) => createHash("sha256").update(JSON.stringify(request)).digest("hex");

export async function forgetKeys(db: Database, nowMs: number): Promise<void> {
  await db
    .deleteFrom("idempotencyKeys")
    .where("createdAtMs", "<", nowMs - IDEMPOTENCY_KEY_LASTS_MS)
    .execute();
}
