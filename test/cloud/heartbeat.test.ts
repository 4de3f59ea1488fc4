import { expect, test } from "vitest";
import { BedPage, type BedView } from "../../contracts/wire/board.ts";
import { batch, changed, commissioned, freeBed, heartbeat, START_MS, south } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("heartbeats", (cloud) => {
  async function onlyBed(): Promise<BedView | undefined> {
    const { body } = await cloud().get("/api/v1/beds", await cloud().signIn("emergency-coordinator"));
    return BedPage.parse(body).beds[0];
  }
  const evidenceAt = async () => (await onlyBed())?.sources[0]?.lastObservedAt ?? null;
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const aged = (evidenceAgeMs: number | null) => [{ bedId: "bed-1", deviceId: "mat-1", evidenceAgeMs }];

  test("a bed whose evidence is fresh is verified and can be booked", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    const { body } = await cloud().sync(heartbeat({ bedsHeadSeq: 6 }));
    expect(body).toEqual({ serverTimeMs: START_MS, bedsBehind: false });
    expect((await onlyBed())?.derived).toMatchObject({ verification: "verified", bookable: { ok: true } });
  });

  test("an event alone makes no evidence", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    expect((await onlyBed())?.derived).toMatchObject({ verification: "stale", display: "unknown" });
  });

  test("fresh evidence behind a backlog does not make an old status look fresh", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    const { body } = await cloud().sync(heartbeat({ bedsHeadSeq: 7 }));
    expect(body).toMatchObject({ bedsBehind: true });
    expect(await evidenceAt()).toBeNull();
    await cloud().sync(batch([changed("occupancy", "present")], { firstSeq: 7 }));
    await cloud().sync(heartbeat({ bedsHeadSeq: 7 }));
    expect((await onlyBed())?.derived).toMatchObject({ display: "occupied", verification: "verified" });
  });

  test("ages are taken from the cloud's clock, whatever the gateway's says", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(heartbeat({ bedsHeadSeq: 6, sentAtMs: 5, sources: aged(1_500) }));
    expect(await evidenceAt()).toBe(iso(START_MS - 1_500));
  });

  test("evidence does not become older by a heartbeat that was overtaken", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(heartbeat({ bedsHeadSeq: 6 }));
    await cloud().sync(heartbeat({ bedsHeadSeq: 6, sources: aged(20_000) }));
    await cloud().sync(heartbeat({ bedsHeadSeq: 6, sources: aged(null) }));
    expect(await evidenceAt()).toBe(iso(START_MS));
  });

  test("a gateway silent for half a minute makes its beds stale, and a batch breaks the silence", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(heartbeat({ bedsHeadSeq: 6 }));
    cloud().clock.now += 31_000;
    expect((await onlyBed())?.derived.bookable.reasons).toContain("gateway-silent");
    await cloud().sync(batch([changed("occupancy", "absent")], { firstSeq: 7 }));
    expect((await onlyBed())?.derived.bookable.reasons).not.toContain("gateway-silent");
  });

  test("nobody vouches for another hospital's bed, nor for a source that the bed does not have", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(heartbeat(south));
    await cloud().sync(heartbeat({ gatewayId: "gw-south" }));
    const sources = [{ bedId: "bed-1", deviceId: "mat-2", evidenceAgeMs: 0 }];
    await cloud().sync(heartbeat({ bedsHeadSeq: 6, sources }));
    expect(await cloud().db.selectFrom("sourceEvidence").selectAll().execute()).toEqual([]);
  });

  test("a journal that has stored no bed event yet vouches for nothing of the one before", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    const epoch = "00000000000000a2";
    await cloud().sync(heartbeat({ epoch }));
    expect(await evidenceAt()).toBeNull();
    await cloud().sync(batch([commissioned()], { epoch }));
    await cloud().sync(heartbeat({ epoch, bedsHeadSeq: 1 }));
    expect(await evidenceAt()).toBe(iso(START_MS));
  });

  test("a journal that was superseded no longer counts as its gateway's voice", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(batch([commissioned()], { epoch: "00000000000000a2" }));
    const { status, body } = await cloud().sync(heartbeat({ bedsHeadSeq: 6 }));
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "SYNC_EPOCH_SUPERSEDED" });
    expect(await evidenceAt()).toBeNull();
  });
});
