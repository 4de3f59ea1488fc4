/** Arrow keys step from tile to tile: left and right in reading order, up and down to the nearest one in that direction. */
export type Box = { readonly x: number; readonly y: number };
export type ArrowKey = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

export function isArrowKey(key: string): key is ArrowKey {
  return key === "ArrowLeft" || key === "ArrowRight" || key === "ArrowUp" || key === "ArrowDown";
}

/** The index of the tile to go to from `from`; null where there is none. `boxes` stand in reading order. */
export function tileTowards(boxes: readonly Box[], from: number, key: ArrowKey): number | null {
  const here = boxes[from];
  if (here === undefined) return null;
  if (key === "ArrowLeft") return from > 0 ? from - 1 : null;
  if (key === "ArrowRight") return from + 1 < boxes.length ? from + 1 : null;
  const sign = key === "ArrowDown" ? 1 : -1;
  let best: number | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const down = (box.y - here.y) * sign;
    if (down <= 0) return;
    // A row near by counts before a column that fits better.
    const cost = down * 4 + Math.abs(box.x - here.x);
    if (cost < bestCost) {
      best = index;
      bestCost = cost;
    }
  });
  return best;
}
