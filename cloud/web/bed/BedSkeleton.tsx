/** The page's places at their final size, before its first data. */
export function BedSkeleton() {
  return (
    <div className="bed-page" aria-busy="true">
      <p className="visually-hidden" role="status">
        Loading the bed
      </p>
      <div className="bed-head bed-head-waits" />
      <div className="vital-tiles vital-tiles-wait" />
      <div className="trend-waits" />
      <div className="trend-waits" />
    </div>
  );
}
