/** Puts the registers of a model into as few requests as it allows. */
import type { RegisterRange } from "../../../devices/modbus/decode-registers.ts";
import { readsBits } from "../../../devices/modbus/read-request.ts";
import { wordsOf } from "../../../devices/modbus/register-number.ts";
import type { ModbusProfile, RegisterField } from "../../../devices/profile.ts";

/** Modbus application protocol 1.1b3, 6.1 to 6.4. */
const REGISTERS_MAX = 125;
const BITS_MAX = 2_000;
/** Registers nobody wants are read along up to this many: two bytes each cost less than a request of their own. */
const REGISTER_GAP_MAX = 8;
const BIT_GAP_MAX = 64;

/** From the first register of a value to the one after its last. */
type Span = { readonly from: number; readonly to: number };

/** A value of 32 bits is never split: its halves would be of two moments. */
export function readPlan(profile: ModbusProfile): readonly RegisterRange[] {
  const byFunction = Map.groupBy(profile.fields, ({ functionCode }) => functionCode);
  return [...byFunction].flatMap(([functionCode, fields]) => {
    const bits = readsBits(functionCode);
    const countMax = bits
      ? BITS_MAX
      : Math.min(REGISTERS_MAX, profile.registersPerRequestMax ?? REGISTERS_MAX);
    const gapMax = bits ? BIT_GAP_MAX : REGISTER_GAP_MAX;
    const runs: Span[] = [];
    for (const { from, to } of spansOf(fields)) {
      const last = runs.at(-1);
      const end = Math.max(to, last?.to ?? 0);
      if (last !== undefined && from - last.to <= gapMax && end - last.from <= countMax)
        runs[runs.length - 1] = { from: last.from, to: end };
      else runs.push({ from, to });
    }
    return runs.map((run) => rangeOf(functionCode, run));
  });
}

/**
 * A unit refused these registers as a whole; some cannot be read across a hole. The two requests to ask instead, parted
 * at the widest gap or else nearest the middle; null where one value stands alone.
 */
export function partRange(
  profile: ModbusProfile,
  refused: RegisterRange,
): readonly [RegisterRange, RegisterRange] | null {
  const end = refused.address + refused.count;
  const middle = refused.address + refused.count / 2;
  const fields = profile.fields.filter(({ functionCode }) => functionCode === refused.functionCode);
  const spans = spansOf(fields).filter(({ from, to }) => from >= refused.address && to <= end);
  let best: { readonly left: Span; readonly right: Span; readonly gap: number; readonly off: number } | null =
    null;
  let leftEnd = refused.address;
  for (const [n, { from, to }] of spans.entries()) {
    const gap = from - leftEnd;
    const off = Math.abs(from - middle);
    // Values that overlap cannot be parted.
    if (n > 0 && gap >= 0 && (best === null || gap > best.gap || (gap === best.gap && off < best.off))) {
      const left = { from: refused.address, to: leftEnd };
      best = { left, right: { from, to: end }, gap, off };
    }
    leftEnd = Math.max(leftEnd, to);
  }
  if (best === null) return null;
  return [rangeOf(refused.functionCode, best.left), rangeOf(refused.functionCode, best.right)];
}

const rangeOf = (functionCode: RegisterRange["functionCode"], { from, to }: Span): RegisterRange => ({
  functionCode,
  address: from,
  count: to - from,
});

/** In the order of their addresses. */
function spansOf(fields: readonly RegisterField[]): Span[] {
  return fields
    .map(({ address, type }) => ({ from: address, to: address + wordsOf(type) }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}
