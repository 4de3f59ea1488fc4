/** A bed of the north whose gateway tells and logs what it says, a gateway of the south that witnesses, and who erases. */
import { randomBytes } from "node:crypto";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { LoggedLeaf } from "../../contracts/wire/log-sync.ts";
import { LogReply } from "../../contracts/wire/log-sync.ts";
import { GatewayLog } from "../support/gateway-log.ts";
import { sendCosignature, sendLog } from "./evidence/intake-gateway.ts";
import { batch, changed, freeBed, NORTH_EPOCH, SOUTH_EPOCH, START_MS } from "./records.ts";
import type { TestCloud } from "./support.ts";

/** A leaf as a gateway logs it, with a salt that nobody guesses. */
export const leafOf = (seq: number, event: BedEvent): LoggedLeaf => ({
  kind: "bed-event",
  lane: "beds",
  firstSeq: seq as LoggedLeaf["firstSeq"],
  lastSeq: seq as LoggedLeaf["lastSeq"],
  salt: randomBytes(32).toString("base64"),
  payload: JSON.stringify(event),
});

/** When the bed said what is erased: told by nothing else. */
export const ODD_MS = START_MS - 3_599_877;
/** Of the statements below: six put the bed into service, three change its occupancy. */
export const [PRESENT_SEQ, ABSENT_SEQ, NEWEST_SEQ] = [7, 8, 9];

export function statements(): BedEvent[] {
  const at = (observedAtMs: number) => ({ observedAtMs, receivedAtMs: observedAtMs });
  return [
    ...freeBed("bed-1", at(START_MS - 7_200_000)),
    changed("occupancy", "present", at(START_MS - 5_000_000)),
    changed("occupancy", "absent", at(ODD_MS)),
    changed("occupancy", "present", at(START_MS - 1_000_000)),
  ];
}

export type ErasureWard = Awaited<ReturnType<typeof erasureWard>>;

export async function erasureWard(cloud: TestCloud) {
  const north = new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH });
  const south = new GatewayLog({ gatewayId: "gw-south", epoch: SOUTH_EPOCH });
  let erasures = 0;
  const ward = {
    north,
    /** To the board, from number `firstSeq` on. */
    async tell(events: readonly BedEvent[], firstSeq = 1, fields: object = {}) {
      return await cloud.sync(batch([...events], { firstSeq, sentAtMs: cloud.clock.now, ...fields }));
    },
    /** To the log, signed, taken in and witnessed. */
    async log(events: readonly BedEvent[], of = north): Promise<void> {
      const from = of.leaves.length;
      for (const event of events) of.leaves.push(leafOf(of.leaves.length + 1, event));
      const { status, body } = await sendLog(cloud, of.batch(from, of.leaves.length, cloud.clock.now));
      if (status !== 200) throw new Error(JSON.stringify(body));
      await ward.witness();
    },
    async witness(): Promise<void> {
      await sendLog(cloud, south.batch(0, 0, cloud.clock.now));
      while ((await cloud.logIntake.sequencer.look()) > 0);
      const { body } = await sendLog(cloud, south.batch(0, 0, cloud.clock.now));
      const { network } = LogReply.parse(body);
      if (network === null) return;
      const answer = await sendCosignature(cloud, south.cosignature(network.checkpoint, cloud.clock.now));
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    },
    async erase(body: object, { by, key }: { by?: string; key?: string } = {}) {
      erasures += 1;
      const reply = await cloud.app.inject({
        method: "POST",
        url: "/api/v1/evidence/erasures",
        headers: {
          cookie: by ?? (await cloud.signIn("hospital-admin")),
          origin: "http://beds.example",
          "idempotency-key": key ?? `erasure-${erasures}`,
        },
        payload: body,
      });
      return { status: reply.statusCode, body: reply.json() as Record<string, unknown> };
    },
    async list(cookie: string) {
      return (await cloud.get("/api/v1/evidence/erasures", cookie)).body;
    },
    async bundle(seq: number, cookie: string) {
      return await cloud.app.inject({
        url: `/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/${seq}/bundle`,
        headers: { cookie },
      });
    },
  };
  await ward.tell(statements());
  return ward;
}

/** What the bed said under the number. */
export const statement = (seq: number) => ({
  bedId: "bed-1",
  epoch: NORTH_EPOCH,
  seq,
  reason: "The patient asked for it.",
});
