import { useId, useState } from "react";
import { Link as PageLink } from "wouter";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { type Connection, PageHeader } from "../../../contracts/ui/PageHeader.tsx";
import { useLink } from "../board/BoardContext.tsx";
import { isShownLost, type Link } from "../live/link.ts";
import { PAGES, type Page } from "../pages.tsx";

export function AppHeader({ page }: { readonly page: Page }) {
  return (
    <PageHeader
      title={page.title}
      connection={connectionOf(useLink(), useBeatMs())}
      navigation={<Navigation current={page.path} />}
    />
  );
}

/** Pages of one bed or one ward are not in it: they are reached from where that bed or ward is shown. */
function Navigation({ current }: { readonly current: string }) {
  const listId = useId();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <nav className="page-navigation" aria-label="Pages" data-open={isOpen}>
      {/* On a phone alone: the page below is worth more than the names of ten others. */}
      <button
        type="button"
        className="control page-menu"
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setIsOpen(!isOpen)}
      >
        Pages
      </button>
      <ul id={listId}>
        {PAGES.filter(({ isInNavigation }) => isInNavigation).map(({ path, title }) => (
          <li key={path}>
            <PageLink href={path} {...(path === current ? { "aria-current": "page" as const } : {})}>
              {title}
            </PageLink>
          </li>
        ))}
      </ul>
    </nav>
  );
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
