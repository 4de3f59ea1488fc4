import { describe, expect, test } from "vitest";
import { QUARANTINE_ROWS_MAX } from "../../../gateway/journal/journal-port.ts";
import { NEWEST_QUARANTINED, QUARANTINE_RAW_BYTES_MAX } from "../../../gateway/journal/quarantine-ring.ts";
import { aQuarantined, openJournalFile } from "../../support/journal-file.ts";
import { emptyGroup } from "../../support/journal-groups.ts";
import { BEGIN_MS } from "../../support/moments.ts";

describe("quarantine", () => {
  test("keeps the newest thousand, however many come, in one group or many", async () => {
    const opened = openJournalFile();
    for (let round = 0; round < 3; round++) {
      const quarantined = Array.from({ length: 700 }, (_, index) => aQuarantined(round * 700 + index));
      await opened.journal().append({ ...emptyGroup(), quarantined });
    }
    expect(opened.journal().facts.quarantinedCount).toBe(QUARANTINE_ROWS_MAX);
    const oldest = opened.inspect((database) =>
      database.prepare("SELECT min(received_at_ms) AS atMs FROM quarantine").get(),
    );
    expect(oldest).toEqual({ atMs: BEGIN_MS + 2_100 - QUARANTINE_ROWS_MAX });
  });

  test("keeps the beginning of what is long", async () => {
    const opened = openJournalFile();
    await opened.journal().append({ ...emptyGroup(), quarantined: [aQuarantined(7, 100_000)] });
    const bytes = opened.inspect((database) =>
      database.prepare("SELECT length(raw) AS bytes FROM quarantine").get(),
    );
    expect(bytes).toEqual({ bytes: QUARANTINE_RAW_BYTES_MAX });
    expect(await opened.journal().quarantine(1)).toMatchObject([{ bytes: 100_000 }]);
  });

  test("is read newest first, as many as asked, byte for byte as they came", async () => {
    const opened = openJournalFile();
    const odd = Uint8Array.from([0x00, 0xff, 0x0a, 0x3c, 0x27, 0xe2, 0x80, 0xae]);
    const came = [
      aQuarantined(1),
      { ...aQuarantined(2), reason: "malformed-line", raw: odd },
      aQuarantined(3),
    ];
    await opened.journal().append({ ...emptyGroup(), quarantined: came });
    const read = await opened.reopen().quarantine(2);
    expect(read.map(({ id, receivedAtMs }) => [id, receivedAtMs - BEGIN_MS])).toEqual([
      [3, 3],
      [2, 2],
    ]);
    expect(read[1]).toMatchObject({
      deviceId: "smart-bed-1",
      reason: "malformed-line",
      detail: "expected JSON",
      bytes: 8,
    });
    expect(Uint8Array.from(read[1]?.raw ?? [])).toEqual(odd);
    expect(await opened.journal().quarantine(100)).toHaveLength(3);
  });

  test("counts on over what the ring has let go", async () => {
    const journal = openJournalFile().journal();
    expect([await journal.quarantine(10), journal.facts.quarantinedEver]).toEqual([[], 0]);
    const quarantined = Array.from({ length: QUARANTINE_ROWS_MAX + 5 }, (_, index) => aQuarantined(index));
    await journal.append({ ...emptyGroup(), quarantined });
    expect([journal.facts.quarantinedCount, journal.facts.quarantinedEver]).toEqual([
      QUARANTINE_ROWS_MAX,
      QUARANTINE_ROWS_MAX + 5,
    ]);
  });

  test("gives its newest by walking back from its end", () => {
    const plan = openJournalFile().inspect((database) =>
      database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${NEWEST_QUARANTINED}`).all(1),
    );
    expect(plan.map(({ detail }) => detail)).toEqual(["SCAN quarantine"]);
  });
});
