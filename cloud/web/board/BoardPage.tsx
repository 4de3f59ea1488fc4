import { DrawerHost } from "../drawer/DrawerHost.tsx";
import { Announcer } from "./Announcer.tsx";
import { Banners } from "./Banners.tsx";
import { Board } from "./Board.tsx";
import { useLink, useShownBoard } from "./BoardContext.tsx";
import { BoardSkeleton } from "./BoardSkeleton.tsx";
import { CountStrip } from "./CountStrip.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { NoAnswer, NoBeds, Unreadable } from "./panels.tsx";

/** The first page, and the one that hangs on a wall: it is in the bundle that every page starts with. */
export function BoardPage() {
  const link = useLink();
  const board = useShownBoard();
  if (board === null) {
    if (link.kind === "lost") return <NoAnswer />;
    return link.kind === "unreadable" ? <Unreadable /> : <BoardSkeleton />;
  }
  if (board.counts.beds === 0)
    return (
      <>
        <Banners board={board} />
        <NoBeds />
      </>
    );
  return (
    <>
      <a className="skip-link" href="#beds">
        Skip to the beds
      </a>
      <Banners board={board} />
      <CountStrip counts={board.counts} />
      <FilterBar hospitals={board.layout} />
      <Board board={board} />
      <Announcer />
      <DrawerHost />
    </>
  );
}
