/** Committed figures speak of the project and of how fast a machine is, not of where its directories lie. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const FIGURES = resolve(import.meta.dirname, "../../docs/figures");
const ABSOLUTE_PATH = /(?<![\w.:/])\/[\w.-]+\/[\w.-]/;

/** Every text in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

test("a committed figure names no directory of a machine", () => {
  const lines = readdirSync(FIGURES)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(FIGURES, name), "utf8").trim().split("\n"));
  const texts = lines.flatMap((line) => textsIn(JSON.parse(line)));
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.filter((text) => ABSOLUTE_PATH.test(text))).toEqual([]);
});

test.each(["/srv/a/b is missing", "not built: /home/me/x", "'/tmp/y'"])("one is seen in %j", (text) => {
  expect(textsIn({ deep: [{ why: text }] }).some((one) => ABSOLUTE_PATH.test(one))).toBe(true);
});

test.each(["test/bench/a/b.node is missing", "http://127.0.0.1/a/b", "1 / 2"])("%j is none", (text) => {
  expect(ABSOLUTE_PATH.test(text)).toBe(false);
});
