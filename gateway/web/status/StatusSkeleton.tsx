import { useEffect, useState } from "react";

/** Faster than this, a skeleton is only a flicker. */
const SHOWN_AFTER_MS = 150;

export function StatusSkeleton() {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true" className={isShown ? "skeleton" : "skeleton skeleton-waits"}>
      <p className="visually-hidden" role="status">
        {isShown ? "Loading the gateway’s status" : ""}
      </p>
      <div className="figures skeleton-strip" />
      <div className="status-grid">
        <div className="card skeleton-card" />
        <div className="card skeleton-card" />
      </div>
    </div>
  );
}
