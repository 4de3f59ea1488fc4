/**
 * `node gateway/main.ts --config FILE`: one on-site gateway. It ends with exit code 0 when it is told to, and with 1 and
 * a reason when it cannot start or can no longer keep what it hears.
 */
import { requireNode } from "../config/require-node.ts";

requireNode(24);
// better-sqlite3 crashes an older Node without a word, so nothing native is imported before the check.
const { runMain } = await import("./run-main.ts");
await runMain(process.argv.slice(2));
