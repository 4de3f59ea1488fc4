/**
 * How many bytes of a WebSocket message that is not whole yet have come. The WebSocket puts a message together before it
 * hands it on, so those bytes are held where nobody else sees them. Only lengths are read here; whether the bytes keep to
 * the protocol (RFC 6455, 5.2) is the WebSocket's to find.
 *
 *   frame = fin, opcode (1 byte) │ masked, length (1 byte) │ longer length (0, 2 or 8) │ mask (4 if masked) │ payload
 */
const FIN = 0x80;
const MASKED = 0x80;
/** Opcodes from here on are control frames, which may come between the pieces of a message. */
const CONTROL = 8;
const MASK_BYTES = 4;

export class WebSocketPieces {
  /** Of the message that is not whole, its frames' heads included; 0: none has begun. */
  heldBytes = 0;
  readonly #head: number[] = [];
  /** Of the frame that has begun, once its head is whole. */
  #payloadLeft = 0;
  #endsMessage = false;

  give(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= taken;
        at += taken;
        this.heldBytes += taken;
      } else {
        this.#head.push(chunk[at] as number);
        at += 1;
        this.heldBytes += 1;
        const payload = payloadBytes(this.#head);
        if (payload === null) continue;
        this.#payloadLeft = payload;
        const first = this.#head[0] as number;
        this.#endsMessage = (first & 0x0f) < CONTROL && (first & FIN) !== 0;
        this.#head.length = 0;
      }
      if (this.#payloadLeft === 0 && this.#endsMessage) {
        this.heldBytes = 0;
        this.#endsMessage = false;
      }
    }
  }
}

/** Null: the head is not whole. */
function payloadBytes(head: readonly number[]): number | null {
  const second = head[1];
  if (second === undefined) return null;
  const short = second & 0x7f;
  const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
  const maskBytes = (second & MASKED) === 0 ? 0 : MASK_BYTES;
  if (head.length < 2 + lengthBytes + maskBytes) return null;
  if (lengthBytes === 0) return short;
  return head.slice(2, 2 + lengthBytes).reduce((length, byte) => length * 256 + byte, 0);
}
