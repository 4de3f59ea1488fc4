/**
 * The control: the same verifier, in which every tree is said to continue every other. Its files are loaded a second time
 * with that one check replaced, so that what ships has no switch for it.
 */
import { registerHooks } from "node:module";
import type { verifyBundle } from "../../../contracts/log/verify-bundle.ts";

const MARK = "?careless";
const VERIFIER = new URL("../../../contracts/log/verify-bundle.ts", import.meta.url).href;
const CHECK = /export function isConsistent\([^)]*\): boolean \{/;

export async function carelessVerifier(): Promise<typeof verifyBundle> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const isOwn = context.parentURL?.endsWith(MARK) === true && resolved.url.includes("/contracts/");
      return isOwn ? { ...resolved, url: resolved.url + MARK } : resolved;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/log/tree.ts${MARK}`)) return loaded;
      const source = String(loaded.source);
      if (!CHECK.test(source))
        throw new Error("the consistency check was to be found in contracts/log/tree.ts");
      return { ...loaded, source: source.replace(CHECK, "$& return true;") };
    },
  });
  try {
    const careless: { verifyBundle: typeof verifyBundle } = await import(VERIFIER + MARK);
    return careless.verifyBundle;
  } finally {
    hooks.deregister();
  }
}
