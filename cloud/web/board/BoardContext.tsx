import { createContext, useContext, useSyncExternalStore } from "react";
import type { Cell } from "../../../contracts/ui/cell.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import type { Address } from "../address/address.ts";
import type { AddressBar } from "../address/address-bar.ts";
import type { BoardStore } from "../live/board-store.ts";
import type { Link } from "../live/link.ts";
import type { ShownBed } from "../live/shown-bed.ts";
import type { ShownBoard } from "../live/shown-board.ts";

/** The parts of the page that live outside of React. */
export type BoardParts = {
  readonly store: BoardStore;
  readonly link: Cell<Link>;
  readonly addressBar: AddressBar;
  /** Tries the live socket again without waiting. */
  retryNow(): void;
};

export const BoardContext = createContext<BoardParts | null>(null);

export function useBoardParts(): BoardParts {
  const parts = useContext(BoardContext);
  if (parts === null) throw new Error("a part of the board stands outside of BoardContext");
  return parts;
}

export function useLink(): Link {
  const { link } = useBoardParts();
  return useSyncExternalStore(link.subscribe, link.get);
}

export function useAddress(): Address {
  const { address } = useBoardParts().addressBar;
  return useSyncExternalStore(address.subscribe, address.get);
}

export function useShownBoard(): ShownBoard | null {
  const { store } = useBoardParts();
  return useSyncExternalStore(store.subscribe, store.board);
}

/** The one subscription of a tile: it renders when its own bed looks different and at no other time. */
export function useShownBed(bedId: BedId): ShownBed | undefined {
  const { store } = useBoardParts();
  return useSyncExternalStore(
    (listener) => store.subscribeBed(bedId, listener),
    () => store.shownBed(bedId),
  );
}
