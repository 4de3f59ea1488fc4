/** A line that bytes go over, both ways: a port of this machine, or a serial device server behind tcp://host:port. */
export type ByteLine = {
  /** What comes before somebody listens waits. One listener; the next one takes its place. */
  listen(onBytes: (bytes: Uint8Array) => void): void;
  /** Bytes that cannot be sent any more are lost; that the line is closed is said by `closed`. */
  write(bytes: Uint8Array): void;
  /** Settles once, when the line can carry nothing more, with the reason in words. */
  readonly closed: Promise<string>;
  close(): Promise<void>;
};

/** The line could not be opened; the message says why, and what to do where that is known. */
export class LineError extends Error {
  override readonly name = "LineError";
}

/** Neither a host that does not answer nor a port that hangs is waited for longer than this. */
export const OPEN_TIMEOUT_MS = 3_000;
