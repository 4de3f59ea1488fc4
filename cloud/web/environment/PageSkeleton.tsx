import { useEffect, useState } from "react";
import "./page-skeleton.css";

/** Faster than this, a skeleton is only a flicker. */
const SHOWN_AFTER_MS = 150;
const PLACES = ["one", "two", "three", "four"];

/** Boxes where the content will be, before its first data. */
export function PageSkeleton({ words }: { readonly words: string }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={isShown ? "page-skeleton" : "page-skeleton page-skeleton-waits"} aria-busy="true">
      <p className="visually-hidden" role="status">
        {isShown ? words : ""}
      </p>
      {PLACES.map((place) => (
        <div key={place} className="page-skeleton-box" />
      ))}
    </div>
  );
}
