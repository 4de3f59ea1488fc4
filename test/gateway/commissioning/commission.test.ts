import { describe, expect, test } from "vitest";
import { XY_MD02_REPLY_WORDS } from "../../fixtures/golden.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { pack, registers } from "../../support/messages.ts";
import { at } from "../../support/moments.ts";
import { BED, BED_DEVICE, CLIMATE, MONITOR, type SmallHospital, topology } from "../../support/wards.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";

/** The same journal, started with one ward file after the other; what each start told. */
function startInTurn(...files: readonly SmallHospital[]): string[][] {
  const journal = new MemoryJournal();
  return files.map((file, index) => {
    const before = journal.marks("beds").headSeq;
    const gateway = new WiredGateway(topology(file), journal, at(index * 10));
    return gateway
      .kept()
      .filter(({ lane, seq }) => lane === "beds" && seq > before)
      .map(({ record }) => ("to" in record ? `${record.kind} ${record.to}` : record.kind));
  });
}

const OPEN: SmallHospital = { declared: { service: "open", staffing: "staffed", infection: "none" } };

describe("a ward file", () => {
  test("puts its beds into service with what the ward declares, once", () => {
    const declared = ["service-changed open", "staffing-changed staffed", "infection-changed none"];
    expect(startInTurn(OPEN, OPEN)).toEqual([["bed-commissioned", ...declared], []]);
  });

  test("that changes a bed tells the bed anew, and only what is declared anew", () => {
    const renamed = { ...OPEN, label: "1C" };
    const shut = { ...renamed, declared: { ...OPEN.declared, service: "closed" } };
    const undeclared = { ...renamed, declared: {} };
    expect(startInTurn(OPEN, renamed, shut, undeclared).slice(1)).toEqual([
      ["bed-commissioned"],
      ["bed-commissioned", "service-changed closed"],
      [
        "bed-commissioned",
        "service-changed unknown",
        "staffing-changed unknown",
        "infection-changed unknown",
      ],
    ]);
  });

  test("without a bed takes it out of service, once; with it again puts it back with all that is declared", () => {
    const gone = { withoutBed: true };
    expect(startInTurn(OPEN, gone, gone, OPEN).slice(1)).toEqual([
      ["bed-decommissioned"],
      [],
      ["bed-commissioned", "service-changed open", "staffing-changed staffed", "infection-changed none"],
    ]);
  });
});

describe("a bed", () => {
  test("is told with its place and its sources, and which of them decides", () => {
    const gateway = new WiredGateway(topology({ decides: "load", expectedIntervalMs: 2_000 }));
    expect(gateway.kept()[0]?.record).toMatchObject({
      kind: "bed-commissioned",
      bedId: BED,
      roomName: "Room 1",
      wardName: "Medical",
      assignmentSource: "none",
      sources: [
        { deviceId: BED_DEVICE, expectedIntervalMs: 2_000, decides: "load" },
        { deviceId: MONITOR, expectedIntervalMs: 2_000, decides: null },
        { deviceId: CLIMATE, expectedIntervalMs: 5_000, decides: null },
      ],
    });
  });

  test("that comes back begins anew, so that the gateway and the cloud agree", () => {
    const noWait = { debounce: { presentMs: 0, absentMs: 0 } };
    const first = new WiredGateway(topology(noWait));
    first.hears(pack(at(1), [{ n: "occupancy", vb: true }]));
    new WiredGateway(topology({ ...noWait, withoutBed: true }), first.journal, at(2));
    const again = new WiredGateway(topology(noWait), first.journal, at(3));
    expect(again.ward.bed(BED)).toMatchObject({ occupancy: "unknown", readiness: "unknown" });
    again.hears(pack(at(4), [{ n: "occupancy", vb: true }]));
    expect(again.kept().filter(({ record }) => record.kind === "occupancy-changed")).toHaveLength(2);
    expect(new WiredGateway(topology(noWait), first.journal, at(5)).ward.bed(BED).occupancy).toBe("present");
  });

  test("that comes into a room whose condition is known is told it", () => {
    const roomAlone = { withoutBed: true };
    const first = new WiredGateway(topology(roomAlone));
    first.hears(registers(at(1), XY_MD02_REPLY_WORDS));
    const second = new WiredGateway(topology({}), first.journal, at(2));
    expect(second.kept().slice(-3, -2)[0]?.record).toMatchObject({
      kind: "room-condition-changed",
      bedId: BED,
      to: "out-of-limits",
      by: { deviceId: CLIMATE },
    });
  });
});
