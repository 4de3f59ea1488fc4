import { Figure, Figures } from "../../../contracts/ui/Figures.tsx";
import type { DataHealth } from "../../../contracts/wire/data-health.ts";
import { countWords } from "./health-words.ts";

/** The page in a line. */
export function HealthFigures({ health }: { readonly health: DataHealth }) {
  const { devices, devicesInAll, gateways, suspects, noisy, stores } = health;
  const fresh = devices.filter(({ freshness }) => freshness === "fresh").length;
  const heard = gateways.filter(({ isSilent }) => !isSilent).length;
  const parked = gateways.reduce((sum, { parkedRecords }) => sum + parkedRecords, 0);
  const lost = gateways.reduce((sum, { tombstones }) => sum + (tombstones?.records ?? 0), 0);
  const behind = stores.reduce((most, { behindRecords }) => Math.max(most, behindRecords), 0);
  return (
    <Figures label="Data health in figures">
      <Figure kind="lead" name="Sources fresh" value={fresh} note={`of ${devices.length} shown`} />
      <Figure name="Gateways heard" value={heard} note={`of ${gateways.length}`} />
      <Figure name="Suspect sensors" value={suspects.length} note="by their gateways' checks" />
      <Figure name="Noisy sources" value={noisy.length} note="in the last hour" />
      <Figure name="Records parked" value={countWords(parked)} note="could not be read" />
      <Figure name="Records let go" value={countWords(lost)} note="by gateways, out of room" />
      <Figure
        name="Stores behind"
        value={countWords(behind)}
        note={
          devicesInAll > devices.length
            ? `records at most; ${devicesInAll} sources in all`
            : "records at most"
        }
      />
    </Figures>
  );
}
