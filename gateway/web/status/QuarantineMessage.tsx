import { useState } from "react";
import { Age } from "../../../contracts/ui/Age.tsx";
import type { QuarantineEntry } from "../../../contracts/wire/gateway-status.ts";
import { RawBytes } from "./RawBytes.tsx";
import { bytesOf, sizeWords } from "./raw-bytes.ts";

/** One message: when it came, why it could not be read and how long it was; its bytes only for who asks. */
export function QuarantineMessage({ entry }: { readonly entry: QuarantineEntry }) {
  const { deviceId, receivedAt, detail, bytes, raw } = entry;
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="quarantined">
      <p className="quiet">
        <Age atMs={Date.parse(receivedAt)} />, {sizeWords(bytes, bytesOf(raw).length)}
      </p>
      <p className="detail">{detail}</p>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>Bytes as they came</summary>
        {isOpen ? <RawBytes raw={raw} about={`message ${entry.id} of ${deviceId}`} /> : null}
      </details>
    </div>
  );
}
