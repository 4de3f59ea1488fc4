/** Strict: bytes that are no UTF-8 are no text. A mark of the byte order at the beginning is passed over. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The value that UTF-8 bytes write as JSON; undefined where they do not. */
export function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    return undefined;
  }
}
