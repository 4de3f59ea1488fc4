/**
 * Watches the board's tiles in a real browser: which state each shows, and since when by the machine's clock. A change
 * counts from the next frame on, when it is on its way to the screen.
 */
import type { Page } from "playwright-core";

export type Tile = { readonly display: string; readonly badges: string; readonly atMs: number };

declare global {
  interface Window {
    hospitellSeen: Map<string, { display: string; badges: string; atMs: number }[]>;
  }
}

export async function watchTiles(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen = new Map<string, { display: string; badges: string; atMs: number }[]>();
    window.hospitellSeen = seen;
    const note = (tile: Element) => {
      const bedId = tile.getAttribute("data-bed-id") ?? "";
      const display = tile.getAttribute("data-display") ?? "";
      const badges = tile.getAttribute("data-badges") ?? "";
      const history = seen.get(bedId) ?? [];
      history.push({ display, badges, atMs: Date.now() });
      seen.set(bedId, history);
    };
    const changed = new Set<Element>();
    const observer = new MutationObserver((mutations) => {
      for (const { target } of mutations) if (target instanceof Element) changed.add(target);
      requestAnimationFrame(() => {
        for (const tile of changed) note(tile);
        changed.clear();
      });
    });
    observer.observe(document.body, {
      subtree: true,
      attributes: true,
      attributeFilter: ["data-display", "data-badges"],
    });
    for (const tile of document.querySelectorAll("[data-bed-id]")) note(tile);
  });
}

/** Everything that each tile has shown since the watch began. */
export async function tilesSeen(page: Page): Promise<ReadonlyMap<string, readonly Tile[]>> {
  const entries = await page.evaluate(() => [...window.hospitellSeen]);
  return new Map(entries);
}

export type Change = {
  readonly bedId: string;
  readonly atMs: number;
  /** What the tile must show after it. */
  readonly shows: (tile: Tile) => boolean;
};

/** `missed`: bed, time, and what its tile showed instead, in words. */
export type Outcome = { readonly latenciesMs: readonly number[]; readonly missed: readonly string[] };

/** For each change, when its tile first showed it: within the time given, and before the next change of that bed. */
export function judgeChanges(
  changes: readonly Change[],
  seen: ReadonlyMap<string, readonly Tile[]>,
  withinMs: number,
): Outcome {
  const latenciesMs: number[] = [];
  const missed: string[] = [];
  for (const [index, { bedId, atMs, shows }] of changes.entries()) {
    const next = changes.find((other, i) => i > index && other.bedId === bedId);
    const untilMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, atMs + withinMs);
    const tiles = seen.get(bedId) ?? [];
    const first = tiles.find((tile) => tile.atMs >= atMs && tile.atMs < untilMs && shows(tile));
    if (first === undefined)
      missed.push(`${bedId} at ${new Date(atMs).toISOString()}: ${shownAfter(tiles, atMs)}`);
    else latenciesMs.push(first.atMs - atMs);
  }
  return { latenciesMs, missed };
}

function shownAfter(tiles: readonly Tile[], atMs: number): string {
  const shown = tiles.filter((tile) => tile.atMs >= atMs).slice(0, 3);
  return shown.map((tile) => `${tile.display} after ${tile.atMs - atMs} ms`).join(", ") || "nothing new";
}
