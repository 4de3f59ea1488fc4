import { agoWords } from "../../../contracts/ui/age-words.ts";
import { Banner } from "../../../contracts/ui/Banner.tsx";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { clockWords } from "../../../contracts/ui/clock-words.ts";
import { failureWords } from "../../../contracts/ui/failure-words.ts";
import { type Connection, PageHeader } from "../../../contracts/ui/PageHeader.tsx";
import type { ReadFailure } from "../../../contracts/ui/read-json.ts";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { NoAnswer, SignedOut } from "./panels.tsx";
import { StatusContent } from "./StatusContent.tsx";
import { StatusSkeleton } from "./StatusSkeleton.tsx";
import { type StatusView, useGatewayStatus } from "./use-gateway-status.ts";
import "../../../contracts/ui/page.css";
import "./status.css";

export function StatusPage() {
  const view = useGatewayStatus();
  const { status, failure } = view;
  return (
    <>
      <PageHeader
        title={status === null ? "Gateway" : `Gateway ${status.gatewayId}`}
        connection={connectionOf(view)}
      />
      <main>
        {failure?.kind === "signed-out" ? (
          <SignedOut />
        ) : status === null ? (
          <BeforeStatus failure={failure} askNow={view.askNow} />
        ) : (
          <>
            {view.isLost && failure !== null ? <LostBanner status={status} failure={failure} /> : null}
            <StatusContent status={status} />
          </>
        )}
      </main>
      <footer className="quiet">
        Read-only: nothing on this page changes the gateway. Bed status and advisory values, not an alarm
        system and not a medical device.
      </footer>
    </>
  );
}

function connectionOf({ status, failure, isLost }: StatusView): Connection {
  if (failure?.kind === "signed-out") return { tone: "lost", words: "Signed out", isSignedOut: true };
  if (isLost || (failure !== null && status === null))
    return { tone: "lost", words: "No answer", isSignedOut: false };
  if (status === null) return { tone: "waiting", words: "Connecting", isSignedOut: false };
  return { tone: "held", words: "Live", isSignedOut: false };
}

function BeforeStatus({ failure, askNow }: { readonly failure: ReadFailure | null; askNow(): void }) {
  return failure === null ? <StatusSkeleton /> : <NoAnswer failure={failure} askNow={askNow} />;
}

function LostBanner({ status, failure }: { readonly status: GatewayStatus; readonly failure: ReadFailure }) {
  const nowMs = useBeatMs();
  const lastMs = Date.parse(status.now);
  return (
    <Banner weight="alert" title="The gateway does not answer this page.">
      {failure.kind === "unreachable" ? "" : `${failureWords(failure)} `}What you see is from{" "}
      <time>{clockWords(lastMs)}</time>, {agoWords(nowMs - lastMs)}.
    </Banner>
  );
}
