import { describe, expect, onTestFinished, test } from "vitest";
import { gatewayKeyName, gatewayOrigin, parseNote } from "../../../../contracts/log/note.ts";
import { isSignedBy } from "../../../../contracts/log/signed-note.ts";
import { isConsistent } from "../../../../contracts/log/tree.ts";
import { InlineJournal } from "../../../../gateway/journal/journal-inline.ts";
import { auditLog, rootOf } from "../../../support/audit-log.ts";
import { journalFiles } from "../../../support/journal-directory.ts";
import { appendEvents, appendReadings, emptyGroup, groupOf } from "../../../support/journal-groups.ts";
import { batchOf, openLogged } from "../../../support/logged-journal.ts";
import { BEGIN_MS } from "../../../support/moments.ts";
import { aReading } from "../../../support/records.ts";
import { tempDir } from "../../../support/temp-dir.ts";

describe("what is committed", () => {
  test("is in the log: each bed event at once, readings once a second has passed since their first", async () => {
    const opened = openLogged();
    await appendEvents(opened.journal(), 3);
    expect(opened.log().facts.size).toBe(3);
    await appendReadings(opened.journal(), 5);
    await appendReadings(opened.journal(), 2, "environment");
    opened.pass(999);
    expect(opened.log().facts.size).toBe(3);
    opened.pass(1);
    expect(opened.log().facts.size).toBe(5);
    await appendEvents(opened.journal(), 1);
    const { leaves, faults } = opened.inspect(auditLog);
    expect(faults).toEqual([]);
    expect(leaves.map(({ lane, firstSeq, lastSeq }) => `${lane} ${firstSeq}-${lastSeq}`)).toEqual([
      ...["beds 1-1", "beds 2-2", "beds 3-3", "vitals 1-5", "environment 1-2", "beds 4-4"],
    ]);
  });

  test("goes into a leaf with what comes next, once ten thousand readings wait for one", async () => {
    const opened = openLogged();
    for (let n = 0; n < 3; n++) await appendReadings(opened.journal(), 5_000);
    const { leaves, faults } = opened.inspect(auditLog);
    expect(faults).toEqual([]);
    expect(leaves.map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq])).toEqual([[1, 10_000]]);
  });

  test("is digested with every bit of it: far times, no value, minus zero, several series", async () => {
    const opened = openLogged();
    const readings = [
      aReading({ value: -0, observedAtMs: 0 }),
      aReading({ value: 1e-300, observedAtMs: 253_402_300_799_999, receivedAtMs: 4_294_967_296 }),
      aReading({ value: null, badReason: "out-of-range", quality: "bad", roomId: null }),
      aReading({ value: true, unit: null }),
    ];
    await opened.journal().append(groupOf(opened.journal(), "vitals", readings));
    opened.pass(1_000);
    const { leaves, faults } = opened.inspect(auditLog);
    expect(faults).toEqual([]);
    expect(leaves).toMatchObject([{ lane: "vitals", count: 4 }]);
  });

  test("and nothing else: a group that was rolled back leaves no trace in it", async () => {
    const opened = openLogged();
    await appendReadings(opened.journal(), 3);
    const group = groupOf(opened.journal(), "beds", []);
    const bad = {
      ...emptyGroup(),
      ...group,
      events: [{ receivedAtMs: BEGIN_MS, body: null as unknown as string }],
    };
    await expect(opened.journal().append(bad)).rejects.toThrow();
    opened.time.monoMs += 1_000;
    await expect(opened.journal().append({ ...bad })).rejects.toThrow();
    expect(opened.log().facts.size).toBe(0);
    await appendReadings(opened.journal(), 1);
    await appendEvents(opened.journal(), 1);
    opened.pass(1_000);
    const { leaves, faults } = opened.inspect(auditLog);
    expect(faults).toEqual([]);
    expect(leaves.map(({ lane, count }) => `${lane} ${count}`)).toEqual(["vitals 3", "beds 1", "vitals 1"]);
  });

  test("stays out of a digest where it was given up before that ended: it ends before and begins after", async () => {
    const opened = openLogged();
    await appendReadings(opened.journal(), 10);
    opened.inspect((database) => {
      database.exec("DELETE FROM vitals WHERE seq IN (4, 5)");
      database.exec("UPDATE vitals SET value = value + 1 WHERE seq = 8");
    });
    await appendReadings(opened.journal(), 2);
    for (let n = 0; n < 4; n++) opened.pass(1_000);
    const { leaves, faults } = opened.inspect(auditLog);
    expect(leaves.map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq])).toEqual([
      [1, 3],
      [6, 7],
      [9, 12],
    ]);
    expect(faults).toEqual([]);
  });
});

describe("a journal without a log", () => {
  test("of an earlier version gets one: all of its bed events, and the readings that the cloud does not have", async () => {
    const files = journalFiles(tempDir());
    const { log: _none, ...unlogged } = files;
    const before = new InlineJournal(unlogged);
    await appendEvents(before, 1_203);
    await appendReadings(before, 5_000);
    before.acknowledge("vitals", 1_000);
    await before.close();
    const opened = openLogged(files);
    // What comes meanwhile waits for its turn.
    await appendEvents(opened.journal(), 2);
    await appendReadings(opened.journal(), 10);
    opened.pass(1_000);
    opened.pass(1_000);
    await appendEvents(opened.journal(), 1);
    const { leaves, faults } = opened.inspect(auditLog);
    expect(faults).toEqual([]);
    expect(leaves.filter(({ lane }) => lane === "beds").map(({ firstSeq }) => firstSeq)).toEqual(
      Array.from({ length: 1_206 }, (_, n) => n + 1),
    );
    expect(leaves.filter(({ lane }) => lane === "vitals")).toMatchObject([
      { firstSeq: 1_001, lastSeq: 5_010 },
    ]);
  });
});

describe("a checkpoint", () => {
  test("is signed over what is committed, and continues after a restart what was signed before it", async () => {
    const opened = openLogged();
    await appendEvents(opened.journal(), 3);
    const first = await batchOf(opened, 0);
    opened.inspect(() => {});
    opened.time.monoMs += 2_000;
    await appendEvents(opened.journal(), 4);
    const second = await batchOf(opened, 3);
    const { leaves, faults, root } = opened.inspect(auditLog);
    expect(faults).toEqual([]);
    const key = opened.files.log?.key.publicKey ?? new Uint8Array();
    const notes = [first, second].map(({ checkpoint }) => parseNote(checkpoint ?? ""));
    const [older, newer] = notes;
    expect(newer).toMatchObject({
      origin: gatewayOrigin("gw-north", opened.journal().epoch),
      size: 7,
      root,
      signedAtMs: BEGIN_MS,
    });
    expect(older).toMatchObject({ size: 3, root: rootOf(leaves.slice(0, 3).map(({ hash }) => hash)) });
    for (const note of notes)
      expect(note && isSignedBy(note, { name: gatewayKeyName("gw-north"), publicKey: key })).toBe(true);
    expect(older && newer && isConsistent(older, newer, [])).toBe(false);
    expect(second.leaves).toHaveLength(4);
  });

  test("comes once in nine tenths of a second where there is news, and once a minute where there is none, whatever the wall clock does", async () => {
    const opened = openLogged();
    let signed = 0;
    opened.log().onCheckpoint = () => {
      signed += 1;
    };
    for (let n = 0; n < 40; n++) {
      await appendEvents(opened.journal(), 1);
      opened.time.monoMs += 100;
      opened.time.wallMs = n % 2 === 0 ? 0 : BEGIN_MS + n * 86_400_000;
    }
    expect(signed).toBe(5);
    opened.pass(900);
    expect(signed).toBe(6);
    for (let n = 0; n < 119; n++) opened.pass(500);
    expect(signed).toBe(6);
    opened.pass(500);
    expect(signed).toBe(7);
  });
});

describe("what goes to the cloud", () => {
  test("are leaves with what they commit to, as many as asked for, with the checkpoint where they end at its size", async () => {
    const opened = openLogged();
    await appendEvents(opened.journal(), 5);
    const some = await batchOf(opened, 0, 2);
    expect(some).toMatchObject({ firstIndex: 0, checkpoint: null, epoch: opened.journal().epoch });
    expect(some.leaves.map(({ firstSeq }) => firstSeq)).toEqual([1, 2]);
    const rest = await batchOf(opened, 2);
    expect(rest.leaves).toHaveLength(3);
    expect(parseNote(rest.checkpoint ?? "")).toMatchObject({ size: 5 });
    expect(await batchOf(opened, 5)).toMatchObject({ firstIndex: 5, leaves: [] });
    await appendEvents(opened.journal(), 1);
    // How long it is would not be true, and the new one is under no signature yet.
    expect(await opened.batch(5)).toBe("not-signed");
    expect(await opened.batch(9)).toBe("not-kept");
  });

  test("leaves the journal once it is stored there, but for the newest, and never before", async () => {
    const opened = openLogged();
    for (let n = 0; n < 7; n++) await appendEvents(opened.journal(), 1_000);
    opened.pass(900);
    opened.pass(1_000);
    expect((await batchOf(opened, 0, 1)).leaves).toHaveLength(1);
    opened.log().stored(6_000);
    opened.pass(1_000);
    opened.pass(1_000);
    expect(await opened.batch(1_903)).toBe("not-kept");
    expect((await batchOf(opened, 1_904, 1)).leaves).toHaveLength(1);
    expect(opened.log().facts).toMatchObject({ size: 7_000, storedSize: 6_000 });
    opened.inspect(() => {});
    opened.pass(1_000);
    expect(opened.log().facts).toMatchObject({ size: 7_000, storedSize: 6_000 });
    expect((await batchOf(opened, 6_999)).leaves).toHaveLength(1);
    expect(() => opened.log().stored(7_001)).toThrow("the log has 7000");
  });

  test("gathers for longer where many leaves wait, so that a cloud away for weeks fills no disk with them", async () => {
    const opened = openLogged();
    for (let n = 0; n < 11; n++) await appendEvents(opened.journal(), 1_000);
    await appendReadings(opened.journal(), 1);
    opened.pass(9_999);
    expect(opened.log().facts.size).toBe(11_000);
    opened.pass(1);
    expect(opened.log().facts.size).toBe(11_001);
  });
});

describe("a log that a disk has changed", () => {
  test.each([
    ["its state", "UPDATE log_state SET size = size + 1"],
    ["its frontier", "UPDATE log_state SET frontier = zeroblob(32 * 2)"],
    ["its newest leaf's hash", "UPDATE log_leaf SET hash = zeroblob(32) WHERE place = 5"],
    ["its newest leaf", "DELETE FROM log_leaf WHERE place = 5"],
    ["all of its leaves", "DELETE FROM log_leaf"],
    ["its state's row", "DELETE FROM log_state"],
  ])(
    "in %s ends with its epoch: the records go on in a new one, with a log of its own",
    async (_what, sql) => {
      const opened = openLogged();
      await appendEvents(opened.journal(), 6);
      const { epoch } = opened.journal();
      opened.inspect((database) => database.exec(sql));
      expect(opened.journal().epoch).not.toBe(epoch);
      expect(opened.journal().start.salvage).toMatchObject({
        oldEpoch: epoch,
        savedRecords: 6,
        lostRecords: 0,
      });
      opened.pass(1_000);
      const { leaves, faults } = opened.inspect(auditLog);
      expect(faults).toEqual([]);
      expect(leaves).toHaveLength(6);
    },
  );

  test("further back is found by the check that runs beside the work, and is never sent", async () => {
    const opened = openLogged();
    await appendEvents(opened.journal(), 6);
    const { epoch } = opened.journal();
    opened.inspect((database) => database.exec("UPDATE log_leaf SET salt = zeroblob(32) WHERE place = 2"));
    expect(opened.journal().epoch).toBe(epoch);
    expect(() => opened.pass(1_000)).toThrow("leaf 2 of the log is wrong");
    await opened.journal().close();
    const again = new InlineJournal(opened.files);
    onTestFinished(() => again.close());
    expect(again.start.salvage?.oldEpoch).toBe(epoch);
  });
});
