import { scanContecFrame } from "./contec/scan-contec-frame.ts";
import type { UnreadableReason } from "./decoded.ts";
import { scanLine } from "./lines/scan-line.ts";
import type { SerialProfile } from "./profile.ts";

/**
 * One line or frame off the front of a stream, whatever protocol the device speaks. `rest` is what to scan next, with what
 * comes; it never grows beyond one frame that is still open. After a bad frame the scanner moves on only so far that a real
 * one inside it is found.
 */
export type SerialScan =
  | { readonly kind: "frame"; readonly frame: Uint8Array; readonly rest: Uint8Array }
  | {
      readonly kind: "corrupt";
      readonly reason: UnreadableReason;
      readonly detail: string;
      readonly rest: Uint8Array;
    }
  | { readonly kind: "need-more"; readonly rest: Uint8Array };

export function scanSerial(profile: SerialProfile, bytes: Uint8Array): SerialScan {
  if (profile.protocol === "frames") return scanContecFrame(bytes);
  const scan = scanLine(bytes, profile.lineBytesMax);
  switch (scan.kind) {
    case "line":
      return { kind: "frame", frame: scan.line, rest: scan.rest };
    case "too-long":
      return {
        kind: "corrupt",
        reason: "line-too-long",
        detail: `expected a line of at most ${profile.lineBytesMax} bytes, dropped a longer one up to the next line end`,
        rest: scan.rest,
      };
    case "need-more":
      return scan;
  }
}
