/** Who a patient is: sealed in the database, told only in the hospital that has them. */
import { sql } from "kysely";
import { expect, it } from "vitest";
import { LiveRepository } from "../../cloud/live/repository.ts";
import { nextEvents } from "../../cloud/webhooks/repository.ts";
import type { IdentityView } from "../../contracts/wire/encounters.ts";
import { DESK_TOPICS } from "../../contracts/wire/live.ts";
import { openBeds, type Person, person } from "./booking-desk.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const IDENTITY = {
  familyName: "Quillfeather",
  givenName: "Ottoline",
  patientNumber: "PN-77031-X",
  birthDate: "1931-07-04",
};
const PLAIN = [...Object.values(IDENTITY)];

describeOnEachDatabase("identities", (cloud) => {
  it("are told in the hospital that has the patient, as they were said, with the version as the ETag", async () => {
    const { doctor, nurse, path } = await admitted(cloud());
    const put = await write(doctor, path, IDENTITY, 0);
    expect(put).toMatchObject({ status: 200, etag: '"1"' });
    const read = await nurse.send("GET", path);
    expect(read).toMatchObject({ status: 200, etag: '"1"', body: { identity: IDENTITY, version: 1 } });
    const { birthDate: _unknown, ...without } = IDENTITY;
    expect(await write(nurse, path, { ...without, givenName: "Odile" }, 1)).toMatchObject({ status: 200 });
    expect((await doctor.send("GET", path)).body).toMatchObject({
      identity: { ...without, givenName: "Odile" },
      version: 2,
    });
  });

  it("are there for nobody else, who learns not even that there is an encounter", async () => {
    const { doctor, path } = await admitted(cloud());
    await write(doctor, path, IDENTITY, 0);
    const elsewhere = await person(cloud(), "doctor", "south");
    const missing = `encounters/${crypto.randomUUID()}/identity`;
    const [told, nothing] = [await elsewhere.send("GET", path), await elsewhere.send("GET", missing)];
    expect([told.status, nothing.status]).toEqual([404, 404]);
    expect({ ...told.body, instance: "" }).toEqual({ ...nothing.body, instance: "" });
    expect((await write(elsewhere, path, IDENTITY, 1)).status).toBe(404);
    for (const role of ["super-admin", "hospital-admin", "emergency-coordinator", "patient"] as const)
      expect((await (await person(cloud(), role)).send("GET", path)).status).toBe(403);
  });

  it("follow the patient: who has them no longer reads them no longer, and the next hospital says its own", async () => {
    const { doctor, path, encounterId } = await admitted(cloud());
    await write(doctor, path, IDENTITY, 0);
    await sql`UPDATE encounters SET hospital_id = 'south' WHERE encounter_id = ${encounterId}`.execute(
      cloud().db,
    );
    expect((await doctor.send("GET", path)).status).toBe(404);
    const next = await person(cloud(), "nurse", "south");
    expect((await next.send("GET", path)).body).toMatchObject({ code: "IDENTITY_NOT_FOUND" });
    expect((await write(next, path, { ...IDENTITY, patientNumber: "S-1" }, 0)).status).toBe(200);
    expect((await next.send("GET", path)).body).toMatchObject({ identity: { patientNumber: "S-1" } });
  });

  it("are not overwritten by who has seen another version", async () => {
    const { doctor, nurse, path } = await admitted(cloud());
    expect((await write(doctor, path, IDENTITY, 0)).status).toBe(200);
    expect((await write(nurse, path, { ...IDENTITY, familyName: "Other" }, 0)).body).toMatchObject({
      code: "STALE_VERSION",
    });
    const blind = await nurse.send("GET", path);
    expect((blind.body as IdentityView).identity.familyName).toBe(IDENTITY.familyName);
  });

  it("stand nowhere in the database or the log in the clear, whatever was done and refused", async () => {
    const { doctor, nurse, path } = await admitted(cloud());
    await write(doctor, path, IDENTITY, 0);
    await nurse.send("GET", path);
    await write(nurse, path, IDENTITY, 0);
    await write(nurse, path, { ...IDENTITY, familyName: `${IDENTITY.familyName}${"x".repeat(200)}` }, 1);
    await write(await person(cloud(), "nurse", "south"), path, IDENTITY, 0);
    await cloud().db.updateTable("identities").set({ keyId: "k-lost" }).execute();
    expect(await nurse.send("GET", path)).toMatchObject({ status: 503, body: { code: "IDENTITY_SEALED" } });
    const everywhere = (await allRows(cloud())) + cloud().logged.join("\n");
    expect(everywhere).toContain("k-lost");
    for (const plain of PLAIN) {
      expect(everywhere).not.toContain(plain);
      expect(everywhere).not.toContain(Buffer.from(plain).toString("hex"));
      expect(everywhere).not.toContain(Buffer.from(plain).toString("base64").slice(0, -4));
    }
  });

  it("do not open where they were moved to another field, patient, hospital or version", async () => {
    const { doctor, path, encounterId } = await admitted(cloud());
    await write(doctor, path, IDENTITY, 0);
    const row = () => cloud().db.updateTable("identities").where("encounterId", "=", encounterId);
    const status = async () => (await doctor.send("GET", path)).status;
    const stored = await cloud().db.selectFrom("identities").selectAll().executeTakeFirstOrThrow();
    await row().set({ familyName: stored.givenName }).execute();
    expect(await status()).toBe(503);
    await row().set({ familyName: stored.familyName, version: 2 }).execute();
    expect(await status()).toBe(503);
    await row().set({ version: 1 }).execute();
    expect(await status()).toBe(200);
    const other = await admitted(cloud(), "north-2");
    await write(doctor, other.path, { ...IDENTITY, familyName: "Second" }, 0);
    const { encounterId: _own, hospitalId: _same, ...fields } = stored;
    await cloud()
      .db.updateTable("identities")
      .where("encounterId", "=", other.encounterId)
      .set(fields)
      .execute();
    expect((await doctor.send("GET", other.path)).status).toBe(503);
  });

  it("are forgotten with their key, and each reading, writing and forgetting is on record without them", async () => {
    const { doctor, path, encounterId } = await admitted(cloud());
    await write(doctor, path, IDENTITY, 0);
    await doctor.send("GET", path);
    const erased = await doctor.send("DELETE", path, undefined, { "if-match": '"1"' });
    expect(erased.status).toBe(204);
    expect((await doctor.send("GET", path)).body).toMatchObject({ code: "IDENTITY_NOT_FOUND" });
    expect(await cloud().db.selectFrom("identities").selectAll().execute()).toEqual([]);
    const events = await cloud()
      .db.selectFrom("deskEvents")
      .select(["kind", "role", "body"])
      .where("subjectId", "=", encounterId)
      .orderBy("position")
      .execute();
    expect(events).toEqual(
      ["identity-stored", "identity-read", "identity-erased"].map((kind) => ({
        kind,
        role: "doctor",
        body: { version: 1 },
      })),
    );
    const { db } = cloud();
    const told = await new LiveRepository(db).deskChangesAfter(0);
    const everything = { topics: [...DESK_TOPICS], hospitalId: null, throughPosition: 0 };
    const heard = await nextEvents(db, everything, 100);
    expect(told.length).toBe(heard.events.length);
    expect(told.map(({ subjectId }) => subjectId)).not.toContain(encounterId);
  });
});

async function admitted(cloud: TestCloud, bedId = "north-1") {
  const known = await cloud.db.selectFrom("beds").select("bedId").execute();
  if (known.length === 0) await openBeds(cloud, 2);
  const doctor = await person(cloud, "doctor");
  const nurse = await person(cloud, "nurse");
  const request = await doctor.askFor({}, { urgency: "emergency", clinicalPriority: 1 });
  await doctor.moved(await doctor.held(request.requestId, bedId), "admit");
  const { encounterId } = request;
  return { doctor, nurse, encounterId, path: `encounters/${encounterId}/identity` };
}

async function write(by: Person, path: string, identity: object, version: number) {
  return await by.send("PUT", path, identity, { "if-match": `"${version}"` });
}

/** Every row of every table, as text; bytes in hex. */
async function allRows({ db }: TestCloud): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`.execute(
    db,
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const { rows: found } = await sql<{
      row: string;
    }>`SELECT t::text AS row FROM ${sql.table(name)} t`.execute(db);
    texts.push(...found.map(({ row }) => row));
  }
  return texts.join("\n");
}
