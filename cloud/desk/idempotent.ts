/**
 * Does what a client asks for once, however often it asks: the key is taken in the transaction that does it, so that a
 * repetition at the same moment waits for the first and is given its answer. A key stands for a day.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { PersonCaller } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";

const IDEMPOTENCY_KEY_LASTS_MS = 24 * 3_600_000;

/** On what creates something, the key is asked for: a double click must not make two. */
export const RequiredIdempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, "expected 1 to 128 printable characters without spaces")
    .describe(
      "Random, and the same when the request is repeated: the repetition gets the first one's answer.",
    ),
});

export type Once = {
  readonly caller: PersonCaller;
  readonly key: string;
  /** Method and path pattern. */
  readonly route: string;
  readonly request: unknown;
};

/** `act` answers in JSON. Where it throws, the key is free again. */
export async function once<Answer extends object>(
  trx: DatabaseTransaction,
  nowMs: number,
  { caller, key, route, request }: Once,
  act: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly isRepetition: boolean }> {
  const requestSha256 = createHash("sha256").update(JSON.stringify(request)).digest("hex");
  const { sessionSha256 } = caller;
  const taken = await trx
    .insertInto("idempotencyKeys")
    .values({ sessionSha256, key, route, requestSha256, status: null, answer: null, createdAtMs: nowMs })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (taken.numInsertedOrUpdatedRows === 0n) {
    const first = await trx
      .selectFrom("idempotencyKeys")
      .select(["route", "requestSha256", "answer"])
      .where("sessionSha256", "=", sessionSha256)
      .where("key", "=", key)
      .executeTakeFirstOrThrow();
    if (first.route !== route || first.requestSha256 !== requestSha256)
      throw new CloudError("IDEMPOTENCY_KEY_REUSED", "This key was used for something else before.");
    // Stored by `act` of the same route, so it is an answer of its kind.
    return { answer: first.answer as unknown as Answer, isRepetition: true };
  }
  const answer = await act();
  await trx
    .updateTable("idempotencyKeys")
    .set({ answer: JSON.stringify(answer) })
    .where("sessionSha256", "=", sessionSha256)
    .where("key", "=", key)
    .execute();
  return { answer, isRepetition: false };
}

export async function forgetKeys(db: Database, nowMs: number): Promise<void> {
  await db
    .deleteFrom("idempotencyKeys")
    .where("createdAtMs", "<", nowMs - IDEMPOTENCY_KEY_LASTS_MS)
    .execute();
}
