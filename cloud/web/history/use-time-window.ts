import { useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import { useLocation, useSearch } from "wouter";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import {
  type Bounds,
  boundsOf,
  chosenWindow,
  DEFAULT_RANGE,
  type RangeName,
  readWindow,
  type TimeWindow,
  writeWindow,
} from "./time-window.ts";

export type WindowControl = {
  readonly window: TimeWindow;
  /** Steps on by itself while the window follows now. */
  readonly bounds: Bounds;
  show(range: RangeName): void;
  zoom(fromMs: number, toMs: number): void;
  /** To where the zoom began. */
  goBack(): void;
};

/** The page's stretch of time, kept in its URL: a view can be passed on, and the browser's way back leads out of a zoom. */
export function useTimeWindow(): WindowControl {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const clock = useClock();
  const zooms = useRef(0);
  const window = useMemo(() => readWindow(search), [search]);
  const toMs = useSyncExternalStore(clock.subscribe, () => boundsOf(window, clock.beatMs()).toMs);
  const bounds = useMemo(() => boundsOf(window, toMs), [window, toMs]);

  const show = useCallback(
    (range: RangeName) => {
      zooms.current = 0;
      navigate(path + writeWindow({ kind: "live", range }), { replace: true });
    },
    [navigate, path],
  );
  const zoom = useCallback(
    (fromMs: number, chosenToMs: number) => {
      zooms.current += 1;
      navigate(path + writeWindow(chosenWindow(fromMs, chosenToMs)));
    },
    [navigate, path],
  );
  const goBack = useCallback(() => {
    // Opened by a link, there is nothing behind it.
    if (zooms.current === 0) return show(DEFAULT_RANGE);
    zooms.current -= 1;
    history.back();
  }, [show]);
  return { window, bounds, show, zoom, goBack };
}
