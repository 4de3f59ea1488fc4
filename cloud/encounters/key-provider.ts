/**
 * Keeps the keys that everything else is sealed under, and never hands them out: it takes a data key and gives it back
 * wrapped. A file on this machine is one (key-file.ts); a key service of a cloud or a security module is another.
 */
export type WrappedKey = {
  /** Which of the provider's keys it is wrapped under; a rotation leaves it as it is. */
  readonly keyId: string;
  readonly wrapped: Uint8Array;
};

export type KeyProvider = {
  /** Under the newest key. */
  wrap(dataKey: Uint8Array): Promise<WrappedKey>;
  /** Throws KeyMissingError for a key that it does not have, SealBrokenError for what was not wrapped by it. */
  unwrap(key: WrappedKey): Promise<Uint8Array>;
};

/** Only the id is told. */
export class KeyMissingError extends Error {
  override readonly name = "KeyMissingError";
}
