import { useEffect, useState } from "react";
import type { ShownBeds } from "../live/shown-board.ts";
import { useBoardParts } from "./BoardContext.tsx";
import { changeSummary } from "./change-summary.ts";

const ANNOUNCE_EVERY_MS = 5_000;

/** Tells a screen reader what changed, in one sentence at most every five seconds. */
export function Announcer() {
  const { store } = useBoardParts();
  const [summary, setSummary] = useState("");
  useEffect(() => {
    let told: ShownBeds = store.beds();
    const timer = setInterval(() => {
      const beds = store.beds();
      setSummary(changeSummary(told, beds));
      told = beds;
    }, ANNOUNCE_EVERY_MS);
    return () => clearInterval(timer);
  }, [store]);
  return (
    <p className="visually-hidden" role="status">
      {summary}
    </p>
  );
}
