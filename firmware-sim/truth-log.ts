import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { TruthLine } from "./ward-day/truth-teller.ts";

/** Ground truth as it happens: what really is, to hold the system's answer against. */
export type TruthLog = { write(lines: readonly TruthLine[]): void };

export const NO_TRUTH_LOG: TruthLog = { write: () => undefined };

/** One JSON object a line, appended whole, `at` as a person reads it. */
export function openTruthLog(file: string): TruthLog {
  mkdirSync(dirname(file), { recursive: true });
  return {
    write: (lines) => {
      if (lines.length === 0) return;
      const text = lines.map(({ atMs, realMs, ...line }) => {
        return `${JSON.stringify({ at: new Date(realMs).toISOString(), ...line })}\n`;
      });
      appendFileSync(file, text.join(""));
    },
  };
}
