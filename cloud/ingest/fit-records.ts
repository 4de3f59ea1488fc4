/** Checks each record of a batch by itself: one that does not fit is parked with its reason and stops nothing. Pure. */
import type * as z from "zod";

export type Fitting<Record> = { readonly seq: number; readonly record: Record };
export type Parked = { readonly seq: number; readonly reason: string; readonly body: string };
export type Fitted<Record> = { readonly fitting: Fitting<Record>[]; readonly parked: Parked[] };

/** Of a parked record; enough to see what it is. */
const PARKED_BODY_CHARS_MAX = 65_536;
const REASON_CHARS_MAX = 500;

/** `records[0]` has the sequence number `firstSeq`. */
export function fitRecords<Schema extends z.ZodType>(
  schema: Schema,
  firstSeq: number,
  records: readonly unknown[],
): Fitted<z.output<Schema>> {
  const fitted: Fitted<z.output<Schema>> = { fitting: [], parked: [] };
  for (const [index, raw] of records.entries()) {
    const seq = firstSeq + index;
    const result = schema.safeParse(raw);
    if (!result.success) fitted.parked.push(park(seq, raw, describe(result.error)));
    else if (!isStorable(result.data))
      fitted.parked.push(park(seq, raw, "a text in it holds a character that no database stores"));
    else fitted.fitting.push({ seq, record: result.data });
  }
  return fitted;
}

export function park(seq: number, raw: unknown, reason: string): Parked {
  return {
    seq,
    reason: reason.slice(0, REASON_CHARS_MAX),
    body: JSON.stringify(raw).slice(0, PARKED_BODY_CHARS_MAX),
  };
}

/** Names fields and what was expected of them, not what came: that may be a patient's name. */
export function describe(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "record"}: ${message}`).join("; ");
}

/** An escaped NUL or lone surrogate in JSON text; the backslashes before it must not be an escape of themselves. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

/** PostgreSQL refuses such text with the whole transaction, and the batch would come again for ever. */
function isStorable(record: unknown): boolean {
  return !UNSTORABLE.test(JSON.stringify(record));
}
