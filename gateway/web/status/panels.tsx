/** What stands in the status's place when there is none to show. */
import { failureWords } from "../../../contracts/ui/failure-words.ts";
import type { ReadFailure } from "../../../contracts/ui/read-json.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";

const reload = () => location.reload();

export function SignedOut() {
  return (
    <StatePanel title="You are signed out" action={{ words: "Try again", run: reload }}>
      <p>
        Signing in takes a one-time link. The gateway prints one when it starts; open it in this browser and
        this page comes back.
      </p>
      <p className="quiet">
        A link works once and for a short time. If it was used or is too old, start the gateway again for a
        new one: its journal and its devices lose nothing by that.
      </p>
    </StatePanel>
  );
}

export function NoAnswer({ failure, askNow }: { readonly failure: ReadFailure; askNow(): void }) {
  return (
    <StatePanel title="The gateway does not answer" action={{ words: "Try now", run: askNow }}>
      <p>
        {failure.kind === "unreachable"
          ? "Its process may be down, or this computer may not reach its network."
          : failureWords(failure)}{" "}
        This page keeps asking every two seconds.
      </p>
    </StatePanel>
  );
}
