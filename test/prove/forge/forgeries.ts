/** All forgeries with a plan, by name. */
import { ANCHOR_FORGERIES } from "./forge-anchor.ts";
import { LOG_FORGERIES } from "./forge-logs.ts";
import { STATEMENT_FORGERIES } from "./forge-statement.ts";
import type { Forgery } from "./forgery.ts";

export const FORGERIES: Readonly<Record<string, Forgery>> = {
  ...STATEMENT_FORGERIES,
  ...LOG_FORGERIES,
  ...ANCHOR_FORGERIES,
};
