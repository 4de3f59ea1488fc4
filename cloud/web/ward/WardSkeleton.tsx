import { useEffect, useState } from "react";

/** Faster than this, a skeleton is only a flicker. */
const SHOWN_AFTER_MS = 150;
const ROOMS = ["one", "two", "three", "four"];

/** The page's places at their final size, before its first data. */
export function WardSkeleton() {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={isShown ? "ward-page" : "ward-page skeleton-waits"} aria-busy="true">
      <p className="visually-hidden" role="status">
        {isShown ? "Loading the ward" : ""}
      </p>
      <div className="ward-rooms">
        {ROOMS.map((room) => (
          <div key={room} className="ward-room ward-room-waits" />
        ))}
      </div>
    </div>
  );
}
