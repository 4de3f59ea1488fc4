import { agoWords } from "../../../contracts/ui/age-words.ts";
import { Banner } from "../../../contracts/ui/Banner.tsx";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { clockWords } from "../../../contracts/ui/clock-words.ts";
import type { GatewayView } from "../../../contracts/wire/board.ts";
import { momentMs } from "../live/bed-facts.ts";
import { isShownLost } from "../live/link.ts";
import type { ShownBoard } from "../live/shown-board.ts";
import { useBoardParts, useLink } from "./BoardContext.tsx";

/** What makes the whole board unreliable, if anything does; the drawer repeats it, since it may cover the page. */
export function LinkBanner() {
  const link = useLink();
  const nowMs = useBeatMs();
  if (link.kind === "unreadable") return <UnreadableBanner />;
  if (link.kind !== "lost" || !isShownLost(link, nowMs)) return null;
  return <LostBanner lastHeardAtMs={link.lastHeardAtMs} nowMs={nowMs} />;
}

/** At most one banner, for the cause nearest to the reader: without a link, nothing can be said of gateways. */
export function Banners({ board }: { readonly board: ShownBoard }) {
  const link = useLink();
  const nowMs = useBeatMs();
  if (link.kind !== "live") return <LinkBanner />;
  return board.silent.length === 0 ? null : <SilentBanner board={board} nowMs={nowMs} />;
}

function LostBanner({
  lastHeardAtMs,
  nowMs,
}: {
  readonly lastHeardAtMs: number | null;
  readonly nowMs: number;
}) {
  const { retryNow } = useBoardParts();
  return (
    <Banner weight="alert" title="Offline.">
      This browser has lost the service.
      {lastHeardAtMs === null ? null : (
        <>
          {" "}
          Last data at <time>{clockWords(lastHeardAtMs)}</time>, {agoWords(nowMs - lastHeardAtMs)}.
        </>
      )}{" "}
      Do not promise a bed from this screen.{" "}
      <button type="button" className="banner-action" onClick={retryNow}>
        Try now
      </button>
    </Banner>
  );
}

function UnreadableBanner() {
  return (
    <Banner weight="alert" title="This page is out of date.">
      The service sends what it cannot read; the board below has stopped.{" "}
      <button type="button" className="banner-action" onClick={() => location.reload()}>
        Load the page again
      </button>
    </Banner>
  );
}

function SilentBanner({ board, nowMs }: { readonly board: ShownBoard; readonly nowMs: number }) {
  const { silent, layout } = board;
  const hospitalName = ({ hospitalId }: GatewayView) =>
    layout.find((hospital) => hospital.hospitalId === hospitalId)?.name ?? hospitalId;
  const heard = (gateway: GatewayView) => {
    const atMs = momentMs(gateway.lastHeardAt);
    return atMs === null ? "never heard" : `last heard at ${clockWords(atMs)}, ${agoWords(nowMs - atMs)}`;
  };
  return (
    <Banner
      weight="notice"
      title={silent.length === 1 ? "A gateway is silent." : `${silent.length} gateways are silent.`}
    >
      {silent
        .map((gateway) => `${hospitalName(gateway)}: ${gateway.gatewayId}, ${heard(gateway)}.`)
        .join(" ")}{" "}
      {silent.length === 1
        ? "Until it is heard again, the state of its beds is not known."
        : "Until they are heard again, the state of their beds is not known."}
    </Banner>
  );
}
