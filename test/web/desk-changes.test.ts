import { expect, test, vi } from "vitest";
import { createDeskChanges } from "../../cloud/web/live/desk-changes.ts";
import { createQueryClient } from "../../contracts/ui/query-client.ts";
import { LiveMessage } from "../../contracts/wire/live.ts";
import { aSnapshot, NOW_MS } from "./a-bed.ts";

function asked() {
  const queries = createQueryClient();
  const invalidated = vi.spyOn(queries, "invalidateQueries");
  return {
    changes: createDeskChanges(queries),
    topics: () => invalidated.mock.calls.map(([filters]) => filters?.queryKey?.[0]),
  };
}

test("what changed at the desk makes the queries of its topics ask anew, each once", () => {
  const { changes, topics } = asked();
  changes.receive(
    LiveMessage.parse({
      kind: "desk",
      serverTime: new Date(NOW_MS).toISOString(),
      changed: [
        { topic: "requests", subjectId: "a" },
        { topic: "bookings", subjectId: "b" },
        { topic: "requests", subjectId: "c" },
      ],
    }),
  );
  expect(topics()).toEqual(["requests", "bookings"]);
});

test("a change of beds alone makes none of them ask", () => {
  const { changes, topics } = asked();
  changes.receive(aSnapshot([]));
  expect(topics()).toEqual([]);
});

test("after a connection that broke off, all ask anew: what was missed is not told", () => {
  const { changes, topics } = asked();
  changes.connected();
  expect(topics()).toContain("transfers");
  expect(topics()).toHaveLength(8);
});
