import { expect, test } from "vitest";
import { runOfficialSuite } from "./run-official-suite.ts";

test.each(["in-thread", "worker"] as const)(
  "the official suite of aedes-persistence passes over a channel %s",
  async (channel) => {
    const { tests, passed, failed, unsaid, output } = await runOfficialSuite(channel);
    expect(tests, output).toBeGreaterThanOrEqual(50);
    expect({ passed, failed, unsaid }, output).toEqual({ passed: tests, failed: 0, unsaid: 0 });
  },
);
