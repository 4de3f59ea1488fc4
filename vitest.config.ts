import { defineConfig } from "vitest/config";

/**
 * `unit` needs nothing and is the developer's loop; `flow` starts whole processes, `browser` opens the pages in a real one,
 * and both use what there is.
 * Processes, not threads: native modules do not like threads that end early. Unit files share their worker's modules
 * (no test of theirs replaces one), which halves the loop; flow files each have a process of their own.
 */
const BROWSER = ["test/web/**/*.flow.test.ts"];
const FLOW = ["test/flow/**/*.test.ts", "test/**/*.flow.test.ts"];
/** One file at a time: each starts processes of its own, and waits for them. */
const ONE_BY_ONE = { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false };

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
          exclude: BROWSER,
          ...ONE_BY_ONE,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: BROWSER,
          ...ONE_BY_ONE,
        },
      },
    ],
  },
});
