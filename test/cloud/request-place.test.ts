/** Goal: a request that is looked at alone is told the same place as in the list, whatever else waits. */
import * as fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { NEWS2_COUNTS_FOR_MS, WAITING_STEP_MS } from "../../contracts/booking/rank.ts";
import { RANK_FACTORS } from "../../contracts/booking/states.ts";
import { URGENCIES } from "../../contracts/booking/vocabulary.ts";
import type { RequestList, RequestView } from "../../contracts/wire/booking.ts";
import { type Person, person, setPolicy } from "./booking-desk.ts";
import { START_MS } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

/** Few values each, so that many are equal, and those on both sides of each limit. */
const waiting = fc.record({
  requestId: fc.uuid(),
  encounterId: fc.uuid(),
  state: fc.constantFrom("open", "open", "open", "open", "held", "cancelled"),
  isOverridden: fc.constantFrom(false, false, false, true),
  clinicalPriority: fc.constantFrom(3, 3, 3, 2),
  news2: fc.option(
    fc.record({
      total: fc.constantFrom(0, 7),
      ageMs: fc.constantFrom(0, NEWS2_COUNTS_FOR_MS, NEWS2_COUNTS_FOR_MS + 1),
    }),
  ),
  urgency: fc.constantFrom(...URGENCIES),
  // Before now, too: a clock may have gone back.
  waitedMs: fc.constantFrom(-60_000, 0, WAITING_STEP_MS - 1, WAITING_STEP_MS, 11 * WAITING_STEP_MS),
  from: fc.oneof(
    fc.record({
      kind: fc.constant("hospital"),
      hospitalId: fc.constantFrom("north", "south"),
      bedId: fc.option(fc.constantFrom("bed-1", "bed-2"), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant("place"),
      label: fc.constantFrom("Roadside", "Riverside"),
      latitude: fc.constantFrom(51.5, 52.125),
      longitude: fc.constantFrom(0, -0.125),
    }),
  ),
  hospitalId: fc.option(fc.constantFrom("north", "south"), { nil: undefined }),
});
type Waits = typeof waiting extends fc.Arbitrary<infer Value> ? Value : never;

async function store(cloud: TestCloud, all: readonly Waits[]): Promise<void> {
  await sql`DELETE FROM bed_requests`.execute(cloud.db);
  for (const one of all) {
    const { requestId, encounterId, news2, from, hospitalId } = one;
    const need = JSON.stringify({ levelOfCare: "intensive", from, hospitalId });
    await sql`INSERT INTO encounters (encounter_id, call_name, created_at_ms)
      VALUES (${encounterId}, 'R-7F3K', 0)`.execute(cloud.db);
    await sql`INSERT INTO bed_requests (request_id, encounter_id, state, need, urgency, clinical_priority, news2_total,
        news2_taken_at_ms, override_reason, override_at_ms, override_role, asked_at_ms, role, session_sha256, version)
      VALUES (${requestId}, ${encounterId}, ${one.state}, ${need}::jsonb, ${one.urgency}, ${one.clinicalPriority},
        ${news2?.total ?? null}, ${news2 === null ? null : START_MS - news2.ageMs},
        ${one.isOverridden ? "sudden" : null}, ${one.isOverridden ? START_MS : null},
        ${one.isOverridden ? "doctor" : null}, ${START_MS - one.waitedMs}, 'emergency-coordinator', 'x', 1)`.execute(
      cloud.db,
    );
  }
}

const listed = async (coordinator: Person) =>
  (await coordinator.send("GET", "requests")).body as unknown as RequestList;

describeOnEachDatabase("the place of one request", (cloud) => {
  test("is the one that it has among all, with the factor that put it there", async () => {
    const coordinator = await person(cloud(), "emergency-coordinator");
    await setPolicy(cloud(), "north", { latitude: 51.5, longitude: -0.125 });
    await setPolicy(cloud(), "south", { latitude: 50, longitude: 0 });
    const decidedBy = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(waiting, {
          minLength: 1,
          maxLength: 24,
          size: "max",
          selector: ({ requestId }) => requestId,
        }),
        async (all) => {
          await store(cloud(), all);
          const { requests } = await listed(coordinator);
          expect(requests).toHaveLength(all.length);
          for (const inList of requests) {
            const alone: RequestView = await coordinator.request(inList.requestId);
            expect(alone.rank).toEqual(inList.rank);
            if (alone.rank?.behindBy != null) decidedBy.add(alone.rank.behindBy);
          }
        },
      ),
      { numRuns: 9, seed: 5 },
    );
    expect([...decidedBy].sort()).toEqual([...RANK_FACTORS].sort());
  });

  test("counts itself, and moves on as others come", async () => {
    const coordinator = await person(cloud(), "emergency-coordinator");
    const { requestId, rank } = await coordinator.askFor();
    expect(rank).toMatchObject({ position: 1, of: 1, behindBy: null });
    const next = await coordinator.askFor({}, { clinicalPriority: 5 });
    expect(next.rank).toMatchObject({ position: 2, of: 2, behindBy: "clinical-priority" });
    expect((await coordinator.request(requestId)).rank).toMatchObject({ position: 1, of: 2, behindBy: null });
  });
});
