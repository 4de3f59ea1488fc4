/**
 * Whether an error says that there is no room: on the disk, or in the quota of whoever runs the gateway, which is a full
 * disk to them.
 */
import { rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";

/** Negative, as in errors of Node's, whose code for it is no more than "UNKNOWN". */
const QUOTA_ERRNO = -constants.errno.EDQUOT;
/** More than what SQLite writes in one go. */
const PROBE_BYTES = 64 * 1024;

/** `file`: the journal's, or another one beside it. */
export function isFull(error: unknown, file: string): boolean {
  return saysNoRoom(error) || (codeOf(error) === "SQLITE_IOERR_WRITE" && isQuotaUsedUp(file));
}

const codeOf = (error: unknown) => (error as { code?: unknown } | null | undefined)?.code;

function saysNoRoom(error: unknown): boolean {
  const code = codeOf(error);
  if (code === "SQLITE_FULL" || code === "ENOSPC") return true;
  return (error as { errno?: unknown } | null | undefined)?.errno === QUOTA_ERRNO;
}

/** SQLite says of a quota that is used up no more than that a write failed; the system says it of the next write, too. */
function isQuotaUsedUp(file: string): boolean {
  if (file === ":memory:") return false;
  const probe = `${file}.probe`;
  try {
    writeFileSync(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
    return false;
  } catch (error) {
    return saysNoRoom(error);
  } finally {
    rmSync(probe, { force: true });
  }
}
