/** Did this request come from our own pages? The second wall behind SameSite cookies. Pure. */

export type OriginCheck = {
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Where people reach the service if something stands before it and rewrites Host. */
  readonly publicUrl: string | undefined;
};

export function isOwnOrigin({ origin, host, publicUrl }: OriginCheck): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const from = new URL(origin);
  if (host !== undefined && from.host === host) return true;
  return publicUrl !== undefined && from.origin === new URL(publicUrl).origin;
}
