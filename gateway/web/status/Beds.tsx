import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { AXIS_VALUE_WORDS } from "../../../contracts/words/axis-words.ts";
import { Card } from "./Card.tsx";
import { OpenFinding } from "./OpenFinding.tsx";
import { Votes } from "./Votes.tsx";

type Bed = GatewayStatus["beds"][number];

const ROOM_WORDS: Readonly<Record<Bed["roomCondition"], string>> = {
  "within-limits": "within limits",
  "out-of-limits": "out of limits",
  unknown: "not known",
};

/** The beds as this gateway sees them, which is what it tells the cloud, and on whose word. */
export function Beds({ status: { beds, now } }: { readonly status: GatewayStatus }) {
  const nowMs = useBeatMs();
  const saidAtMs = Date.parse(now);
  if (beds.length === 0)
    return (
      <Card id="beds" title="Beds">
        <p className="quiet">
          No beds yet. They appear here, each with what its sources say of it, once the ward file names them.
        </p>
      </Card>
    );
  return (
    <Card id="beds" title="Beds" note={`${beds.length} in service`}>
      <FactTable
        labelledBy="beds"
        rows={beds}
        keyOf={({ bedId }) => bedId}
        columns={[
          { name: "Bed", cell: labelAndPlace },
          { name: "Occupancy", cell: (bed) => <Occupancy bed={bed} nowMs={nowMs} /> },
          { name: "On whose word", cell: ({ votes }) => <Votes votes={votes} saidAtMs={saidAtMs} /> },
          {
            name: "Readiness",
            cell: ({ readiness }) => <span>{AXIS_VALUE_WORDS.readiness[readiness]}</span>,
          },
          {
            name: "Room",
            cell: ({ roomCondition }) =>
              roomCondition === "out-of-limits" ? (
                <span className="badge badge-strong">{ROOM_WORDS[roomCondition]}</span>
              ) : (
                <span>{ROOM_WORDS[roomCondition]}</span>
              ),
          },
        ]}
      />
    </Card>
  );
}

function labelAndPlace({ label, bedId, wardName, roomName }: Bed) {
  return (
    <>
      {label} <span className="quiet">{bedId}</span>
      <span className="quiet block">{`${wardName}, ${roomName}`}</span>
    </>
  );
}

function Occupancy({ bed, nowMs }: { readonly bed: Bed; readonly nowMs: number }) {
  const { occupancy, occupancySince, settling, findings } = bed;
  return (
    <div>
      {AXIS_VALUE_WORDS.occupancy[occupancy]}{" "}
      <span className="quiet moment">
        {occupancySince === null ? "" : `since ${momentWords(Date.parse(occupancySince), nowMs)}`}
      </span>
      {settling === null ? null : (
        <p>
          <span className="badge badge-plain">
            Settling: {AXIS_VALUE_WORDS.occupancy[settling].toLowerCase()}
          </span>
        </p>
      )}
      {findings.map((finding) => (
        <OpenFinding
          key={`${finding.deviceId} ${finding.metric} ${finding.kind}`}
          finding={finding}
          nowMs={nowMs}
        />
      ))}
    </div>
  );
}
