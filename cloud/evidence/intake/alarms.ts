/** What was found that must not be: written down once for each subject, with what shows it. */
import type { Database } from "../../database/schema.ts";

/** As contracts/wire/evidence.ts tells them. */
export const ALARM_KINDS = ["gateway-fork", "record-differs", "witness-refused"] as const;

/**
 * `subject`: the log's origin for a fork, `<origin>/<index of the leaf>` for a record that differs, `<gateway>/<day>`
 * for a witness.
 */
export type Alarm = {
  readonly alarmId: string;
  readonly kind: (typeof ALARM_KINDS)[number];
  readonly gatewayId: string;
  readonly subject: string;
  readonly detail: string;
  readonly proof: object | null;
  readonly atMs: number;
};

/** False: it was known. */
export async function noteAlarm(db: Database, { proof, ...alarm }: Alarm): Promise<boolean> {
  const noted = await db
    .insertInto("evidenceAlarms")
    .values({ ...alarm, proof: proof === null ? null : JSON.stringify(proof) })
    .onConflict((conflict) => conflict.columns(["kind", "subject"]).doNothing())
    .executeTakeFirst();
  return noted.numInsertedOrUpdatedRows === 1n;
}
