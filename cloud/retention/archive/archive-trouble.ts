/** Why an archive cannot be written or read just now. The message says what was expected, what came and what to do. */

/**
 * unreachable: no answer, or half of one · refused: somebody has to change something · full: no room · missing: it is
 * not there · damaged: it is not what was written · foreign: of another database, or of a version not known here
 */
export const ARCHIVE_TROUBLES = ["unreachable", "refused", "full", "missing", "damaged", "foreign"] as const;
export type ArchiveTroubleKind = (typeof ARCHIVE_TROUBLES)[number];

export class ArchiveTrouble extends Error {
  override readonly name = "ArchiveTrouble";
  readonly kind: ArchiveTroubleKind;

  constructor(kind: ArchiveTroubleKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
