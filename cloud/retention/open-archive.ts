/** The archive that is configured. Keys come by environment alone. */
import { resolve } from "node:path";
import type { Archive } from "../../config/history.ts";
import { StartError } from "../start-error.ts";
import type { ArchivePlace } from "./archive/archive-place.ts";
import { directoryPlace } from "./archive/directory-place.ts";
import { s3Place } from "./archive/s3-place.ts";

export type ArchiveEnvironment = Readonly<Record<string, string | undefined>>;

/** `base`: what a folder is relative to. */
export function openArchive(
  archive: Archive | undefined,
  base: string,
  environment: ArchiveEnvironment,
): ArchivePlace | null {
  if (archive === undefined) return null;
  if ("directory" in archive) return directoryPlace(resolve(base, archive.directory));
  const accessKeyId = environment.ARCHIVE_S3_ACCESS_KEY_ID || undefined;
  const secretAccessKey = environment.ARCHIVE_S3_SECRET_ACCESS_KEY || undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new StartError(
      "archive.s3 was to have its keys in ARCHIVE_S3_ACCESS_KEY_ID and ARCHIVE_S3_SECRET_ACCESS_KEY, but one is not set. Set both in the environment.",
    );
  return s3Place(archive.s3, { accessKeyId, secretAccessKey });
}
