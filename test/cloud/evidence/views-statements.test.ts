/** How far what a bed said is proven, as people are told. */
import { expect, test } from "vitest";
import { BedEvidence, type BedStatement } from "../../../contracts/wire/evidence.ts";
import { type LoggedWard, loggedWard } from "../../support/logged-ward.ts";
import { batch, changed, commissioned, freeBed, START_MS, settling } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";

const AT = "2026-01-06T10:00:00.000Z";

async function statementsOf(cloud: TestCloud, bedId: string, hospital: "north" | "south" = "north") {
  const { status, body } = await cloud.get(
    `/api/v1/beds/${bedId}/evidence`,
    await cloud.signIn("nurse", hospital),
  );
  expect(status).toBe(200);
  return BedEvidence.parse(body);
}

const newest = ({ statements }: BedEvidence): BedStatement => {
  const [first] = statements;
  if (first === undefined) throw new Error("no statement");
  return first;
};

async function provenWard(cloud: TestCloud): Promise<LoggedWard> {
  const ward = await loggedWard(cloud);
  await ward.say("gw-north", freeBed("bed-1"));
  await ward.sign("gw-north");
  await ward.publish();
  return ward;
}

describeOnEachDatabase("statements of a bed", (cloud) => {
  test("what is not logged yet is told as such, and has no bundle", async () => {
    const ward = await loggedWard(cloud());
    await cloud().sync(batch(freeBed("bed-1")));
    const answer = await statementsOf(cloud(), "bed-1");
    expect(ward.network.name).toMatch(/^hospitell\/network\//);
    expect(answer).toMatchObject({ bedId: "bed-1", witnessesMin: 1, isAnchoring: false, asOf: AT });
    expect(answer.statements).toHaveLength(6);
    for (const statement of answer.statements)
      expect(statement).toMatchObject({
        logged: null,
        witnessed: null,
        anchored: null,
        state: "kept",
        bundle: null,
      });
  });

  test("a statement is logged, then signed, then in the network's log, then witnessed", async () => {
    const ward = await loggedWard(cloud());
    await ward.say("gw-north", freeBed("bed-1"));
    const logged = newest(await statementsOf(cloud(), "bed-1"));
    expect(logged).toMatchObject({
      epoch: "00000000000000a1",
      lane: "beds",
      seq: 6,
      kind: "occupancy-changed",
    });
    expect(logged).toMatchObject({ to: "absent", observedAt: AT, state: "kept" });
    expect(logged.logged).toEqual({
      origin: "hospitell/gateway/gw-north/00000000000000a1",
      index: 5,
      signedAt: null,
    });

    cloud().clock.now += 1_000;
    await ward.sign("gw-north");
    expect(newest(await statementsOf(cloud(), "bed-1")).logged?.signedAt).toBe("2026-01-06T10:00:01.000Z");

    cloud().clock.now += 1_000;
    const size = await ward.publish();
    expect(newest(await statementsOf(cloud(), "bed-1"))).toMatchObject({ witnessed: null, bundle: null });

    cloud().clock.now += 2_000;
    await ward.witness(["gw-east"]);
    cloud().clock.now += 2_000;
    await ward.witness(["gw-south"]);
    expect(newest(await statementsOf(cloud(), "bed-1"))).toMatchObject({
      witnessed: {
        size,
        at: "2026-01-06T10:00:04.000Z",
        witnesses: [
          { gatewayId: "gw-east", hospitalId: "east", hospitalName: "Eastgate Clinic" },
          { gatewayId: "gw-south", hospitalId: "south", hospitalName: "Southbank Hospital" },
        ],
      },
      anchored: null,
      bundle: "/api/v1/beds/bed-1/evidence/00000000000000a1/6/bundle",
    });
  });

  test("the gateway's own cosignature does not witness what it says", async () => {
    const ward = await provenWard(cloud());
    await ward.witness(["gw-north"]);
    expect(newest(await statementsOf(cloud(), "bed-1"))).toMatchObject({ witnessed: null, bundle: null });
  });

  test("a cosignature of a key that was revoked does not count, and a later one does", async () => {
    const ward = await provenWard(cloud());
    await ward.witness(["gw-south"]);
    await ward.revoke("gw-south");
    const size = await ward.publish();
    expect(newest(await statementsOf(cloud(), "bed-1")).witnessed).toBeNull();
    await ward.witness(["gw-east"]);
    expect(newest(await statementsOf(cloud(), "bed-1")).witnessed?.size).toBe(size);
  });

  test("the newest word on each axis stands beside the newest twenty records", async () => {
    const ward = await loggedWard(cloud());
    await ward.say("gw-north", freeBed("bed-1"));
    const atMs = (n: number) => ({ observedAtMs: START_MS + n, receivedAtMs: START_MS + n });
    await ward.say(
      "gw-north",
      Array.from({ length: 30 }, (_, n) => settling(atMs(n))),
    );
    const { statements } = await statementsOf(cloud(), "bed-1");
    expect(statements.map(({ seq }) => seq)).toEqual([
      ...Array.from({ length: 20 }, (_, n) => 36 - n),
      6,
      5,
      4,
      3,
      2,
    ]);
    expect(
      statements.filter(({ kind }) => kind === "occupancy-settling").every(({ to }) => to === null),
    ).toBe(true);
  });

  test("where the log holds another record under the number than the board, the statement differs", async () => {
    const ward = await loggedWard(cloud());
    await cloud().sync(batch([commissioned(), changed("occupancy", "absent")]));
    await ward.log("gw-north", 1, [
      JSON.stringify({ ...commissioned(), ofANewerGateway: true }),
      JSON.stringify(changed("occupancy", "present")),
    ]);
    const { statements } = await statementsOf(cloud(), "bed-1");
    expect(statements.map(({ state }) => state)).toEqual(["differs", "kept"]);
  });

  test("of another hospital's bed not even that it exists is told", async () => {
    const ward = await loggedWard(cloud());
    await ward.say("gw-south", freeBed("south-1"));
    const cookie = await cloud().signIn("nurse", "north");
    const foreign = await cloud().get("/api/v1/beds/south-1/evidence", cookie);
    const unknown = await cloud().get("/api/v1/beds/nowhere/evidence", cookie);
    expect(foreign).toMatchObject({ status: 404, body: { code: "BED_NOT_FOUND" } });
    expect({ ...(foreign.body as object), instance: "" }).toEqual({
      ...(unknown.body as object),
      instance: "",
    });
    expect((await statementsOf(cloud(), "south-1", "south")).statements).toHaveLength(6);
  });
});
