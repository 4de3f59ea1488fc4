/** A database of the first version, brought to the newest one with what is in it. */
import { sql } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, onTestFinished, test } from "vitest";
import { openPglite } from "../../cloud/database/embedded.ts";
import { migrate } from "../../cloud/database/migrate.ts";
import { firstLight } from "../../cloud/database/migrations/0001-first-light.ts";
import { selectBeds } from "../../cloud/registry/bed-rows.ts";
import { emptyPglite } from "../support/empty-pglite.ts";

test("a bed that was known before findings is in no isolation room and has nothing wrong with it", async () => {
  const { db, close } = openPglite(await emptyPglite());
  onTestFinished(close);
  const first = new Migrator({
    db,
    provider: { getMigrations: async () => ({ "0001-first-light": firstLight }) },
  });
  expect((await first.migrateToLatest()).error).toBeUndefined();
  await sql`INSERT INTO hospitals VALUES ('north', 'Northside General')`.execute(db);
  await sql`INSERT INTO gateways VALUES ('gw-north', 'north', 0, 0)`.execute(db);
  const unsaid = { value: "unknown", sinceMs: null, by: null, evidence: [] };
  const names = ["occupancy", "assignment", "readiness", "service", "infection", "staffing"];
  const axes = JSON.stringify(Object.fromEntries(names.map((axis) => [axis, unsaid])));
  await sql`INSERT INTO beds (bed_id, hospital_id, gateway_id, epoch, ward_id, ward_name, assignment_source, room_id,
      room_name, label, sources, axes, settling, room_condition, removed, live_seq)
    VALUES ('bed-1', 'north', 'gw-north', '00000000000000a1', 'intake', 'Intake', 'none', 'room-1', 'Room 1', '1A',
      '[]', ${axes}::jsonb, NULL, 'unknown', false, 1)`.execute(db);
  await migrate(db);
  const [known] = await selectBeds(db, sql`true`);
  expect(known?.bed).toMatchObject({ bedId: "bed-1", roomIsolation: "none", findings: [] });
  // Once is enough, however often it is started.
  await migrate(db);
}, 60_000);
