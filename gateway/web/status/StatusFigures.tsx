import { Age } from "../../../contracts/ui/Age.tsx";
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { Figure, Figures } from "../../../contracts/ui/Figures.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { CLOUD_STATE_WORDS } from "./CloudLink.tsx";
import { freshnessNow } from "./device-freshness.ts";
import { isUp } from "./link-words.ts";
import { sensorFindings } from "./sensor-findings.ts";

export function StatusFigures({ status }: { readonly status: GatewayStatus }) {
  const nowMs = useBeatMs();
  const { cloud, journal, links, devices } = status;
  const fresh = devices.filter((device) => freshnessNow(device, nowMs) === "fresh").length;
  const linksUp = links.filter(isUp).length;
  const suspected = sensorFindings(status.beds, nowMs).length;
  const queued = journal.lanes.reduce((sum, lane) => sum + lane.queued, 0);
  return (
    <Figures label="The gateway in figures">
      <Figure
        name="Cloud"
        value={CLOUD_STATE_WORDS[cloud.state]}
        note={
          <>
            last reply <Age atMs={cloud.lastReplyAt === null ? null : Date.parse(cloud.lastReplyAt)} />
          </>
        }
        kind="wide"
      />
      <Figure name="Links up" value={`${linksUp} of ${links.length}`} />
      <Figure
        name="Devices fresh"
        value={`${fresh} of ${devices.length}`}
        note={suspected === 0 ? undefined : `${suspected} suspected`}
      />
      <Figure name="Waiting to be sent" value={queued} note="records" />
      <Figure name="Quarantined" value={journal.quarantined} note="not readable, kept" />
      <Figure name="Parked" value={journal.parked} note="not accepted by the cloud" />
      <Figure name="Running for" value={durationWords(nowMs - Date.parse(status.startedAt))} />
    </Figures>
  );
}
