import { defineConfig } from "vitest/config";

/**
 * `unit` needs nothing and is the developer's loop; `flow` starts whole processes and uses what servers there are.
 * Each test file runs in a process of its own: native modules do not like threads that end early.
 */
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
          exclude: ["test/flow/**"],
        },
      },
      {
        extends: true,
        test: { name: "flow", include: ["test/flow/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
});
