/** What is done to the contract of anchors by hand. */
import { runAnchorCommand } from "./anchor/command.ts";

process.exitCode = await runAnchorCommand(process.argv.slice(2), {
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
});
