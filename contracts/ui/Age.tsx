import { useSyncExternalStore } from "react";
import { agoWords } from "./age-words.ts";
import { useClock } from "./ClockContext.tsx";

/** How long ago something was, ticking. Renders only when its words change. */
export function Age({ atMs, never = "never" }: { readonly atMs: number | null; readonly never?: string }) {
  const clock = useClock();
  const words = useSyncExternalStore(clock.subscribe, () =>
    atMs === null ? never : agoWords(clock.beatMs() - atMs),
  );
  return atMs === null ? <span>{words}</span> : <time dateTime={new Date(atMs).toISOString()}>{words}</time>;
}
