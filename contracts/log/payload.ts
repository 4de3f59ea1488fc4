/** What a leaf commits to, as a reader takes it: JSON of an object, nested so shallow that every parser gets to its end. */
import { textOf } from "./verify-cache.ts";

export type Payload = Readonly<Record<string, unknown>>;

/** Lists and objects in one another, the payload itself among them: as many as the way to the cloud takes. */
export const PAYLOAD_NESTED_MAX = 16;

/** Null where it is not. */
export function readPayload(bytes: Uint8Array): Payload | null {
  const text = textOf(bytes);
  // Counted in the text and not in what it means: of a key that stands there twice, a parser tells only the last value.
  if (text === null || nesting(text) > PAYLOAD_NESTED_MAX) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Payload) : null;
  } catch {
    return null;
  }
}

/** Brackets inside of texts do not count. Of what is not JSON any number. */
function nesting(json: string): number {
  let [open, most, isText] = [0, 0, false];
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') isText = !isText;
    else if (isText && character === "\\") at += 1;
    else if (isText) continue;
    else if (character === "[" || character === "{") most = Math.max(most, ++open);
    else if (character === "]" || character === "}") open -= 1;
  }
  return most;
}
