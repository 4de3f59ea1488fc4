/**
 * Checks bundles offline; docs/evidence.md says what each answer means.
 *
 *   npm run verify -- --policy POLICY FILE…         bundles, as JSON or as CAR
 *   npm run verify -- --policy POLICY --batch FILE  lines of {"bundle": base64}, `-` for standard input; a line each
 *
 * Ends with 0: all accepted, 1: at least one refused, 2: the call itself was wrong.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ParsedPolicy, type Policy, parsePolicy } from "../log/policy.ts";
import { bundleCache, verifyBundle } from "../log/verify-bundle.ts";
import { bundlesOfBatch } from "./batch.ts";
import { linesOf, verdictLine } from "./verdict-lines.ts";

const USAGE = `Expected: npm run verify -- --policy POLICY.json FILE…
      or: npm run verify -- --policy POLICY.json --batch FILE

A bundle cannot vouch for itself: the policy says which network's key, which witnesses and which contracts you trust.
Get it from somebody you trust who is not the sender of the bundle, such as the administrator of a hospital of that
network, who finds it under /api/v1/evidence/policy of their own service. It is described in docs/evidence.md.
`;

/** The call itself was wrong. */
class CallError extends Error {}

try {
  process.exitCode = run();
} catch (error) {
  if (!(error instanceof CallError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

function run(): number {
  const { policyFile, files, batchFile } = readCall();
  const policy = readPolicy(policyFile);
  const cache = bundleCache();
  let exitCode = 0;
  const say = (lines: readonly string[], isAccepted: boolean) => {
    process.stdout.write(`${lines.join("\n")}\n`);
    if (!isAccepted) exitCode = 1;
  };
  if (batchFile !== undefined) {
    const bundles = bundlesOfBatch(read(batchFile === "-" ? 0 : batchFile).toString("utf8"));
    const bad = bundles.indexOf(null);
    if (bad >= 0) throw new CallError(`${batchFile}, line ${bad + 1}: expected {"bundle": "…base64"}`);
    const verdicts = bundles.flatMap((one) => (one === null ? [] : [verifyBundle(one, policy, cache)]));
    if (verdicts.length > 0)
      say(
        verdicts.map(verdictLine),
        verdicts.every((verdict) => verdict.ok),
      );
    return exitCode;
  }
  // All are read before the first is judged, so that a slip of the pen does not hide behind an answer.
  for (const { file, bytes } of files.map((file) => ({ file, bytes: read(file) }))) {
    const verdict = verifyBundle(bytes, policy, cache);
    say([verdictLine(verdict), ...linesOf(verdict, file), ""], verdict.ok);
  }
  return exitCode;
}

type Call = {
  readonly policyFile: string;
  readonly files: readonly string[];
  readonly batchFile: string | undefined;
};

function readCall(): Call {
  const { policy, batch, files } = parsedArguments();
  if (policy === undefined || (batch === undefined) === (files.length === 0)) throw new CallError(USAGE);
  return { policyFile: policy, files, batchFile: batch };
}

function parsedArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { policy: { type: "string" }, batch: { type: "string" } },
    });
    return { ...values, files: positionals };
  } catch (error) {
    throw new CallError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function readPolicy(file: string): Policy {
  const parsed = parsedPolicy(read(file).toString("utf8"));
  if (parsed.ok) return parsed.policy;
  throw new CallError(`${file} is not a policy as docs/evidence.md describes it:\n${parsed.problem}`);
}

function parsedPolicy(text: string): ParsedPolicy {
  try {
    return parsePolicy(JSON.parse(text));
  } catch {
    return { ok: false, problem: "it is not JSON" };
  }
}

function read(file: string | 0): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CallError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
