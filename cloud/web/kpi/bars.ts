/** Bars of one figure over the periods, in a box of its own. Pure. */
import type { KpiFigures } from "../../../contracts/wire/kpi.ts";
import type { Figure } from "./figure-words.ts";

/** The box's own units; it is stretched over whatever place it is given. */
export const BARS_WIDTH = 300;
export const BARS_HEIGHT = 60;
const GAP = 0.2;

export type Bar = {
  readonly x: number;
  readonly width: number;
  /** From the foot; 0: the figure is 0. Null: it is not known, which is drawn as such. */
  readonly height: number | null;
};

/** The highest of all rows that are compared, so that their bars have one scale; a share's is the whole. */
export function topOf(figure: Figure, rows: readonly { readonly periods: readonly KpiFigures[] }[]): number {
  if (figure.kind === "share") return 1;
  const values = rows.flatMap(({ periods }) => periods.flatMap((each) => figure.read(each) ?? []));
  return Math.max(1, ...values);
}

export function barsOf(figure: Figure, periods: readonly KpiFigures[], top: number): Bar[] {
  const step = BARS_WIDTH / periods.length;
  return periods.map((figures, place) => {
    const value = figure.read(figures);
    return {
      x: (place + GAP / 2) * step,
      width: step * (1 - GAP),
      height: value === null ? null : (value / top) * BARS_HEIGHT,
    };
  });
}
