import { useEffect, useState } from "react";

/** Faster than this, a skeleton is only a flicker. */
const SHOWN_AFTER_MS = 150;
const HOSPITALS = ["one", "two"];
const WARDS = [
  { ward: "small", tiles: places(4) },
  { ward: "large", tiles: places(10) },
];

/** The board's places at their final size, before its first data. */
export function BoardSkeleton() {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true" className={isShown ? "skeleton" : "skeleton skeleton-waits"}>
      <p className="visually-hidden" role="status">
        {isShown ? "Loading the beds" : ""}
      </p>
      <div className="figures skeleton-strip" />
      <div className="board-filter skeleton-filter" />
      <div className="board">
        {HOSPITALS.map((hospital) => (
          <div key={hospital} className="hospital">
            <div className="hospital-head skeleton-head" />
            {WARDS.map(({ ward, tiles }) => (
              <div key={ward} className="ward">
                <div className="skeleton-ward" />
                <div className="tiles">
                  {tiles.map((tile) => (
                    <div key={tile} className="skeleton-tile" />
                  ))}
                </div>
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function places(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `place-${index}`);
}
