import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openOrSalvage } from "../../../../gateway/journal/life/open-or-salvage.ts";
import { salvageJournal } from "../../../../gateway/journal/life/salvage.ts";
import { pack } from "../../../support/messages.ts";
import { at } from "../../../support/moments.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { BED, topology } from "../../../support/wards.ts";
import { WiredGateway } from "../../../support/wired-gateway.ts";
import { NOON, WrittenJournal } from "./written-journal.ts";

/** A bed that was put into service, with somebody in it; its journal as the gateway leaves it. */
function aBed() {
  const north = new WiredGateway(topology({ debounce: { presentMs: 0, absentMs: 0 } }));
  north.hears(pack(at(1), [{ n: "occupancy", vb: true }]));
  const bodies = north.kept().flatMap(({ lane, record }) => (lane === "beds" ? [record] : []));
  return { bodies, states: north.journal.start.states };
}
type Body = ReturnType<typeof aBed>["bodies"][number];

/** The states that are left under a new epoch, of a journal that no longer has the events which `isGone` names. */
function statesAfter(isGone: (body: Body) => boolean, { isSettlingGone = false, areSent = false } = {}) {
  const { bodies, states } = aBed();
  const file = join(tempDir(), "journal.sqlite");
  const journal = new WrittenJournal(file);
  journal.appendBodies(bodies.map((body) => JSON.stringify(body)));
  for (const [subject, body] of states) journal.putState(subject, body);
  for (const [index, body] of bodies.entries())
    if (isGone(body)) journal.database.prepare("DELETE FROM beds WHERE seq = ?").run(index + 1);
  // Something else that is gone, which says nothing of a status.
  journal.appendBodies([JSON.stringify({ kind: "occupancy-settling", bedId: BED })]);
  if (isSettlingGone) journal.database.prepare("DELETE FROM beds WHERE seq = ?").run(bodies.length + 1);
  journal.acknowledge(0, areSent ? bodies.length + 1 : 0);
  journal.database.exec("VACUUM");
  journal.database.close();
  const { lostRecords } = salvageJournal(file, NOON);
  const { database } = openOrSalvage(file, NOON);
  const left = database.prepare<[], string>("SELECT subject FROM state ORDER BY subject").pluck().all();
  database.close();
  return { left, lostRecords };
}

const [bed, commissioned] = [`bed:${BED}`, `commissioned:${BED}`];

describe("under a new epoch", () => {
  test("a bed of which every event is there goes on as it was", () => {
    expect(statesAfter(() => false)).toEqual({ left: [bed, commissioned], lostRecords: 0 });
  });

  test("so does one of which only what says nothing of its status is gone", () => {
    expect(statesAfter(() => false, { isSettlingGone: true }).left).toEqual([bed, commissioned]);
  });

  test("a bed whose beginning is gone is put into service anew, and begins as not known", () => {
    expect(statesAfter(({ kind }) => kind === "bed-commissioned").left).toEqual([]);
  });

  test("a bed whose status was told in an event that is gone begins as not known, and is told of again", () => {
    expect(statesAfter(({ kind }) => kind === "occupancy-changed").left).toEqual([commissioned]);
  });

  test("what the cloud has is not lost where no row of it is left", () => {
    const isOld = ({ kind }: Body) => kind === "bed-commissioned";
    expect(statesAfter(isOld, { areSent: true }).lostRecords).toBe(0);
    expect(statesAfter(isOld).lostRecords).toBe(1);
  });
});
