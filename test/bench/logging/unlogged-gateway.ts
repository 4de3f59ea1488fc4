/** A gateway that keeps no log of its own: what logging costs is seen against it, and nowhere else is it switched off. */
import { runMain } from "../../../gateway/run-main.ts";

await runMain(process.argv.slice(2), { isLogged: false });
