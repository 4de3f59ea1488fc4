/** The page's places at about their final size, before its first data. */
export function BedSkeleton() {
  return (
    <div className="bed-page">
      <div className="bed-head bed-head-waits" />
      <BedBodySkeleton />
    </div>
  );
}

/** Fills a screen, so that what comes pushes nothing that is seen. */
export function BedBodySkeleton() {
  return (
    <div className="bed-body-waits" aria-busy="true">
      <p className="visually-hidden" role="status">
        Loading what was measured
      </p>
      <div className="vital-tiles-wait" />
      <div className="trend-waits" />
      <div className="trend-waits" />
      <div className="trend-waits" />
    </div>
  );
}
