/** What a browser does by itself where pages are documents: the title, the top of the page, and the focus at its beginning. */
import { useEffect, useLayoutEffect, useRef } from "react";
import { useLocation } from "wouter";

/** Where a page begins; a screen reader reads on from there. */
export const PAGE_BEGINNING_ID = "main";

/** The tab's title while this is shown. A page that knows more than its name, such as which bed, says it by this. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `Hospitell · ${title}`;
  }, [title]);
}

/** The title of a page that says nothing more; set before the page's own effects, so that its own words stand. */
export function useDefaultTitle(title: string): void {
  useLayoutEffect(() => {
    document.title = `Hospitell · ${title}`;
  }, [title]);
}

/** Leads to the beginning of a page that somebody went to; not of the one that they opened. */
export function useBeginningOfPages(): void {
  const [path] = useLocation();
  const shownPath = useRef(path);
  useEffect(() => {
    if (shownPath.current === path) return;
    shownPath.current = path;
    scrollTo(0, 0);
    document.getElementById(PAGE_BEGINNING_ID)?.focus({ preventScroll: true });
  }, [path]);
}
