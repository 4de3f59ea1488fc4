/** The gateway on a clock that can be set ahead. */
import { keepAhead } from "./ahead.ts";

keepAhead(process.argv);
const { runMain } = await import("../../../gateway/run-main.ts");
await runMain(process.argv.slice(2));
