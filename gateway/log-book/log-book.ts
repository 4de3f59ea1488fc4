/** The gateway's log on its way outward, and the gateway as a witness of the network's. */
import { toBase64 } from "../../contracts/log/bytes.ts";
import type { LogStatus } from "../../contracts/wire/gateway-status.ts";
import type { BootId, GatewayId } from "../../contracts/wire/ids.ts";
import { signerOf } from "../journal/log/checkpoints.ts";
import type { JournalLog, LogKey } from "../journal/log-port.ts";
import type { Log } from "../log.ts";
import type { Clock } from "../moment.ts";
import { LogSync, type LogSyncParts } from "../sync/log-sync.ts";
import { rotationOf, rotationStored } from "./key-rotation-file.ts";
import { Witness } from "./witness.ts";

/** What a gateway's log needs beside its journal. */
export type LogBookFiles = {
  readonly key: LogKey;
  /** The gateway's data directory. */
  readonly directory: string;
  /** Of the network's log; null: the first that the cloud shows. */
  readonly networkKey: Uint8Array | null;
};

type Parts = LogBookFiles &
  Pick<LogSyncParts, "uplink" | "link" | "afterBeds" | "random" | "pause"> & {
    readonly gatewayId: GatewayId;
    readonly bootId: BootId;
    readonly journalLog: JournalLog;
    readonly clock: Clock;
    readonly log: Pick<Log, "error">;
  };

export class OutwardLog {
  readonly #parts: Parts;
  readonly #witness: Witness;
  readonly #sync: LogSync;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { gatewayId, key, directory, journalLog, log } = parts;
    this.#witness = new Witness({
      ...parts,
      signer: signerOf(gatewayId, key),
      onRefused: (reason) => log.error({ reason }, "as a witness this gateway cosigns nothing more"),
    });
    this.#sync = new LogSync({
      ...parts,
      log: journalLog,
      publicKey: toBase64(key.publicKey),
      witness: this.#witness,
      rotation: rotationOf(directory, key),
      onRotationStored: () => rotationStored(directory),
      onHalted: (reason) => log.error({ reason }, "the cloud does not take this gateway's log"),
    });
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#sync.run(signal);
  }

  status(): LogStatus {
    const { size, storedSize, checkpoint } = this.#parts.journalLog.facts;
    const witness = this.#witness.state;
    return {
      size,
      storedSize,
      checkpointSize: checkpoint?.size ?? 0,
      checkpointAt: at(checkpoint?.signedAtMs ?? null),
      trouble: this.#sync.trouble,
      isHalted: this.#sync.isOver,
      witnessedSize: witness.size,
      witnessedAt: at(witness.cosignedAtMs),
      witnessRefused: witness.refused,
      witnessTrouble: witness.trouble,
    };
  }
}

const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
