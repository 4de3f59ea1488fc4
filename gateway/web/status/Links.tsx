import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { LinkStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";

const KIND_WORDS: Readonly<Record<LinkStatus["kind"], string>> = {
  mqtt: "MQTT broker",
  "modbus-tcp": "Modbus TCP",
  serial: "Serial line",
};
const STATE_WORDS: Readonly<Record<LinkStatus["state"], string>> = {
  listening: "Listening",
  connected: "Connected",
  connecting: "Connecting",
  down: "Down",
};

/** Whether a link should run and whether it is up are two facts, in two columns. */
export function Links({ links }: { readonly links: readonly LinkStatus[] }) {
  const nowMs = useBeatMs();
  return (
    <Card id="links" title="Links">
      <FactTable
        labelledBy="links"
        rows={links}
        keyOf={({ linkId }) => linkId}
        columns={[
          { name: "Link", cell: nameAndDetail },
          {
            name: "Runs",
            cell: ({ running }) => <span>{running === "running" ? "Running" : "Stopped"}</span>,
          },
          { name: "Link state", cell: linkState },
          {
            name: "Since",
            cell: ({ since }) => <span className="moment">{momentWords(Date.parse(since), nowMs)}</span>,
          },
        ]}
      />
    </Card>
  );
}

function nameAndDetail({ linkId, kind, detail }: LinkStatus) {
  return (
    <>
      {linkId}{" "}
      <span className="quiet block">
        {KIND_WORDS[kind]}
        {detail === "" ? "" : `: ${detail}`}
      </span>
    </>
  );
}

function linkState({ state }: LinkStatus) {
  const isUp = state === "connected" || state === "listening";
  return (
    <span>
      {isUp ? STATE_WORDS[state] : <span className="badge badge-strong">{STATE_WORDS[state]}</span>}
    </span>
  );
}
