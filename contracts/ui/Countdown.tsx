import { useBeatMs } from "./ClockContext.tsx";
import "./countdown.css";

const MINUTE_MS = 60_000;

/** How long something still lasts, as a ring that empties and in words. By the server's clock, like every age. */
export function Countdown({ sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number }) {
  const leftMs = Math.max(0, untilMs - useBeatMs());
  const share = Math.min(1, leftMs / Math.max(1, untilMs - sinceMs));
  const seconds = Math.floor(leftMs / 1_000);
  const words = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return (
    <span className={leftMs < MINUTE_MS ? "countdown countdown-last" : "countdown"} role="timer">
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <circle className="countdown-whole" cx="10" cy="10" r="8" pathLength="1" />
        <circle
          className="countdown-left"
          cx="10"
          cy="10"
          r="8"
          pathLength="1"
          strokeDasharray={`${share} 1`}
        />
      </svg>
      <span>
        {words} <span className="visually-hidden">left</span>
      </span>
    </span>
  );
}
