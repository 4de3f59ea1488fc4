/** Runs the official suite of `aedes-persistence` in a process of its own and counts what it says. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export type SuiteResult = {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  /** Skipped, cancelled or put off: none of them says anything. */
  readonly unsaid: number;
  readonly output: string;
};

export function runOfficialSuite(channel: "in-thread" | "worker"): Promise<SuiteResult> {
  const entry = fileURLToPath(new URL("official-suite.ts", import.meta.url));
  // A test runner that finds itself within another reports in another way.
  const { NODE_TEST_CONTEXT: _outer, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--test", "--test-reporter=tap", entry],
      { env: { ...env, SESSION_CHANNEL: channel }, maxBuffer: 16 * 1024 * 1024, timeout: 60_000 },
      (_error, output) => resolve(countsIn(output)),
    );
  });
}

function countsIn(output: string): SuiteResult {
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  return {
    tests: count("tests"),
    passed: count("pass"),
    failed: count("fail"),
    unsaid: count("skipped") + count("cancelled") + count("todo"),
    output,
  };
}
