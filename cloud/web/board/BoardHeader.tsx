import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { type Connection, PageHeader } from "../../../contracts/ui/PageHeader.tsx";
import { isShownLost, type Link } from "../live/link.ts";
import { useLink } from "./BoardContext.tsx";

export function BoardHeader() {
  return <PageHeader title="Live beds" connection={connectionOf(useLink(), useBeatMs())} />;
}

function connectionOf(link: Link, nowMs: number): Connection {
  const lost = { tone: "lost", isSignedOut: false } as const;
  switch (link.kind) {
    case "connecting":
      return { tone: "waiting", words: "Connecting", isSignedOut: false };
    case "live":
      return { tone: "held", words: "Live", isSignedOut: false };
    case "lost":
      return { ...lost, words: isShownLost(link, nowMs) ? "Offline" : "Reconnecting" };
    case "signed-out":
      return { ...lost, words: "Signed out", isSignedOut: true };
    case "denied":
      return { ...lost, words: "Not allowed" };
    case "unreadable":
      return { ...lost, words: "Out of date" };
  }
}
