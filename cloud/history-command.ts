/** What is done to the history by hand. */
import { runHistoryCommand } from "./history/back-fill-command.ts";

process.exitCode = await runHistoryCommand(process.argv.slice(2), process.env);
