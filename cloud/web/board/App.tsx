import { useEffect } from "react";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { DrawerHost } from "../drawer/DrawerHost.tsx";
import { isShownLost } from "../live/link.ts";
import { Announcer } from "./Announcer.tsx";
import { Banners } from "./Banners.tsx";
import { Board } from "./Board.tsx";
import { useLink, useShownBoard } from "./BoardContext.tsx";
import { BoardHeader } from "./BoardHeader.tsx";
import { BoardSkeleton } from "./BoardSkeleton.tsx";
import { CountStrip } from "./CountStrip.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { Denied, NoAnswer, NoBeds, SignedOut, Unreadable } from "./panels.tsx";
import "../../../contracts/ui/page.css";

export function App() {
  const link = useLink();
  useLinkOnRoot();
  return (
    <>
      <BoardHeader />
      <main>
        {link.kind === "signed-out" ? (
          <SignedOut />
        ) : link.kind === "denied" ? (
          <Denied link={link} />
        ) : (
          <Content />
        )}
      </main>
      <footer className="quiet">
        Bed status and advisory values. Hospitell is not an alarm system and not a medical device: what a
        patient needs is decided at the bedside.
      </footer>
    </>
  );
}

function Content() {
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

/** The whole page, the drawer's layer included, can be drained of colour from its root. */
function useLinkOnRoot(): void {
  const link = useLink();
  const isLost = isShownLost(link, useBeatMs()) || link.kind === "unreadable";
  useEffect(() => {
    document.documentElement.dataset.link = isLost ? "lost" : "held";
  }, [isLost]);
}
