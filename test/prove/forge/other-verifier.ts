/** The verifier in Python, which shares nothing with the one in TypeScript but docs/evidence.md. */
import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROGRAM = join(import.meta.dirname, "../../../contracts/verifier/verify.py");
/** Debian's own has Debian's libraries, which the first in the path need not have. */
const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export type Answers = { readonly answers: readonly string[]; readonly tookMs: number };

/** A line for each bundle: `ACCEPTED`, or `REFUSED` and the reason. */
export async function askPython(
  bundles: readonly Uint8Array[],
  policyFile: string,
  directory: string,
): Promise<Answers> {
  const batch = join(directory, "batch.ndjson");
  writeFileSync(
    batch,
    bundles.map((bytes) => `${JSON.stringify({ bundle: Buffer.from(bytes).toString("base64") })}\n`).join(""),
  );
  const startMs = performance.now();
  const text = await new Promise<string>((resolve, reject) => {
    const args = [PROGRAM, "--policy", policyFile, "--batch", batch];
    execFile(PYTHON, args, { maxBuffer: ANSWER_BYTES_MAX }, (error, stdout, stderr) => {
      // 1 says that some were refused.
      if (error !== null && error.code !== 1)
        reject(new Error(`${PYTHON} ${PROGRAM}: ${stderr || error.message}`));
      else resolve(stdout);
    });
  });
  const tookMs = performance.now() - startMs;
  return { answers: text.split("\n").filter((line) => line !== ""), tookMs };
}
