import { decodeContecFrame } from "./contec/decode-contec-frame.ts";
import type { Decoded } from "./decoded.ts";
import { decodeMasimoLine } from "./masimo/decode-masimo-line.ts";
import { decodeNoninLine } from "./nonin/decode-nonin-line.ts";
import type { SerialProfile } from "./profile.ts";

/** Reads one line without its end, or one frame, as the profile's scanner took it off the stream. */
export function decodeFrame(profile: SerialProfile, frame: Uint8Array): Decoded {
  switch (profile.decoder) {
    case "masimo-ascii-1":
      return decodeMasimoLine(profile, frame);
    case "nonin-ascii":
      return decodeNoninLine(profile, frame);
    case "contec-cms50d-plus":
      return decodeContecFrame(frame);
  }
}
