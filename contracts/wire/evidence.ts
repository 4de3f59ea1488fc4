/** What the cloud tells of its evidence: how far a bed's statements are logged, witnessed and anchored, and how the logs are. */
import * as z from "zod";
import { At } from "./board.ts";
import { BedId, Epoch, GatewayId, HospitalId, Lane, Seq } from "./ids.ts";

const TreeSize = z.int().nonnegative();

export const Logged = z.object({
  /** The gateway log's origin, and the place in it. */
  origin: z.string(),
  index: TreeSize,
  /** When the gateway signed a checkpoint that covers it, on its own clock; null: not yet. */
  signedAt: At.nullable(),
});
export const Witnessed = z.object({
  /** Size of the network's log at the checkpoint that covers it and that enough witnesses cosigned. */
  size: TreeSize,
  at: At,
  witnesses: z.array(
    z.object({
      gatewayId: GatewayId,
      hospitalId: HospitalId.nullable(),
      hospitalName: z.string().nullable(),
    }),
  ),
});
export const Anchored = z.object({
  chainId: z.int().positive(),
  contract: z.string(),
  blockNumber: z.int().nonnegative(),
  blockAt: At,
  blockHash: z.string(),
  transactionHash: z.string(),
});

/** One thing that was said of a bed, newest first in lists. `differs`: the log holds another record under this number than the board. */
export const BedStatement = z.object({
  epoch: Epoch,
  lane: Lane,
  seq: Seq,
  kind: z.string(),
  /** Of the axis that changed; null where it was no axis. */
  to: z.string().nullable(),
  observedAt: At,
  logged: Logged.nullable(),
  witnessed: Witnessed.nullable(),
  anchored: Anchored.nullable(),
  state: z.enum(["kept", "erased", "differs"]),
  /** Where its bundle is fetched, `?format=car` for the other form; null: not witnessed yet. */
  bundle: z.string().nullable(),
});
export type BedStatement = z.infer<typeof BedStatement>;

export const BedEvidence = z.object({
  bedId: BedId,
  /** Witnesses that a network checkpoint needs, and whether roots are put on a chain at all. */
  witnessesMin: z.int().nonnegative(),
  isAnchoring: z.boolean(),
  statements: z.array(BedStatement).max(100),
  asOf: At,
});
export type BedEvidence = z.infer<typeof BedEvidence>;

export const EvidenceAlarm = z.object({
  alarmId: z.string(),
  at: At,
  /** `gateway-fork`: a gateway signed two histories. `record-differs`: board and log disagree. `witness-refused`: a gateway refuses to cosign. */
  kind: z.enum(["gateway-fork", "record-differs", "witness-refused"]),
  gatewayId: GatewayId.nullable(),
  detail: z.string(),
});

export const EvidenceHealth = z.object({
  asOf: At,
  network: z.object({
    origin: z.string(),
    publicKey: z.string(),
    size: TreeSize,
    signedAt: At.nullable(),
    witnessedSize: TreeSize,
    witnessedAt: At.nullable(),
    witnessesMin: z.int().nonnegative(),
  }),
  gateways: z.array(
    z.object({
      gatewayId: GatewayId,
      hospitalId: HospitalId,
      origin: z.string().nullable(),
      size: TreeSize,
      signedAt: At.nullable(),
      heardAt: At.nullable(),
      publicKey: z.string().nullable(),
      keyState: z.enum(["none", "in-force", "revoked"]),
      cosignedSize: TreeSize,
      cosignedAt: At.nullable(),
      /** Why nothing more is taken of this log; null: it is taken. */
      halted: z.string().nullable(),
    }),
  ),
  anchor: z
    .object({
      chainId: z.int().positive(),
      contract: z.string(),
      anchoredSize: TreeSize,
      anchoredAt: At.nullable(),
      blockNumber: z.int().nonnegative().nullable(),
      state: z.enum(["idle", "queued", "signed", "sent", "mined", "safe", "unreachable", "refused"]),
      lastError: z.string().nullable(),
      anchorsCount: z.int().nonnegative(),
      gasSpent: z.string(),
      lastGas: z.int().nonnegative().nullable(),
    })
    .nullable(),
  alarms: z.array(EvidenceAlarm).max(100),
});
export type EvidenceHealth = z.infer<typeof EvidenceHealth>;

/** What a reader trusts when checking a bundle; see docs/evidence.md. */
export const EvidencePolicy = z.object({
  network: z.object({ name: z.string(), publicKey: z.string() }),
  witnesses: z.array(z.object({ name: z.string(), publicKey: z.string() })),
  witnessesMin: z.int().nonnegative(),
  anchors: z.array(z.object({ chainId: z.int().positive(), contract: z.string() })),
  anchorRequired: z.boolean(),
});
export type EvidencePolicy = z.infer<typeof EvidencePolicy>;
