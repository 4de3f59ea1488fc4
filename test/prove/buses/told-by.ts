/**
 * What a register of the proof's units holds, so that each value tells where it comes from and when it was made:
 * of every pair, the even address holds the time in hundredths of a second, the odd one unit and address.
 */
export const BLOCKS = [0, 40] as const;

export function wordAt(unit: number, address: number, nowMs: number): number {
  return address % 2 === 0 ? Math.floor(nowMs / 10) & 0xffff : (unit << 8) | (address & 0xff);
}

/** What a reply holds that must not be taken any more: it is long past. */
export const LONG_PAST_MS = 60_000;

/** How old the value of an even address is; up to eleven minutes it is told apart. */
export const ageMsOf = (word: number, nowMs: number): number =>
  (((Math.floor(nowMs / 10) & 0xffff) - word + 0x10000) & 0xffff) * 10;
