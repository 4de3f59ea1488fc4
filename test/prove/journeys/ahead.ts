/**
 * A clock that is set ahead: what takes half an hour by the rules is shown in seconds, and the rules stay as they are.
 * The service, its gateway and the devices read how far from one file, so that they agree as clocks of one network do.
 * Durations that are measured on the monotonic clock go on as they were.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LOOK_EVERY_MS = 50;

export const aheadFileIn = (directory: string) => join(directory, "ahead-ms");

/** For a process that is started with `--config FILE`; the file of the clock stands beside it. */
export function keepAhead(args: readonly string[]): void {
  const configFile = args[args.indexOf("--config") + 1];
  if (configFile === undefined) throw new Error("expected --config FILE");
  const file = aheadFileIn(dirname(configFile));
  const wall = globalThis.Date;
  let aheadMs = 0;
  const look = () => {
    aheadMs = Number(readFileSync(file, "utf8")) || aheadMs;
  };
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
  globalThis.Date = new Proxy(wall, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [wall.now() + aheadMs] : given, newTarget),
    get: (target, name, receiver) =>
      name === "now" ? () => wall.now() + aheadMs : Reflect.get(target, name, receiver),
  });
}
