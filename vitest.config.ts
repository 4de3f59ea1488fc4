import { defineConfig } from "vitest/config";

/**
 * `unit` needs nothing and is the developer's loop; `flow` starts whole processes and browsers and uses what there is.
 * Processes, not threads: native modules do not like threads that end early. Unit files share their worker's modules
 * (no test of theirs replaces one), which halves the loop; flow files each have a process of their own.
 */
const FLOW = ["test/flow/**/*.test.ts", "test/**/*.flow.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    // All cores: half of the time a file waits for its disk or its database.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          isolate: false,
          include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
          exclude: FLOW,
          // What hangs is found all the same; what only waits for a busy machine passes.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "flow",
          include: FLOW,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
