import { expect, it } from "vitest";
import { encodeBundle } from "../../../contracts/log/bundle.ts";
import { parsePolicy } from "../../../contracts/log/policy.ts";
import { type Verdict, verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { linesOf } from "../../../contracts/verifier/verdict-lines.ts";
import { evidenceWorld } from "../../support/evidence-world.ts";

const WORLD = evidenceWorld({ seed: 22, rounds: 1 });
const PARSED = parsePolicy(WORLD.policy);

/** What the gateway logged is its own affair; here it is chosen. */
function textOf(payload: Readonly<Record<string, unknown>>): string {
  if (!PARSED.ok) throw new Error(PARSED.problem);
  const verdict = verifyBundle(encodeBundle(WORLD.bundleAt(0)), PARSED.policy);
  if (!verdict.ok) throw new Error(verdict.reason);
  const { statement } = verdict;
  const chosen: Verdict = { ok: true, statement: { ...statement, leaf: { ...statement.leaf, payload } } };
  return linesOf(chosen, "a.json").join("\n");
}

it("lets no control character of a stranger's bundle reach the terminal", () => {
  const text = textOf({ "to\u001b[2J": "empty\u001b]0;\u0007\u009b31m\u202egnp" });
  expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  expect(text).toContain("\\u001b[2J");
  expect(text).toContain("\\u202egnp");
});

it("writes times out where there is such a time, and the number where there is none", () => {
  expect(textOf({ observedAtMs: 1_764_000_000_000 })).toContain("observedAtMs: 2025-11-24T16:00:00.000Z");
  expect(textOf({ observedAtMs: Number.MAX_SAFE_INTEGER })).toContain(
    "observedAtMs: 9007199254740991 ms after 1970",
  );
  expect(textOf({ observedAtMs: "noon" })).toContain('observedAtMs: "noon"');
});

it("shows the letters of other languages as they are", () => {
  expect(textOf({ label: "Bett 12 – Überwachung" })).toContain("Bett 12 – Überwachung");
});
