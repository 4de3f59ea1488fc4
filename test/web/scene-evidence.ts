/** What the cloud tells of its evidence, for a bed of the scene and for the whole network. */
import { encodeBundle } from "../../contracts/log/bundle.ts";
import type { BedView } from "../../contracts/wire/board.ts";
import { BedEvidence, EvidenceHealth, EvidencePolicy } from "../../contracts/wire/evidence.ts";
import { CONTRACT, evidenceWorld } from "../support/evidence-world.ts";
import { at, MIN } from "./a-bed.ts";

const SECOND = 1_000;
const EPOCH = "00000000deadbeef";
const hash = (digit: string) => `0x${digit.repeat(64)}`;
const key = (n: number) => Buffer.alloc(32, n).toString("base64");

type Far = "said" | "logged" | "witnessed" | "anchored";

/** The newest is not logged yet, the next not witnessed, the next not anchored; the others are all three. */
export function sceneEvidence(bed: BedView, changed: Partial<BedEvidence> = {}): BedEvidence {
  const other = bed.hospitalId === "north" ? "south" : "north";
  const said = (seq: number, agoMs: number, kind: string, to: string | null, far: Far, state = "kept") => {
    const logged = far !== "said";
    const witnessed = far === "witnessed" || far === "anchored";
    const path = `/api/v1/beds/${bed.bedId}/evidence/${EPOCH}/${seq}/bundle`;
    return {
      epoch: EPOCH,
      lane: "beds",
      seq,
      kind,
      to,
      observedAt: at(agoMs),
      logged: logged
        ? {
            origin: `hospitell/gateway/${bed.gatewayId}/${EPOCH}`,
            index: 1_200 + seq,
            signedAt: at(agoMs - SECOND),
          }
        : null,
      witnessed: witnessed
        ? {
            size: 4_000 + seq,
            at: at(agoMs - 4 * SECOND),
            witnesses: [
              {
                gatewayId: `${other}-gateway`,
                hospitalId: other,
                hospitalName: other === "north" ? "Northside General" : "Southbank Hospital",
              },
            ],
          }
        : null,
      anchored:
        far === "anchored"
          ? {
              chainId: 31_337,
              contract: CONTRACT,
              blockNumber: 12_345,
              blockAt: at(agoMs - 9 * MIN),
              blockHash: hash("b"),
              transactionHash: hash("c"),
            }
          : null,
      state,
      bundle: witnessed ? path : null,
    };
  };
  const { occupancy, readiness, service } = bed.axes;
  return BedEvidence.parse({
    bedId: bed.bedId,
    witnessesMin: 1,
    isAnchoring: true,
    statements: [
      said(93, 6 * SECOND, "service-changed", service.value, "said"),
      said(92, 9 * SECOND, "infection-changed", bed.axes.infection.value, "logged"),
      said(90, 4 * MIN, "readiness-changed", readiness.value, "witnessed"),
      said(88, 118 * MIN, "occupancy-changed", occupancy.value, "anchored"),
      said(87, 118.5 * MIN, "occupancy-settling", "absent", "anchored"),
      said(12, 31 * 60 * MIN, "occupancy-changed", null, "anchored", "erased"),
      said(1, 50 * 60 * MIN, "bed-commissioned", null, "anchored"),
    ],
    asOf: at(0),
    ...changed,
  });
}

/** One statement of which log and board say different things. */
export function differingEvidence(bed: BedView): BedEvidence {
  const evidence = sceneEvidence(bed);
  return {
    ...evidence,
    statements: evidence.statements.map((one) => (one.seq === 88 ? { ...one, state: "differs" } : one)),
  };
}

/** A network whose logs are made in the test, and a bundle of it with its anchor. */
const world = evidenceWorld({ seed: 7 });
export const aPolicyOfTheCloud = (): EvidencePolicy => EvidencePolicy.parse(world.policy);
export const aBundle = (count = 40): Uint8Array => encodeBundle(world.bundleAt(count));

const gateway = (hospital: string, n: number, more: object = {}) => ({
  gatewayId: `${hospital}-gateway`,
  hospitalId: hospital,
  origin: `hospitell/gateway/${hospital}-gateway/${EPOCH}`,
  size: 128_400 + n,
  signedAt: at(2 * SECOND),
  heardAt: at(SECOND),
  publicKey: key(n),
  keyState: "in-force",
  cosignedSize: 4_093 - n,
  cosignedAt: at(3 * SECOND),
  halted: null,
  ...more,
});

/** All well in the north and the south; the east is new, and the west signed two histories. */
export function anEvidenceHealth(changed: Partial<EvidenceHealth> = {}): EvidenceHealth {
  return EvidenceHealth.parse({
    asOf: at(0),
    network: {
      origin: "hospitell/network/00112233aabbccdd",
      publicKey: key(1),
      size: 4_095,
      signedAt: at(SECOND),
      witnessedSize: 4_093,
      witnessedAt: at(3 * SECOND),
      witnessesMin: 1,
    },
    gateways: [
      gateway("north", 2),
      gateway("south", 3),
      gateway("east", 4, {
        origin: null,
        size: 0,
        signedAt: null,
        heardAt: null,
        publicKey: null,
        keyState: "none",
        cosignedSize: 0,
        cosignedAt: null,
      }),
      gateway("west", 5, {
        keyState: "revoked",
        heardAt: at(3 * 60 * MIN),
        signedAt: at(3 * 60 * MIN),
        cosignedSize: 3_100,
        cosignedAt: at(3 * 60 * MIN),
        halted: "It signed two different roots of size 128300.",
      }),
    ],
    anchor: {
      chainId: 31_337,
      contract: CONTRACT,
      anchoredSize: 4_010,
      anchoredAt: at(7 * MIN),
      blockNumber: 12_345,
      state: "sent",
      lastError: null,
      anchorsCount: 312,
      gasSpent: "11887200",
      lastGas: 38_100,
    },
    alarms: [
      {
        alarmId: "3",
        at: at(3 * 60 * MIN),
        kind: "gateway-fork",
        gatewayId: "west-gateway",
        detail: "Size 128300: the root was q1I3…, now it is 8sPz….",
      },
      {
        alarmId: "2",
        at: at(26 * 60 * MIN),
        kind: "record-differs",
        gatewayId: "north-gateway",
        detail: "Lane beds, number 4711: the board’s record does not make the log’s commitment.",
      },
    ],
    ...changed,
  });
}
