import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Ground truth as it happens: what really is at a bed or in a room, to hold the system's answer against. */
type TruthLine = ({ readonly bedId: string } | { readonly roomId: string }) & {
  readonly kind: string;
  readonly [detail: string]: unknown;
};

export type TruthLog = { write(line: TruthLine): void };

export const NO_TRUTH_LOG: TruthLog = { write: () => undefined };

/** One JSON object a line, appended whole, so that the programs of one hospital can share a file. */
export function openTruthLog(file: string, nowMs: () => number): TruthLog {
  mkdirSync(dirname(file), { recursive: true });
  return {
    write: (line) =>
      appendFileSync(file, `${JSON.stringify({ at: new Date(nowMs()).toISOString(), ...line })}\n`),
  };
}
