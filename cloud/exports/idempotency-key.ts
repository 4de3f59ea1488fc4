/** The name that a client gives to what it asks for, so that asking again after a lost answer makes nothing twice. */
import * as z from "zod";

export const IdempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/, "expected 1 to 128 printable characters without spaces")
    .optional()
    .describe(
      "Random, and the same when the request is repeated: the repetition answers with the first export.",
    ),
});
