/** What a transaction offers to pay (EIP-1559), in wei for a unit of gas. Pure. */

export type Fees = { readonly maxFeeWei: bigint; readonly tipWei: bigint };
/** Of the newest block, and what the node advises. */
export type Market = { readonly baseFeeWei: bigint; readonly tipWei: bigint };

/** The base fee may double, six full blocks long, before a transaction waits for it. */
const BASE_FEE_ROOM = 2n;

/** Null where not even the next block's price lies below the cap. */
export function feesFor({ baseFeeWei, tipWei }: Market, capWei: bigint): Fees | null {
  if (baseFeeWei + tipWei > capWei) return null;
  return { maxFeeWei: smaller(BASE_FEE_ROOM * baseFeeWei + tipWei, capWei), tipWei };
}

/**
 * For the same nonce again: both parts at least an eighth higher, as nodes ask for before they let the one replace the
 * other. Null where the cap leaves no room for that.
 */
export function bumpedFees(before: Fees, market: Market, capWei: bigint): Fees | null {
  const least = { maxFeeWei: eighthMore(before.maxFeeWei), tipWei: eighthMore(before.tipWei) };
  if (least.maxFeeWei > capWei) return null;
  const tipWei = larger(least.tipWei, market.tipWei);
  const wanted = larger(least.maxFeeWei, BASE_FEE_ROOM * market.baseFeeWei + tipWei);
  const maxFeeWei = smaller(wanted, capWei);
  return { maxFeeWei, tipWei: smaller(tipWei, maxFeeWei) };
}

/** Always dearer, also than nothing: the same transaction again would not replace itself. */
const eighthMore = (wei: bigint) => larger((wei * 9n + 7n) / 8n, wei + 1n);
const smaller = (one: bigint, other: bigint) => (one < other ? one : other);
const larger = (one: bigint, other: bigint) => (one > other ? one : other);
