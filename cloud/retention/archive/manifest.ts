/** What stands beside each archive file, so that it can be trusted and put back without this database, or this program. */
import * as z from "zod";
import { RETENTION_CLASSES } from "../../../config/history.ts";
import { HospitalId } from "../../../contracts/wire/ids.ts";
import { ArchiveTrouble } from "./archive-trouble.ts";

export const MANIFEST_FORMAT = "hospitell-archive";
export const MANIFEST_VERSION = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const at = z.iso.datetime();

const Manifest = z.object({
  format: z.literal(MANIFEST_FORMAT),
  version: z.literal(MANIFEST_VERSION),
  databaseId: z.uuid(),
  class: z.enum(RETENTION_CLASSES),
  hospital: HospitalId,
  /** The week, exclusive of its end; a week may have several files. */
  from: at,
  to: at,
  file: z.string(),
  /** gzip: of one or more members. */
  encoding: z.literal("csv+gzip"),
  columns: z.array(z.string()),
  rows: z.int().min(1),
  bytes: z.int().min(1),
  sha256,
  /** Of the text, header included. */
  textBytes: z.int().min(1),
  textSha256: sha256,
  /** A whole number that may be too large for a JSON number. */
  seqSum: z.string().regex(/^\d+$/),
  lanes: z.array(
    z.object({
      gateway: z.string(),
      epoch: z.string(),
      lane: z.string(),
      rows: z.int().min(1),
      firstSeq: z.int(),
      lastSeq: z.int(),
    }),
  ),
});
export type Manifest = z.infer<typeof Manifest>;

const Versioned = z.object({ format: z.literal(MANIFEST_FORMAT), version: z.int() });

export const manifestBytes = (manifest: Manifest): Uint8Array =>
  Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);

export function readManifest(bytes: Uint8Array, key: string): Manifest {
  const json = parsed(bytes);
  const versioned = Versioned.safeParse(json);
  if (!versioned.success)
    throw new ArchiveTrouble(
      "damaged",
      `${key} was expected to be the manifest of an archive, but is not, or is cut short. Take it from a copy.`,
    );
  if (versioned.data.version !== MANIFEST_VERSION)
    throw new ArchiveTrouble(
      "foreign",
      `${key} has version ${versioned.data.version}; version ${MANIFEST_VERSION} is known here. Use the release that wrote it, or a newer one.`,
    );
  const manifest = Manifest.safeParse(json);
  if (manifest.success) return manifest.data;
  throw new ArchiveTrouble(
    "damaged",
    `${key} lacks what a manifest of version ${MANIFEST_VERSION} has: ${z.prettifyError(manifest.error).split("\n")[0]}. Take it from a copy.`,
  );
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

export const manifestKeyOf = (fileKey: string): string => fileKey.replace(/\.csv\.gz$/, ".json");
