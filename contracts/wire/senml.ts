/** A SenML pack in JSON (RFC 8428), as far as devices here use it; unknown fields are ignored, as the RFC asks. */
import * as z from "zod";

export const SENML_PAYLOAD_BYTES_MAX = 64 * 1024;
export const SENML_RECORDS_MAX = 256;

export const SenmlRecord = z.looseObject({
  /** Base name, time (s), unit and value: each holds from its record on. */
  bn: z.string().max(256).optional(),
  bt: z.number().optional(),
  bu: z.string().max(32).optional(),
  bv: z.number().optional(),
  bver: z.int().positive().optional(),
  n: z.string().max(256).optional(),
  u: z.string().max(32).optional(),
  v: z.number().optional(),
  vb: z.boolean().optional(),
  vs: z.string().optional(),
  vd: z.string().optional(),
  /** Seconds: since 1970 from 2^28 on, below that relative to now. */
  t: z.number().optional(),
});
export type SenmlRecord = z.infer<typeof SenmlRecord>;

export const SenmlPack = z.array(SenmlRecord).min(1).max(SENML_RECORDS_MAX);
