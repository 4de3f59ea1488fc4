import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { DeviceStatus, LinkStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";
import { linkDevices } from "./link-devices.ts";
import { isUp, LINK_KIND_WORDS, LINK_STATE_WORDS } from "./link-words.ts";

/** Whether a link should run and whether it is up are two facts, in two columns. */
export function Links({
  links,
  devices,
}: {
  readonly links: readonly LinkStatus[];
  readonly devices: readonly DeviceStatus[];
}) {
  const nowMs = useBeatMs();
  if (links.length === 0)
    return (
      <Card id="links" title="Links">
        <p className="quiet">
          No links yet. The gateway’s own brokers and every bus, line and broker that its devices need appear
          here.
        </p>
      </Card>
    );
  return (
    <Card id="links" title="Links" note={`${links.filter(isUp).length} of ${links.length} up`}>
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
          { name: "Link state", cell: (link) => <LinkState link={link} nowMs={nowMs} /> },
          {
            name: "Devices",
            cell: (link) => <OfLink link={link} devices={devices} nowMs={nowMs} />,
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
        {LINK_KIND_WORDS[kind]}
        {detail === "" ? "" : `: ${detail}`}
      </span>
    </>
  );
}

function LinkState({ link, nowMs }: { readonly link: LinkStatus; readonly nowMs: number }) {
  const words = LINK_STATE_WORDS[link.state];
  return (
    <span>
      {isUp(link) ? words : <span className="badge badge-strong">{words}</span>}
      <span className="quiet block moment">since {momentWords(Date.parse(link.since), nowMs)}</span>
      {link.reconnects === 0 ? null : <span className="quiet block">came back {link.reconnects} ×</span>}
    </span>
  );
}

function OfLink({
  link,
  devices,
  nowMs,
}: {
  readonly link: LinkStatus;
  readonly devices: readonly DeviceStatus[];
  readonly nowMs: number;
}) {
  const ofLink = linkDevices(link, devices, nowMs);
  if (ofLink === null) return <span className="quiet">–</span>;
  return (
    <span>
      {ofLink.heard}
      {ofLink.notHeard === null ? null : <span className="block">{ofLink.notHeard}</span>}
    </span>
  );
}
