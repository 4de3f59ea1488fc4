/**
 * All plain sockets are read into the same bytes, one after the other. Node would else make a buffer of 64 KiB for each
 * read, cut it to what came, and leave it to the garbage collection: for a message of a hundred bytes that costs more than
 * to understand it.
 */
import { Socket } from "node:net";

const INBOX_BYTES = 64 * 1024;

const inbox = Buffer.alloc(INBOX_BYTES);

/** Messages are alike: the same few lengths, cut at the same few places. A view of them is made once and used again. */
const VIEWS_MAX = 4_096;
const views = new Map<number, Buffer>();

function viewOf(start: number, end: number): Buffer {
  const key = start * (INBOX_BYTES + 1) + end;
  const known = views.get(key);
  if (known !== undefined) return known;
  if (views.size === VIEWS_MAX) views.clear();
  const view = inbox.subarray(start, end);
  views.set(key, view);
  return view;
}

/** `bytes.subarray(start, end)`, of a chunk that a stream's `data` brought. */
export function partOf(bytes: Buffer, start: number, end: number): Buffer {
  return bytes === views.get(bytes.length) ? viewOf(start, end) : bytes.subarray(start, end);
}

/** What Node has for it (`onread`) is told to a socket when it is made, and a server makes its sockets without it. */
type Handled = { _handle: object | null };

/**
 * The same connection as a socket that reads into the inbox. Its `data` is good until the listener returns. The socket
 * itself comes back where this Node keeps its handle elsewhere.
 */
export function intoOneInbox(accepted: Socket): Socket {
  const from = accepted as unknown as Handled;
  const handle = from._handle;
  if (handle === null || handle === undefined) return accepted;
  from._handle = null;
  const hear = (bytes: number) => socket.emit("data", viewOf(0, bytes));
  const { readableHighWaterMark, writableHighWaterMark } = accepted;
  const onread = { buffer: inbox, callback: hear };
  const options: object = { handle, onread, readableHighWaterMark, writableHighWaterMark };
  const socket = new Socket(options);
  // The server counts the one that it made.
  socket.once("close", () => accepted.destroy());
  return socket;
}
