import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isFull } from "../../../../gateway/journal/life/full-disk.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const failure = (code: string) => Object.assign(new Error("no"), { code });

describe("an error says that there is no room", () => {
  test.each(["SQLITE_FULL", "ENOSPC"])("by its code %s", (code) => {
    expect(isFull(failure(code), ":memory:")).toBe(true);
  });

  test("by a quota's number, for which Node has no name", () => {
    const error = Object.assign(failure("UNKNOWN"), { errno: -constants.errno.EDQUOT });
    expect(isFull(error, ":memory:")).toBe(true);
  });

  test.each(["SQLITE_BUSY", "SQLITE_IOERR_FSYNC", "EIO"])("and by %s something else", (code) => {
    expect(isFull(failure(code), join(tempDir(), "journal.sqlite"))).toBe(false);
  });

  test("not by a write that failed where the next one succeeds, of which nothing is left", () => {
    const file = join(tempDir(), "journal.sqlite");
    expect(isFull(failure("SQLITE_IOERR_WRITE"), file)).toBe(false);
    expect(existsSync(`${file}.probe`)).toBe(false);
  });

  test("and nothing does where there is no code", () => {
    for (const thrown of [null, undefined, new Error("no")]) expect(isFull(thrown, "/nowhere")).toBe(false);
  });
});
