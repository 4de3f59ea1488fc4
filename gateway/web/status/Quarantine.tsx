import { useEffect, useRef, useState } from "react";
import { failureWords } from "../../../contracts/ui/failure-words.ts";
import type { GatewayStatus, QuarantineList } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";
import { QuarantineMessage } from "./QuarantineMessage.tsx";
import { type QuarantineKind, quarantineKinds } from "./quarantine-kinds.ts";
import { reasonWords } from "./reason-words.ts";
import { useQuarantine } from "./use-quarantine.ts";
import "./quarantine.css";

/** What devices sent and nobody could read. Only this page shows the bytes, and only to who is signed in to it. */
export function Quarantine({ journal }: { readonly journal: GatewayStatus["journal"] }) {
  const { list, failure, newer, askNow } = useQuarantine(journal.quarantinedEver);
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Whoever has a message open reads on; the others see what is new at once.
    if (newer > 0 && shown.current?.querySelector("details[open]") === null) askNow();
  });
  if (journal.quarantinedEver === 0) return <NothingQuarantined />;
  return (
    <Card
      id="quarantine"
      title="Could not be read"
      note={`${journal.quarantined.toLocaleString("en-GB")} kept`}
    >
      <p className="quiet card-lead">
        The bytes may hold a patient’s data. They are shown to the signed-in engineer alone and stand in no
        log, no metric and nowhere in the cloud.
      </p>
      {failure === null ? null : (
        <p>
          {failureWords(failure)}{" "}
          <button type="button" className="control" onClick={askNow}>
            Try again
          </button>
        </p>
      )}
      {newer === 0 ? null : (
        <button type="button" className="control" onClick={askNow}>
          Show {newer.toLocaleString("en-GB")} newer
        </button>
      )}
      <div ref={shown}>{list === null ? null : <Kinds list={list} />}</div>
    </Card>
  );
}

function NothingQuarantined() {
  return (
    <Card id="quarantine" title="Could not be read">
      <p className="quiet">
        Nothing so far. A message that its device’s profile cannot read appears here with the reason and its
        bytes as they came. It is acknowledged all the same, or the device would send it for ever.
      </p>
    </Card>
  );
}

function Kinds({ list }: { readonly list: QuarantineList }) {
  const { entries, kept, keptMax } = list;
  return (
    <>
      <ul className="quarantine">
        {quarantineKinds(entries).map((kind) => (
          <li key={kind.key}>
            <Kind kind={kind} />
          </li>
        ))}
      </ul>
      <p className="quiet card-note">
        {kept > entries.length ? `The newest ${entries.length} of ${kept} kept are shown. ` : ""}
        The newest {keptMax.toLocaleString("en-GB")} are kept; of a longer message than 4,096 bytes the
        beginning.
      </p>
    </>
  );
}

function Kind({ kind: { newest, earlier } }: { readonly kind: QuarantineKind }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <h3>
        {reasonWords(newest.reason)} <span className="quiet">from {newest.deviceId}</span>
      </h3>
      <QuarantineMessage key={newest.id} entry={newest} />
      {earlier.length === 0 ? null : (
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>{earlier.length} earlier</summary>
          {isOpen ? earlier.map((entry) => <QuarantineMessage key={entry.id} entry={entry} />) : null}
        </details>
      )}
    </>
  );
}
