/** The bytes of a batch as they came, made into a batch: unpacked within bounds, decoded, and its sender's own. */
import { gunzip } from "node:zlib";
import { decodeSyncBatch, type RawBatch } from "../../contracts/wire/sync-codec.ts";
import type { GatewayCaller } from "../access/scope.ts";
import { CloudError } from "../http/problem.ts";
import { errorCode } from "../start-error.ts";

/** Of a batch or heartbeat, as sent and as decompressed. */
export const SYNC_BODY_BYTES_MAX = 16 * 1024 * 1024;

export type BatchBody = { readonly bytes: Uint8Array; readonly isGzip: boolean };

export async function readBatch({ bytes, isGzip }: BatchBody, gateway: GatewayCaller): Promise<RawBatch> {
  const decoded = decodeSyncBatch(isGzip ? await unzipped(bytes) : bytes);
  if ("error" in decoded) throw new CloudError("SYNC_UNREADABLE", decoded.error);
  if (decoded.batch.gatewayId !== gateway.gatewayId) throw foreignGateway();
  return decoded.batch;
}

export const foreignGateway = () =>
  new CloudError("SYNC_FOREIGN_GATEWAY", "gatewayId is not the one that the key was made for.");

/** Beside the event loop: other batches are decoded meanwhile. */
function unzipped(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: SYNC_BODY_BYTES_MAX }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else if (errorCode(error) === "ERR_BUFFER_TOO_LARGE")
        reject(new CloudError("BODY_TOO_LARGE", `A batch unfolds to ${SYNC_BODY_BYTES_MAX} bytes at most.`));
      else reject(new CloudError("BODY_UNREADABLE", "The body says that it is gzip, and is not."));
    });
  });
}
