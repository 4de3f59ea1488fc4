/**
 * Columns of readings as they travel: times as differences from the one before, values as whole numbers of their
 * series' last decimal place and as differences too. Small whole numbers take a byte where a number takes nine, and
 * the compression after it finds the repetition. Nothing is rounded: a value that no decimal place holds exactly goes
 * as it is.
 */
const PLACES_MAX = 6;
/** In `places`: this series' values go as they are. */
const AS_THEY_ARE = -1;
const SCALE = Array.from({ length: PLACES_MAX + 1 }, (_, places) => 10 ** places);
/** Beyond it a whole number would take as many bytes as the value itself. */
const SCALED_MAX = 2 ** 31;

export type PackedValues = { readonly places: readonly number[]; readonly value: readonly number[] };

export function packDeltas(column: readonly number[], from: number): number[] {
  let last = from;
  return column.map((value) => {
    const delta = value - last;
    last = value;
    return delta;
  });
}

/** Null where something else than whole numbers came: all that follow would be wrong. */
export function unpackDeltas(deltas: readonly unknown[], from: number): number[] | null {
  const column = new Array<number>(deltas.length);
  let last = from;
  for (let index = 0; index < deltas.length; index++) {
    const delta = deltas[index];
    if (!Number.isSafeInteger(delta)) return null;
    last += delta as number;
    column[index] = last;
  }
  return column;
}

export function packValues(
  value: readonly number[],
  seriesOf: readonly number[],
  seriesCount: number,
): PackedValues {
  const places = new Array<number>(seriesCount).fill(0);
  for (let index = 0; index < value.length; index++) {
    const series = seriesOf[index] ?? 0;
    const known = places[series];
    if (known !== undefined) places[series] = placesFor(value[index] ?? 0, known);
  }
  const last = new Array<number>(seriesCount).fill(0);
  const packed = value.map((each, index) => {
    const series = seriesOf[index] ?? 0;
    const scale = SCALE[places[series] ?? AS_THEY_ARE];
    if (scale === undefined) return each;
    const scaled = Math.round(each * scale);
    const delta = scaled - (last[series] ?? 0);
    last[series] = scaled;
    return delta;
  });
  return { places, value: packed };
}

/** The fewest decimal places from `places` on that hold the value exactly. */
function placesFor(value: number, places: number): number {
  if (places === AS_THEY_ARE) return places;
  for (let candidate = places; candidate <= PLACES_MAX; candidate++) {
    const scale = SCALE[candidate] ?? 1;
    const scaled = Math.round(value * scale);
    if (Math.abs(scaled) > SCALED_MAX) return AS_THEY_ARE;
    if (scaled / scale === value) return candidate;
  }
  return AS_THEY_ARE;
}

/** NaN where no number came. A series without a known number of places has its values as they are. */
export function unpackValues(
  { places, value }: { readonly places: readonly unknown[]; readonly value: readonly unknown[] },
  seriesOf: readonly unknown[],
): number[] {
  const scales = places.map((each) => SCALE[each as number]);
  const last = new Array<number>(places.length).fill(0);
  const unpacked = new Array<number>(value.length);
  for (let index = 0; index < value.length; index++) {
    const packed = value[index];
    const series = seriesOf[index] as number;
    const scale = scales[series];
    if (typeof packed !== "number") unpacked[index] = Number.NaN;
    else if (scale === undefined) unpacked[index] = packed;
    else {
      const scaled = (last[series] ?? 0) + packed;
      last[series] = scaled;
      unpacked[index] = scaled / scale;
    }
  }
  return unpacked;
}
