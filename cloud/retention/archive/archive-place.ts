/** Where archives lie. Files are small enough to be in memory whole: FILE_BYTES_MAX in archive-file.ts. */

export interface ArchivePlace {
  /** For people, without a secret. */
  readonly name: string;
  /** Resolves once it is safely there. The same key again replaces it. Rejects with ArchiveTrouble. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Rejects with ArchiveTrouble; `missing` where there is none. */
  get(key: string): Promise<Uint8Array>;
  /** Also where there is none. */
  remove(key: string): Promise<void>;
}
