/** The bytes of a batch as they came, made into a batch: unpacked within bounds, decoded, and its sender's own. */
import { gunzip, gunzipSync } from "node:zlib";
import type { SeenItems } from "../../contracts/wire/seen-items.ts";
import { decodeSyncBatch, type RawBatch } from "../../contracts/wire/sync-codec.ts";
import type { GatewayCaller } from "../access/scope.ts";
import { CloudError } from "../http/problem.ts";
import { errorCode } from "../start-error.ts";

/** Of a batch or heartbeat, as sent and as decompressed. */
export const SYNC_BODY_BYTES_MAX = 16 * 1024 * 1024;

export type BatchBody = { readonly bytes: Uint8Array; readonly isGzip: boolean };

export async function readBatch(
  { bytes, isGzip }: BatchBody,
  gateway: GatewayCaller,
  seenSeries: SeenItems,
): Promise<RawBatch> {
  const decoded = decodeSyncBatch(isGzip ? await unzipped(bytes) : bytes, seenSeries);
  if ("error" in decoded) throw new CloudError("SYNC_UNREADABLE", decoded.error);
  if (decoded.batch.gatewayId !== gateway.gatewayId) throw foreignGateway();
  return decoded.batch;
}

export const foreignGateway = () =>
  new CloudError("SYNC_FOREIGN_GATEWAY", "gatewayId is not the one that the key was made for.");

/** Up to here it takes less time to unpack than to hand over; a batch of ours is a tenth of it. */
const UNPACKED_AT_ONCE_BYTES_MAX = 64 * 1024;

/** What is larger, beside the event loop: others are served meanwhile. */
function unzipped(bytes: Uint8Array): Promise<Uint8Array> {
  const options = { maxOutputLength: SYNC_BODY_BYTES_MAX };
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) =>
      reject(
        errorCode(error) === "ERR_BUFFER_TOO_LARGE"
          ? new CloudError("BODY_TOO_LARGE", `A batch unfolds to ${SYNC_BODY_BYTES_MAX} bytes at most.`)
          : new CloudError("BODY_UNREADABLE", "The body says that it is gzip, and is not."),
      );
    if (bytes.byteLength > UNPACKED_AT_ONCE_BYTES_MAX)
      gunzip(bytes, options, (error, unpacked) => (error === null ? resolve(unpacked) : refuse(error)));
    else
      try {
        resolve(gunzipSync(bytes, options));
      } catch (error) {
        refuse(error);
      }
  });
}
