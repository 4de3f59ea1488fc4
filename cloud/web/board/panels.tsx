/** What stands in the board's place when there is no board to show. */
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import type { Link } from "../live/link.ts";
import { useBoardParts } from "./BoardContext.tsx";

const reload = () => location.reload();

export function NoBeds() {
  return (
    <StatePanel title="No beds yet">
      <p>
        A bed appears here by itself as soon as its hospital's gateway is in service and has reported it.
        Nothing is typed in on this page.
      </p>
      <p className="quiet">
        If a gateway is already running, its status page says whether it reaches this service and which of its
        devices it hears.
      </p>
    </StatePanel>
  );
}

export function SignedOut() {
  return (
    <StatePanel title="You are signed out" action={{ words: "Try again", run: reload }}>
      <p>
        Signing in takes a one-time link. The service prints one where it was started; whoever runs it can
        make another for you. Open the link in this browser and the board comes back.
      </p>
      <p className="quiet">A link works once and for a short time.</p>
    </StatePanel>
  );
}

export function Denied({ link }: { readonly link: Extract<Link, { kind: "denied" }> }) {
  return (
    <StatePanel title="Your role does not open this board" action={{ words: "Try again", run: reload }}>
      <p>
        Single beds are shown to staff: coordinators, doctors, nurses, facility engineers and administrators.
        You are signed in with another role.
      </p>
      <p className="quiet">
        The service says: {link.detail} {link.hint}
      </p>
    </StatePanel>
  );
}

export function NoAnswer() {
  const { retryNow } = useBoardParts();
  return (
    <StatePanel title="The service does not answer" action={{ words: "Try now", run: retryNow }}>
      <p>
        No bed status could be loaded, so none is shown. This page keeps trying by itself and shows the board
        as soon as it has it.
      </p>
      <p className="quiet">
        The wards are not affected: their gateways go on recording and send what was missed.
      </p>
    </StatePanel>
  );
}

export function Unreadable() {
  return (
    <StatePanel title="This page is out of date" action={{ words: "Load the page again", run: reload }}>
      <p>
        The service sent bed status that this page cannot read, most likely because it was updated since the
        page was loaded.
      </p>
    </StatePanel>
  );
}
