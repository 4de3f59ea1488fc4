import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeBundle } from "../../../contracts/log/bundle.ts";
import { toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { carOf } from "../../support/car-of.ts";
import { evidenceWorld } from "../../support/evidence-world.ts";
import { tempDir } from "../../support/temp-dir.ts";

const PROGRAM = join(import.meta.dirname, "../../../contracts/verifier/main.ts");
const WORLD = evidenceWorld({ seed: 21, rounds: 2 });
const GOOD = encodeBundle(WORLD.bundleAt(3));
const BAD = encodeBundle({ ...WORLD.bundleAt(3), anchor: null });

/** Files under the names that the arguments then use. */
function verify(files: Readonly<Record<string, Uint8Array | string>>, args: readonly string[]) {
  const directory = tempDir();
  const policy = JSON.stringify(WORLD.policy, null, 2);
  for (const [name, content] of Object.entries({ "policy.json": policy, ...files }))
    writeFileSync(join(directory, name), content);
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: directory,
    encoding: "utf8",
    input: files["-"] === undefined ? "" : String(files["-"]),
  });
  return { status, stderr, lines: stdout.split("\n") };
}

const batchOf = (...bundles: readonly Uint8Array[]) =>
  bundles.map((bytes) => `${JSON.stringify({ bundle: toBase64(bytes) })}\n`).join("");

describe("npm run verify", () => {
  it("accepts a good bundle, tells what it says, and which step is left to the reader", () => {
    const { status, lines, stderr } = verify({ "a.json": GOOD }, ["--policy", "policy.json", "a.json"]);
    expect({ status, first: lines[0], stderr }).toEqual({ status: 0, first: "ACCEPTED", stderr: "" });
    const text = lines.join("\n");
    expect(text).toContain("observedAtMs: 2025-11-24T16:00:00.000Z");
    expect(text).toMatch(/block hash {2}0x[0-9a-f]{64}\n.*LAST STEP, YOURS/);
  });

  it("refuses a bad one with its reason first, and a CAR among others by what is in it", () => {
    const files = { "a.car": carOf(GOOD), "b.json": BAD };
    const { status, lines } = verify(files, ["--policy", "policy.json", "a.car", "b.json"]);
    expect(status).toBe(1);
    expect(lines.filter((line) => /^[A-Z]/.test(line))).toEqual(["ACCEPTED", "REFUSED anchor-missing"]);
  });

  it("answers a batch with a line each", () => {
    const args = ["--policy", "policy.json", "--batch"];
    const batch = batchOf(GOOD, BAD, utf8("{}"), GOOD);
    const { status, lines } = verify({ "batch.ndjson": batch }, [...args, "batch.ndjson"]);
    expect(status).toBe(1);
    expect(lines).toEqual([
      "ACCEPTED",
      "REFUSED anchor-missing",
      "REFUSED bundle-unreadable",
      "ACCEPTED",
      "",
    ]);
    expect(verify({ "-": batchOf(GOOD) }, [...args, "-"])).toMatchObject({
      status: 0,
      lines: ["ACCEPTED", ""],
    });
  });

  it.each([
    ["no policy", ["a.json"], "A bundle cannot vouch for itself"],
    ["no file", ["--policy", "policy.json"], "Expected: npm run verify"],
    ["a file that is not there", ["--policy", "policy.json", "a.json", "none.json"], "cannot read none.json"],
    ["a policy that is not there", ["--policy", "none.json", "a.json"], "cannot read none.json"],
    ["a policy that is none", ["--policy", "a.json", "a.json"], "a.json is not a policy"],
    ["an option that is none", ["--trust-me", "a.json"], "--trust-me"],
    ["a batch that is none", ["--policy", "policy.json", "--batch", "a.json"], "a.json, line 1: expected"],
  ])("ends with 2 and says nothing of a bundle with %s", (_, args, words) => {
    const { status, lines, stderr } = verify({ "a.json": GOOD }, args);
    expect({ status, lines }).toEqual({ status: 2, lines: [""] });
    expect(stderr).toContain(words);
  });
});
