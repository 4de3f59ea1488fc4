import type { KeyboardEvent } from "react";
import type { ShownBoard } from "../live/shown-board.ts";
import { HospitalSection } from "./HospitalSection.tsx";
import { NoMatch } from "./NoMatch.tsx";
import { isArrowKey, tileTowards } from "./tile-keys.ts";
import "./board.css";

export function Board({ board }: { readonly board: ShownBoard }) {
  return (
    // Arrow keys are a shortcut between buttons that Tab reaches as well.
    // biome-ignore lint/a11y/noStaticElementInteractions: the tiles inside are the interactive elements
    <div className="board desaturates" id="beds" tabIndex={-1} onKeyDown={stepBetweenTiles}>
      {board.layout.map((hospital) => (
        <HospitalSection key={hospital.hospitalId} hospital={hospital} />
      ))}
      <NoMatch layout={board.layout} />
    </div>
  );
}

function stepBetweenTiles(event: KeyboardEvent<HTMLElement>): void {
  if (!isArrowKey(event.key)) return;
  const tiles = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-bed-id]")];
  const from = event.target instanceof HTMLElement ? tiles.indexOf(event.target) : -1;
  const to = tileTowards(
    tiles.map((tile) => tile.getBoundingClientRect()),
    from,
    event.key,
  );
  if (to === null) return;
  event.preventDefault();
  tiles[to]?.focus();
}
