import { AXIS_VALUE_WORDS } from "../../../contracts/ui/axis-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";

type Bed = GatewayStatus["beds"][number];

const ROOM_WORDS: Readonly<Record<Bed["roomCondition"], string>> = {
  "within-limits": "within limits",
  "out-of-limits": "out of limits",
  unknown: "not known",
};

/** The beds as this gateway sees them, which is what it tells the cloud. */
export function Beds({ beds }: { readonly beds: readonly Bed[] }) {
  const nowMs = useBeatMs();
  return (
    <Card id="beds" title="Beds" note={`${beds.length} in service`}>
      <FactTable
        labelledBy="beds"
        rows={beds}
        keyOf={({ bedId }) => bedId}
        columns={[
          { name: "Bed", cell: labelAndId },
          { name: "Where", cell: ({ wardName, roomName }) => <span>{`${wardName}, ${roomName}`}</span> },
          { name: "Occupancy", cell: occupancy },
          {
            name: "Since",
            cell: ({ occupancySince }) => (
              <span className="moment">
                {occupancySince === null ? "–" : momentWords(Date.parse(occupancySince), nowMs)}
              </span>
            ),
          },
          {
            name: "Readiness",
            cell: ({ readiness }) => <span>{AXIS_VALUE_WORDS.readiness[readiness]}</span>,
          },
          { name: "Room climate", cell: ({ roomCondition }) => <span>{ROOM_WORDS[roomCondition]}</span> },
        ]}
      />
    </Card>
  );
}

function labelAndId({ label, bedId }: Bed) {
  return (
    <>
      {label} <span className="quiet">{bedId}</span>
    </>
  );
}

function occupancy({ occupancy, settling }: Bed) {
  return (
    <span>
      {AXIS_VALUE_WORDS.occupancy[occupancy]}
      {settling === null ? null : (
        <>
          {" "}
          <span className="badge badge-plain">
            Settling: {AXIS_VALUE_WORDS.occupancy[settling].toLowerCase()}
          </span>
        </>
      )}
    </span>
  );
}
