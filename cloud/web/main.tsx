import "../../contracts/ui/zod-without-eval.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ClockContext } from "../../contracts/ui/ClockContext.tsx";
import { createCell } from "../../contracts/ui/cell.ts";
import { createQueryClient } from "../../contracts/ui/query-client.ts";
import { readTheme, showTheme } from "../../contracts/ui/theme.ts";
import { startBrowserClock } from "../../contracts/ui/ticking-clock.ts";
import { createAddressBar } from "./address/address-bar.ts";
import { BoardContext } from "./board/BoardContext.tsx";
import { App } from "./frame/App.tsx";
import { askWhyRefused } from "./live/ask-why-refused.ts";
import { createBoardStore } from "./live/board-store.ts";
import { createDeskChanges } from "./live/desk-changes.ts";
import { createImpatientPause } from "./live/impatient-pause.ts";
import type { Link } from "./live/link.ts";
import { keepLiveLink } from "./live/live-link.ts";
import { listenToSocket } from "./live/live-socket.ts";
import "../../contracts/ui/tokens.css";
import "../../contracts/ui/base.css";

showTheme(readTheme());

const clock = startBrowserClock();
const store = createBoardStore({ nowMs: clock.nowMs, onNextFrame: requestAnimationFrame });
/** What people do about beds, the same on every page; its keys begin with a topic of the live socket. */
const queries = createQueryClient();
const deskChanges = createDeskChanges(queries);
const link = createCell<Link>({ kind: "connecting" });
const { pause, endNow } = createImpatientPause();
// The board is derived before anything that ages is drawn.
clock.subscribe(store.beat);
addEventListener("online", endNow);

void keepLiveLink(
  {
    listen: listenToSocket,
    askWhy: askWhyRefused,
    pause,
    random: Math.random,
    nowMs: clock.nowMs,
    seq: store.seq,
    onMessage: (message) => {
      clock.hear(Date.parse(message.serverTime));
      store.receive(message);
      deskChanges.receive(message);
    },
    onLink: (next) => {
      link.set(next);
      if (next.kind === "live") deskChanges.connected();
    },
  },
  new AbortController().signal,
);

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no place for the board");
createRoot(root).render(
  <StrictMode>
    <ClockContext value={clock}>
      <BoardContext value={{ store, link, addressBar: createAddressBar(), retryNow: endNow }}>
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </BoardContext>
    </ClockContext>
  </StrictMode>,
);
