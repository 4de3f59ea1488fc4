import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Journal } from "../../../gateway/journal/journal.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** Lets a process append until it has said `count` numbers, kills it, and returns what it said. */
async function appendUntilKilled(file: string, count: number): Promise<number[]> {
  const program = fileURLToPath(new URL("../../support/append-until-killed.ts", import.meta.url));
  const child = spawn(process.execPath, [program, file], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
    if (said.split("\n").length > count) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  // Its last line may be cut off in the middle: then the number was not said.
  return said.split("\n").slice(0, -1).map(Number);
}

test("a gateway killed in the middle of its work has kept every reading that it acknowledged, time after time", async () => {
  const file = join(tempDir(), "journal.sqlite");
  let kept = 0;
  for (const count of [1, 40, 200]) {
    const said = await appendUntilKilled(file, count);
    const journal = Journal.open(file);
    const { headSeq } = journal.marks("vitals");
    const values = (journal.read("vitals", 0, 1_000_000)?.bodies ?? []).map((body) => JSON.parse(body).value);
    // The status goes with the reading that led to it: never one without the other.
    const state = journal.states().get("bed:bed-1");
    journal.close();
    expect(said[0]).toBe(kept + 1);
    expect(headSeq).toBeGreaterThanOrEqual(said.at(-1) ?? Number.POSITIVE_INFINITY);
    expect(values).toEqual(Array.from({ length: headSeq }, (_, index) => index + 1));
    expect(state).toBe(String(headSeq));
    kept = headSeq;
  }
}, 30_000);
