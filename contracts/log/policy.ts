/** What a reader of bundles trusts: keys and contracts that they got from somewhere else than the bundle. */
import * as z from "zod";
import { Base64Of32 } from "./bundle.ts";
import { fromBase64 } from "./bytes.ts";
import { KEY_NAME, type PublicKey } from "./note.ts";

const Key = z
  .strictObject({
    name: z.string().regex(KEY_NAME, "expected 1 to 200 of a-z, 0-9, / and -"),
    publicKey: Base64Of32,
  })
  .transform(
    ({ name, publicKey }): PublicKey => ({ name, publicKey: fromBase64(publicKey) ?? new Uint8Array(0) }),
  );

/** Strict: what is trusted must not hold a word that is not understood. */
const Policy = z.strictObject({
  network: Key,
  witnesses: z.array(Key),
  witnessesMin: z.int().nonnegative(),
  anchors: z.array(
    z.strictObject({
      chainId: z.int().positive(),
      contract: z
        .string()
        .regex(/^0x[0-9a-fA-F]{40}$/, "expected 0x and 40 hexadecimal digits")
        .transform((text) => text.toLowerCase()),
    }),
  ),
  anchorRequired: z.boolean(),
});
export type Policy = z.infer<typeof Policy>;

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  /** `problem`: one line a field, for whoever wrote the policy. */
  | { readonly ok: false; readonly problem: string };

/** `json` is the document as JSON.parse gives it. */
export function parsePolicy(json: unknown): ParsedPolicy {
  const parsed = Policy.safeParse(json);
  return parsed.success
    ? { ok: true, policy: parsed.data }
    : { ok: false, problem: z.prettifyError(parsed.error) };
}
