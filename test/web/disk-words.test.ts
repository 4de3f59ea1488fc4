import { describe, expect, test } from "vitest";
import { bytesWords } from "../../gateway/web/status/bytes-words.ts";
import { diskWords } from "../../gateway/web/status/disk-findings.ts";
import { HEALTHY_STATUS } from "./a-gateway-status.ts";

const { disk } = HEALTHY_STATUS.journal;

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_536, "1.5 KiB"],
  [64 * 1_024 ** 2, "64 MiB"],
  [4 * 1_024 ** 3, "4.0 GiB"],
])("%d bytes read “%s”", (bytes, words) => expect(bytesWords(bytes)).toBe(words));

describe("of a disk is said", () => {
  test("nothing while it is well", () => expect(diskWords(disk)).toEqual([]));

  test("that it is full, what gives way, and what to do", () => {
    const words = diskWords({ ...disk, state: "reserve", freeBytes: 5 * 1_024 ** 2 });
    expect(words).toEqual([
      "Full (5.0 MiB free): the oldest readings give way, bed events go on from the reserve. Make room.",
    ]);
  });

  test("that nobody is acknowledged where nothing is left to give up", () => {
    expect(diskWords({ ...disk, state: "stalled" }).join()).toContain("no device is acknowledged any more");
  });

  test("what was given up and what was found damaged", () => {
    const words = diskWords({
      ...disk,
      tombstoned: { diskBudget: 7, damaged: 3 },
      damagedRows: 2,
      salvagedFrom: "journal.sqlite.damaged-1",
    });
    expect(words).toHaveLength(3);
    expect(words[0]).toMatch(/^7 of the oldest readings/);
    expect(words[1]).toContain("3 records of it could not be saved");
    expect(words[2]).toMatch(/^2 records are damaged/);
  });
});
