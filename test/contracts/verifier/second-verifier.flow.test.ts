/** The verifier in Python: every reason, the edges of the format, what it prints, and how it ends. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeBundle } from "../../../contracts/log/bundle.ts";
import { utf8 } from "../../../contracts/log/bytes.ts";
import { parsePolicy } from "../../../contracts/log/policy.ts";
import { REFUSALS } from "../../../contracts/log/refusals.ts";
import { verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { FORGERIES } from "../../prove/forge/forgeries.ts";
import { forgeryWorlds, ROUNDS } from "../../prove/forge/forgery.ts";
import { seeded } from "../../prove/salvage/seeded.ts";
import { bytesFrom, evidenceWorld } from "../../support/evidence-world.ts";
import { hasEvidencePython } from "../../support/tools.ts";
import { ODD_ANCHORS } from "./odd-anchors.ts";
import { type OddBundle, policy as oddPolicy } from "./odd-bundle.ts";
import { ODD_STATEMENTS } from "./odd-statements.ts";

const PROGRAM = join(import.meta.dirname, "../../../contracts/verifier/verify.py");
const directory = mkdtempSync(join(tmpdir(), "hospitell-verifier-"));
afterAll(() => rmSync(directory, { recursive: true }));

function written(name: string, content: Uint8Array | string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("/usr/bin/python3", [PROGRAM, ...args], { encoding: "utf8" });
  return { status, lines: stdout.split("\n").slice(0, -1), stderr };
}
function verdictsOf(bundles: readonly Uint8Array[], policy: unknown): string[] {
  const lines = bundles.map((bytes) => JSON.stringify({ bundle: Buffer.from(bytes).toString("base64") }));
  const batch = written("batch.ndjson", lines.map((line) => `${line}\n`).join(""));
  const { lines: verdicts, stderr } = run(
    "--policy",
    written("policy.json", JSON.stringify(policy)),
    "--batch",
    batch,
  );
  expect(stderr).toBe("");
  return verdicts;
}
const ODD_BUNDLES = [...ODD_STATEMENTS, ...ODD_ANCHORS];
const inWords = (verdict: string) => (verdict === "ACCEPTED" ? verdict : `REFUSED ${verdict}`);

describe.skipIf(!hasEvidencePython())("the second verifier", () => {
  test("refuses every forgery for its own reason, and every reason is met", () => {
    const worlds = forgeryWorlds(3);
    const made = Object.entries(FORGERIES).map(([name, { reason, make }], count) => {
      const bytes = make({ worlds, bundle: worlds.honest.bundleAt(count), round: count % ROUNDS, count });
      return { name, reason, bytes };
    });
    const verdicts = verdictsOf(
      made.map(({ bytes }) => bytes),
      worlds.honest.policy,
    );
    expect(made.map(({ name }, at) => `${name}: ${verdicts[at]}`)).toEqual(
      made.map(({ name, reason }) => `${name}: REFUSED ${reason}`),
    );
    expect(new Set(verdicts)).toEqual(new Set(Object.keys(REFUSALS).map(inWords)));
  });

  test("says the same as the first at the edges of the format", () => {
    const verdicts = verdictsOf(
      ODD_BUNDLES.map(({ bytes }) => bytes),
      oddPolicy,
    );
    const expected = ({ name, verdict }: OddBundle) => `${name}: ${inWords(verdict)}`;
    expect(ODD_BUNDLES.map(({ name }, at) => `${name}: ${verdicts[at]}`)).toEqual(ODD_BUNDLES.map(expected));
    const parsed = parsePolicy(oddPolicy);
    if (!parsed.ok) throw new Error("the policy of the tests cannot be read");
    const first = ODD_BUNDLES.map(({ name, bytes }) => {
      const answer = verifyBundle(bytes, parsed.policy);
      return `${name}: ${inWords(answer.ok ? "ACCEPTED" : answer.reason)}`;
    });
    expect(first).toEqual(ODD_BUNDLES.map(expected));
  });

  test("an accepted bundle tells what was said, and which step is left to the reader", () => {
    const world = evidenceWorld({ seed: 5 });
    const policy = written("policy.json", JSON.stringify(world.policy));
    const { status, lines } = run(
      "--policy",
      policy,
      written("bundle.json", encodeBundle(world.bundleAt(0))),
    );
    expect(status).toBe(0);
    expect(lines[0]).toBe("ACCEPTED");
    const told = lines.join("\n");
    expect(told).toContain('"kind":"occupancy-changed"');
    // What is no printable ASCII is written out, so that no payload can move the reader's cursor.
    expect(told).toContain('"deviceId":"mat-\\u{e9}"');
    expect(told).toMatch(
      /^gateway {4}leaf 0 of hospitell\/gateway\/south\/[0-9a-f]{16}, signed 2025-11-24T16:00:00.500Z/m,
    );
    expect(told).toMatch(/^witness {4}hospitell\/gateway\/east saw that log at 2025-11-24T16:00:02.000Z$/m);
    expect(told).toMatch(/^block {6}1000, of 2025-11-24T16:00:30.000Z, hash 0x[0-9a-f]{64}$/m);
    expect(told).toContain("ask a node of your choice for this block");
  });

  test("one refused among several ends with 1, and a wrong call with 2", () => {
    const world = evidenceWorld({ seed: 5 });
    const policy = written("policy.json", JSON.stringify(world.policy));
    const good = written("bundle.json", encodeBundle(world.bundleAt(0)));
    const { status, lines } = run("--policy", policy, good, written("bad.json", "{}"));
    expect(status).toBe(1);
    expect(lines.filter((line) => /^(ACCEPTED|REFUSED)/.test(line))).toEqual([
      "ACCEPTED",
      "REFUSED bundle-unreadable",
    ]);
    const wrong = [
      [good],
      ["--policy", policy],
      ["--policy", join(directory, "none.json"), good],
      ["--policy", written("list.json", "[]"), good],
      ["--policy", written("deep.json", "[".repeat(100_000)), good],
      ["--policy", policy, join(directory, "none.json")],
      ["--policy", policy, "--batch", good, good],
    ];
    const ends = wrong.map((args) => run(...args));
    expect(ends.map((end) => end.status)).toEqual(wrong.map(() => 2));
    expect(ends.flatMap((end) => end.lines)).toEqual([]);
    expect(ends.filter((end) => end.stderr.includes("Traceback"))).toEqual([]);
  });

  test("whatever the bytes, every line of a batch gets a verdict", () => {
    const random = seeded(17);
    const world = evidenceWorld({ seed: 5 });
    const policy = written("policy.json", JSON.stringify(world.policy));
    const noise = Array.from({ length: 200 }, (_, at) =>
      Buffer.concat([utf8(at % 2 === 0 ? "{" : ":"), bytesFrom(random, at)]).toString("base64"),
    );
    const lines = [
      ...noise.map((bundle) => JSON.stringify({ bundle })),
      ...[
        "",
        "{}",
        "null",
        '{"bundle":1}',
        '{"bundle":"A"}',
        '{"bundle":"","more":1}',
        "[".repeat(100_000),
        "\ufffd",
      ],
    ];
    const {
      status,
      lines: verdicts,
      stderr,
    } = run(...["--policy", policy, "--batch", written("batch.ndjson", `${lines.join("\n")}\n`)]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(verdicts).toHaveLength(lines.length);
    expect(new Set(verdicts)).toEqual(new Set(["REFUSED bundle-unreadable", "REFUSED car-malformed"]));
    expect(new Set(verdicts.slice(noise.length))).toEqual(new Set(["REFUSED bundle-unreadable"]));
  });
});
