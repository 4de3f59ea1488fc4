import { useQueryClient } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { sendJson } from "../../../contracts/ui/send-json.ts";
import { CONSENT_DAYS_MAX, type ConsentBody, ConsentView } from "../../../contracts/wire/documents.ts";
import { HospitalId } from "../../../contracts/wire/ids.ts";
import { useShownBoard } from "../board/BoardContext.tsx";
import { KeyRing } from "../desk/key-ring.ts";
import { useNotices } from "../desk/notices.tsx";
import { useSession } from "../history/use-history-queries.ts";
import { consentsUrl, useDocuments } from "./use-documents.ts";

const DAY_MS = 86_400_000;
const FIRST_DAYS = 30;

/** Records what the patient has said. To the end of a day, as a form on paper has it. */
export function ConsentForm({
  encounterId,
  suggested,
}: {
  readonly encounterId: string;
  readonly suggested: readonly string[];
}) {
  const listId = useId();
  const clock = useClock();
  const queries = useQueryClient();
  const notices = useNotices();
  const keys = useRef(new KeyRing());
  const session = useSession().data;
  const layout = useShownBoard()?.layout ?? [];
  const documents = useDocuments(encounterId).data?.documents ?? [];
  const [hospital, setHospital] = useState("");
  const [until, setUntil] = useState(() => dayOf(clock.nowMs() + FIRST_DAYS * DAY_MS));
  const [form, setForm] = useState("");
  const [isPending, setPending] = useState(false);
  const others = [...new Set([...suggested, ...layout.map(({ hospitalId }) => hospitalId)])].filter(
    (hospitalId) => hospitalId !== session?.hospitalId,
  );

  const give = async () => {
    if (isPending) return;
    const body: ConsentBody = {
      kind: "share-documents",
      hospitalId: HospitalId.parse(hospital.trim()),
      until: new Date(`${until}T23:59:59`).toISOString(),
      ...(form === "" ? {} : { formDocumentId: form }),
    };
    setPending(true);
    try {
      const url = consentsUrl(encounterId);
      const given = await keys.current.send(body, (key) =>
        sendJson(ConsentView, { method: "POST", url, body, key }),
      );
      keys.current.granted(body);
      notices.done(`Recorded: doctors of ${given.hospitalName} may read the documents.`);
      setHospital("");
    } catch (error) {
      notices.failed(error);
    }
    setPending(false);
    await queries.invalidateQueries({ queryKey: ["consents", encounterId] });
  };
  return (
    <form
      className="desk-fields consent-form"
      aria-label="Record a consent"
      onSubmit={(event) => {
        event.preventDefault();
        void give();
      }}
    >
      <label>
        Hospital that may read
        <input
          className="control"
          required
          list={listId}
          pattern="[a-z0-9][a-z0-9\-]{0,63}"
          title="Its short name, as north"
          value={hospital}
          onChange={({ target }) => setHospital(target.value)}
        />
        <datalist id={listId}>
          {others.map((hospitalId) => (
            <option key={hospitalId} value={hospitalId} />
          ))}
        </datalist>
      </label>
      <label>
        To the end of
        <input
          className="control"
          type="date"
          required
          min={dayOf(clock.nowMs())}
          max={dayOf(clock.nowMs() + (CONSENT_DAYS_MAX - 1) * DAY_MS)}
          value={until}
          onChange={({ target }) => setUntil(target.value)}
        />
      </label>
      <label>
        Signed form
        <select className="control" value={form} onChange={({ target }) => setForm(target.value)}>
          <option value="">not stored here</option>
          {documents.map(({ documentId, name }) => (
            <option key={documentId} value={documentId}>
              {name ?? documentId}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="control" aria-disabled={isPending}>
        {isPending ? "Waiting for the service…" : "The patient consents"}
      </button>
    </form>
  );
}

/** The day where this browser is, as a date field has it. */
function dayOf(atMs: number): string {
  const at = new Date(atMs);
  const two = (count: number) => String(count).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
