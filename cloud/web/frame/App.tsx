import { useEffect } from "react";
import { Link as PageLink, Route, Switch } from "wouter";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { LinkBanner } from "../board/Banners.tsx";
import { useLink } from "../board/BoardContext.tsx";
import { Denied, SignedOut } from "../board/panels.tsx";
import { isShownLost } from "../live/link.ts";
import { PAGES, type Page } from "../pages.tsx";
import { AppHeader } from "./AppHeader.tsx";
import { NoSuchPage } from "./NoSuchPage.tsx";
import { PageGuard } from "./PageGuard.tsx";
import { PAGE_BEGINNING_ID, useBeginningOfPages, useDefaultTitle } from "./use-page-on-document.ts";
import "../../../contracts/ui/page.css";
import "./frame.css";

const BOARD_PATH = "/";

/** What stands around every page: the way to the others, how the page stands with the cloud, and what it is not. */
export function App() {
  useBeginningOfPages();
  return (
    <Switch>
      {PAGES.map((page) => (
        <Route key={page.path} path={page.path}>
          <Framed page={page} />
        </Route>
      ))}
      <Route>
        <Framed page={{ path: "*", title: "No such page", isInNavigation: false, Content: NoSuchPage }} />
      </Route>
    </Switch>
  );
}

function Framed({ page }: { readonly page: Page }) {
  useLinkOnRoot();
  useDefaultTitle(page.title);
  return (
    <>
      <a className="skip-link" href={`#${PAGE_BEGINNING_ID}`}>
        Skip to the content
      </a>
      <AppHeader page={page} />
      <main id={PAGE_BEGINNING_ID} tabIndex={-1}>
        <Content page={page} />
      </main>
      <footer className="quiet">
        Bed status and advisory values. Hospitell is not an alarm system and not a medical device: what a
        patient needs is decided at the bedside. <PageLink href="/verify">Check a file of evidence</PageLink>
      </footer>
    </>
  );
}

function Content({ page: { path, isForAnybody = false, Content } }: { readonly page: Page }) {
  const link = useLink();
  if (isForAnybody)
    return (
      <PageGuard>
        <Content />
      </PageGuard>
    );
  if (link.kind === "signed-out") return <SignedOut />;
  if (link.kind === "denied") return <Denied link={link} />;
  return (
    <>
      {/* The board has banners of its own, which also tell of silent gateways. */}
      {path === BOARD_PATH ? null : <LinkBanner />}
      <PageGuard>
        <Content />
      </PageGuard>
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
