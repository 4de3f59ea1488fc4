/**
 * A gateway whose disk is too small for what its cloud's absence leaves it with: what it gives up is told, number by
 * number, and what it kept arrives as it was, through power cuts and lost replies.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { InlineJournal } from "../../gateway/journal/journal-inline.ts";
import { appendReadings } from "../support/journal-groups.ts";
import { uplinkTo, type Weather } from "../support/model-uplink.ts";
import { memoryDir } from "../support/temp-dir.ts";
import { laneSync } from "./lane-steppers.ts";
import { SimCloud } from "./sim-cloud.ts";

const READINGS = 20_000;
const GROUP = 500;
const LIFE = { bytesMax: 512 * 1_024, ballastBytes: 0, reserveBytes: 256 * 1_024 };
const signal = new AbortController().signal;

test("what a small disk has to give up is accounted for, and the rest arrives as it was", async () => {
  const directory = memoryDir();
  const files = { file: join(directory, "journal.sqlite"), sessionsFile: ":memory:", life: LIFE };
  const cloud = new SimCloud();
  let journal = new InlineJournal(files);
  for (let appended = 0; appended < READINGS; appended += GROUP) {
    await appendReadings(journal, GROUP);
    journal.tick();
    if (appended % 6_000 !== 0) continue;
    // The process ends without a word and another one goes on.
    await journal.close();
    journal = new InlineJournal(files);
  }
  const { tombstoned } = journal.facts;
  expect(tombstoned.vitals["disk-budget"]).toBeGreaterThan(READINGS / 10);

  const weather: Weather[] = ["clear", "reply-lost", "clear", "request-lost"];
  let requests = 0;
  const uplink = uplinkTo(
    (body) => cloud.receive(body),
    () => weather[requests++ % weather.length] ?? "clear",
  );
  const lane = laneSync({ lane: "vitals", journal, uplink });
  while (journal.marks("vitals").acknowledgedSeq < READINGS && requests < 2_000) await lane.step(signal);

  const { markSeq, records, tombstoned: given } = cloud.lane(journal.epoch, "vitals");
  expect(markSeq).toBe(READINGS);
  expect(records.size + given.size).toBe(READINGS);
  expect(given.size).toBe(tombstoned.vitals["disk-budget"]);
  for (const [seq, record] of records) {
    expect(given.has(seq)).toBe(false);
    if (record.kind !== "reading" || record.value !== seq)
      throw new Error(`number ${seq} was to say so, but says ${JSON.stringify(record)}`);
  }
  await journal.close();
}, 60_000);
