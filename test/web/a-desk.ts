/** What a desk shows: a request, bookings, beds that match, a transfer, a conflict, a cleaning task and bed profiles. */

import { DEFAULT_POLICY } from "../../contracts/booking/default-policy.ts";
import type { BookingView, LostRace, MatchedBed, RequestView } from "../../contracts/wire/booking.ts";
import { BookingList, MatchAnswer, RequestList } from "../../contracts/wire/booking.ts";
import { TransferList } from "../../contracts/wire/transfers.ts";
import {
  BedProfileList,
  CleaningTaskList,
  ConflictList,
  HospitalPolicyView,
} from "../../contracts/wire/ward-desk.ts";

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const at = (agoMs = 0) => new Date(Date.now() - agoMs).toISOString();
const now = { serverTime: at() };
const COORDINATOR = { role: "emergency-coordinator", hospitalId: null } as const;
const NEED = { levelOfCare: "intensive", from: { kind: "hospital", hospitalId: "north" } } as const;

const matchedBed = (bedId: string, label: string) => ({
  bedId,
  label,
  hospitalId: "north",
  hospitalName: "Northside General",
  wardId: "north-intake",
  wardName: "Intake",
  roomId: "north-room-1",
  roomName: "Room 1",
  levelOfCare: "intensive",
  features: [],
  basis: "verified",
  verification: "verified",
  verifiedAt: at(4_000),
  distanceKm: 0,
  autoAccept: false,
  why: ["verified 4 s ago", "same hospital", "exact level: intensive"],
  score: 1,
});

export const someMatches = (): MatchAnswer =>
  MatchAnswer.parse({
    beds: [matchedBed("north-bed-01", "1A"), matchedBed("north-bed-02", "1B")],
    notOffered: [
      {
        bedId: "north-bed-03",
        label: "2A",
        hospitalId: "north",
        wardName: "Intake",
        misfits: [{ code: "present", text: "somebody is in it" }],
      },
    ],
    searched: 52,
    offered: 2,
    keptBack: [{ code: "present", beds: 20 }],
    ...now,
  });

export const lostRace = (): LostRace => ({
  winner: { ...COORDINATOR, state: "held", since: at(1_000) },
  nextBest: someMatches().beds[1] as MatchedBed,
});

export const aRequest = (more: object = {}): RequestView => {
  const { requests } = RequestList.parse({
    requests: [
      {
        requestId: idOf(1),
        state: "open",
        need: NEED,
        urgency: "emergency",
        clinicalPriority: 2,
        news2: { total: 7, takenAt: at(60_000) },
        override: null,
        encounterId: idOf(2),
        callName: "R-7F3K",
        askedAt: at(300_000),
        askedBy: COORDINATOR,
        rank: {
          position: 1,
          of: 1,
          behindBy: null,
          factors: [{ factor: "clinical-priority", text: "priority 2" }],
        },
        bookingId: null,
        version: 1,
        ...more,
      },
    ],
    ...now,
  });
  return requests[0] as RequestView;
};

export const aBooking = (more: object = {}): BookingView => {
  const { bookings } = BookingList.parse({
    bookings: [
      {
        bookingId: idOf(3),
        requestId: idOf(1),
        encounterId: idOf(2),
        callName: "R-7F3K",
        state: "held",
        since: at(5_000),
        bedId: "north-bed-01",
        bedLabel: "1A",
        hospitalId: "north",
        wardName: "Intake",
        by: COORDINATOR,
        isOwn: true,
        expiresAt: at(-895_000),
        renewalsLeft: 1,
        dischargeOrderedAt: null,
        presence: null,
        evidence: {
          basis: "verified",
          verification: "verified",
          observedAt: at(9_000),
          ageMs: 4_000,
          liveSeq: 7,
        },
        fencingToken: 1,
        allowed: ["renew", "request", "release"],
        undoUntil: null,
        reason: null,
        version: 1,
        ...more,
      },
    ],
    nextCursor: null,
    ...now,
  });
  return bookings[0] as BookingView;
};

export const inBed = () =>
  aBooking({ bookingId: idOf(4), state: "admitted", expiresAt: null, allowed: ["leave", "order-discharge"] });

const end = (bedLabel: string, hospitalId: string) => ({
  bookingId: idOf(4),
  bedId: `${hospitalId}-bed-05`,
  bedLabel,
  hospitalId,
  wardName: "Medical",
  bookingState: "reserved",
});

export const someTransfers = () =>
  TransferList.parse({
    transfers: [
      {
        transferId: idOf(5),
        callName: "R-9B2T",
        encounterId: idOf(2),
        requestId: idOf(1),
        state: "failed",
        since: at(30_000),
        from: end("3A", "north"),
        to: null,
        stages: [
          { state: "requested", at: at(600_000), by: { kind: "person", role: "doctor" }, reason: null },
          { state: "held", at: at(500_000), by: { kind: "person", role: "doctor" }, reason: null },
          { state: "failed", at: at(30_000), by: { kind: "service", role: null }, reason: "the hold lapsed" },
        ],
        dueAt: at(20_000),
        allowed: ["hold-destination", "cancel"],
        undoUntil: null,
        version: 3,
      },
    ],
    ...now,
  });

export const someConflicts = () =>
  ConflictList.parse({
    conflicts: [
      {
        conflictId: idOf(6),
        kind: "ghost",
        bedId: "north-bed-05",
        bedLabel: "3A",
        hospitalId: "north",
        wardName: "Medical",
        bookingId: idOf(4),
        since: at(1_900_000),
        openedAt: at(100_000),
        closedAt: null,
        owner: null,
        isOwn: false,
        says: [
          { who: "bookings", what: "a patient is admitted", at: at(9_000_000) },
          { who: "north-pad-05", what: "empty", at: at(1_900_000) },
        ],
        action: "mark-on-leave",
        actionText: "The patient is on leave",
        allowed: ["own", "resolve"],
        resolution: null,
        version: 1,
      },
    ],
    ...now,
  });

export const someTasks = () =>
  CleaningTaskList.parse({
    tasks: [
      {
        taskId: idOf(7),
        bedId: "north-bed-06",
        bedLabel: "3B",
        hospitalId: "north",
        wardName: "Medical",
        kind: "terminal",
        priority: "next",
        state: "cleaning",
        cause: "vacated",
        openedAt: at(1_200_000),
        startedAt: at(600_000),
        finishedAt: null,
        dueAt: at(60_000),
        workedMs: 600_000,
        isPresent: true,
        allowed: ["suspend", "finish"],
        undoUntil: null,
        reason: null,
        version: 2,
      },
    ],
    ...now,
  });

export const someProfiles = () =>
  BedProfileList.parse({
    beds: ["north-bed-01", "north-bed-02"].map((bedId, n) => ({
      bedId,
      label: `1${"AB"[n]}`,
      hospitalId: "north",
      wardId: "north-intake",
      wardName: "Intake",
      roomName: "Room 1",
      profile:
        n === 1
          ? null
          : {
              levelOfCare: "intensive",
              features: ["oxygen"],
              ageBands: ["adult"],
              sexRule: "same-as-bay",
              patientMassKgMax: 220,
            },
      version: 1 - n,
    })),
    ...now,
  });

export const aPolicy = () =>
  HospitalPolicyView.parse({
    hospitalId: "north",
    name: "Northside General",
    policy: DEFAULT_POLICY,
    version: 0,
  });
