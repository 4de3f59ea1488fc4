/** What the configuration and the environment say of anchoring, ready to be put together. */
import type { Anchor } from "../../config/anchor.ts";
import type { Database } from "../database/schema.ts";
import { readAnchorKey } from "./anchor-key.ts";
import type { AnchorPart } from "./create-anchor.ts";
import { advisoryLock, ownProcess } from "./writer-lock.ts";

export type AnchorSurroundings = {
  /** The configuration's own; the key file is relative to it. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly db: Database;
  /** Nobody else can have the database open. */
  readonly isEmbedded: boolean;
};

/** Null: nothing is to be anchored. Throws a StartError where the key cannot be used. */
export function openAnchor(
  config: Anchor | undefined,
  { directory, environment, db, isEmbedded }: AnchorSurroundings,
): AnchorPart | null {
  if (config === undefined) return null;
  const file = config.keyFile ?? (environment.HOSPITELL_ANCHOR_KEY_FILE || undefined);
  const privateKey = readAnchorKey(file, directory);
  return { config, privateKey, lock: isEmbedded ? ownProcess : advisoryLock(db) };
}
