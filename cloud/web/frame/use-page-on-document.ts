import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { useLocation } from "wouter";

/** The tab's title while this is shown. A page that knows more than its name, such as which bed, says it by this. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `Hospitell · ${title}`;
  }, [title]);
}

/**
 * What a browser does by itself where pages are documents: the title, the top of the page, and the focus at its
 * beginning, so that a screen reader reads on from there. Gives the element to put the focus on.
 */
export function usePageOnDocument(title: string): RefObject<HTMLElement | null> {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shownPath = useRef(path);
  // Before a page's own effects, so that its own title stands.
  useLayoutEffect(() => {
    document.title = `Hospitell · ${title}`;
  }, [title]);
  useEffect(() => {
    if (shownPath.current === path) return;
    shownPath.current = path;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
