/** Both verifiers as a reader runs them. They share nothing but docs/evidence.md. */
import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../../contracts/verifier");
/** Debian's own has Debian's libraries, which the first in the path need not have. */
const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const COMMANDS = {
  typescript: [process.execPath, join(FOLDER, "main.ts")],
  python: [PYTHON, join(FOLDER, "verify.py")],
} as const;
export type Verifier = keyof typeof COMMANDS;

const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export type Answers = { readonly lines: readonly string[]; readonly tookMs: number };

/** A line for each bundle: `ACCEPTED`, or `REFUSED` and the reason. `directory`: for files of its own. */
export async function ask(
  verifier: Verifier,
  bundles: readonly Uint8Array[],
  policy: unknown,
  directory: string,
): Promise<Answers> {
  const [program, script] = COMMANDS[verifier];
  const files = { policy: join(directory, "policy.json"), batch: join(directory, "batch.ndjson") };
  writeFileSync(files.policy, JSON.stringify(policy, null, 2));
  const lines = bundles.map(
    (bytes) => `${JSON.stringify({ bundle: Buffer.from(bytes).toString("base64") })}\n`,
  );
  writeFileSync(files.batch, lines.join(""));
  const args = [script, "--policy", files.policy, "--batch", files.batch];
  const startMs = performance.now();
  const text = await new Promise<string>((resolve, reject) => {
    execFile(program, args, { maxBuffer: ANSWER_BYTES_MAX }, (error, stdout, stderr) => {
      // 1 says that some were refused.
      if (error !== null && error.code !== 1)
        reject(new Error(`${program} ${script}: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
  return { lines: text.split("\n").slice(0, -1), tookMs: performance.now() - startMs };
}
