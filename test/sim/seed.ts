import { execFileSync } from "node:child_process";

/** `HOSPITELL_SEED`, or the commit: each commit looks somewhere else, and whoever has it looks at the same again. */
export function simulationSeed(): number {
  const given = process.env.HOSPITELL_SEED;
  if (given !== undefined) return Number.parseInt(given, 10) | 0;
  return Number.parseInt(commit().slice(0, 8), 16) | 0;
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    // An unpacked archive has no commit.
    return "1";
  }
}
