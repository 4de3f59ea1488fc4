/**
 * COPY … FROM STDIN through a connection of the driver, which knows its messages and has no call for it. The rows are sent
 * as they are, in the format that the statement names. What stands before and behind it in the same text, a transaction's
 * begin and end, is done at once; where something before it fails, the rows go nowhere.
 */
import type pg from "pg";

type CopyConnection = pg.Connection & {
  query(text: string): void;
  endCopyFrom(): void;
};

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;

/** What the driver calls of a query that it does not know the kind of. */
class CopyIn implements pg.Submittable {
  readonly #text: string;
  readonly #chunks: readonly Uint8Array[];
  readonly #ended: (error: Error | null) => void;

  constructor(text: string, chunks: readonly Uint8Array[], ended: (error: Error | null) => void) {
    this.#text = text;
    this.#chunks = chunks;
    this.#ended = ended;
  }

  /** Rows go right behind the statement; where it fails the server drops them, as its protocol says. */
  submit(connection: pg.Connection): void {
    const copying = connection as CopyConnection;
    copying.stream.cork();
    copying.query(this.#text);
    // As one message, and as they are: the driver's own call would copy each chunk once more.
    copying.stream.write(copyDataHead(this.#chunks));
    for (const chunk of this.#chunks) copying.stream.write(chunk);
    copying.endCopyFrom();
    copying.stream.uncork();
  }

  handleCopyInResponse(): void {}

  /** Of statements before it in the same text nothing is wanted but that they did not fail. */
  handleRowDescription(): void {}

  handleDataRow(): void {}

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#ended(null);
  }

  handleError(error: Error): void {
    this.#ended(error);
  }
}

/** CopyData: its type, then how long it is, itself included and its type not. */
function copyDataHead(chunks: readonly Uint8Array[]): Uint8Array {
  const rowBytes = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const head = Buffer.alloc(TYPE_BYTES + LENGTH_BYTES, "d");
  head.writeInt32BE(LENGTH_BYTES + rowBytes, TYPE_BYTES);
  return head;
}

export function copyIn(client: pg.ClientBase, text: string, chunks: readonly Uint8Array[]): Promise<void> {
  return new Promise((done, failed) => {
    client.query(new CopyIn(text, chunks, (error) => (error === null ? done() : failed(error))));
  });
}
