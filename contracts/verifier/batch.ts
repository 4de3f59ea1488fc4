/** Many bundles in one file: a line of {"bundle": base64} each, for whoever checks thousands. */
import * as z from "zod";
import { fromBase64 } from "../log/bytes.ts";

const Line = z.strictObject({ bundle: z.string() });

/** Null where a line is no such line. An empty last line is none. */
export function bundlesOfBatch(text: string): (Uint8Array | null)[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map(bundleOf);
}

function bundleOf(line: string): Uint8Array | null {
  try {
    return fromBase64(Line.parse(JSON.parse(line)).bundle);
  } catch {
    return null;
  }
}
