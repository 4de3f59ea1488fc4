/** What a batch of a gateway's log may be; its shape is in log-sync.ts. */
export const LOG_BATCH_VERSION = 1;
/** Leaves in one batch; a longer backlog takes more batches. */
export const LOG_BATCH_LEAVES_MAX = 1_000;
/** No event of a gateway is longer; a longer one is parked by the cloud, and is in the log by its digest. */
export const LEAF_PAYLOAD_BYTES_MAX = 65_536;
