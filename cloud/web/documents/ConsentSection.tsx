import { useQueryClient } from "@tanstack/react-query";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { exactMomentWords } from "../../../contracts/ui/clock-words.ts";
import { sendJson } from "../../../contracts/ui/send-json.ts";
import { ConsentView } from "../../../contracts/wire/documents.ts";
import { ROLE_WORDS } from "../../../contracts/words/role-words.ts";
import { useNotices } from "../desk/notices.tsx";
import { StepButtons } from "../desk/StepButtons.tsx";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { fullMomentWords } from "../evidence/full-moment.ts";
import { ConsentForm } from "./ConsentForm.tsx";
import { CONSENT_STATE_WORDS } from "./document-words.ts";
import { useConsents } from "./use-documents.ts";

/** By which word of the patient another hospital reads the documents, and since when no more. */
export function ConsentSection({
  encounterId,
  suggested,
}: {
  readonly encounterId: string;
  /** Hospitals that are likely asked for. */
  readonly suggested: readonly string[];
}) {
  const { data, error, refetch } = useConsents(encounterId);
  return (
    <section className="desk-section" aria-labelledby="consents-title">
      <h3 id="consents-title">Consent</h3>
      <p className="quiet">
        Without one, the documents stay with the hospital that stored them. With one, doctors of the hospital
        that it names read them until its end, or until it is withdrawn.
      </p>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data?.consents.length === 0 ? <p>None was given.</p> : null}
      <ul className="desk-list documents" aria-label="Consents of this stay">
        {data?.consents.map((consent) => (
          <ConsentCard key={consent.consentId} consent={consent} />
        ))}
      </ul>
      <ConsentForm encounterId={encounterId} suggested={suggested} />
    </section>
  );
}

function ConsentCard({ consent }: { readonly consent: ConsentView }) {
  const queries = useQueryClient();
  const notices = useNotices();
  const nowMs = useBeatMs();
  const { consentId, encounterId, hospitalName, state, until, given, withdrawn } = consent;
  const withdraw = async () => {
    try {
      const url = `/api/v1/consents/${consentId}/withdraw`;
      await sendJson(ConsentView, { method: "POST", url, body: {} });
      notices.done(`Withdrawn: nobody at ${hospitalName} reads by it any more.`);
    } catch (error) {
      notices.failed(error);
    }
    await queries.invalidateQueries({ queryKey: ["consents", encounterId] });
  };
  return (
    <li className="desk-card">
      <div className="desk-card-head">
        <strong>Doctors of {hospitalName} may read the documents</strong>
        <span className={state === "in-force" ? "badge badge-strong" : "badge"}>
          {CONSENT_STATE_WORDS[state]}
        </span>
      </div>
      <p className="quiet">
        until {fullMomentWords(Date.parse(until))} · recorded by {ROLE_WORDS[given.recordedBy]} of{" "}
        {given.hospitalId} at {exactMomentWords(Date.parse(given.at), nowMs)}
        {given.logged === null ? ", not in the log yet" : ""}
      </p>
      {withdrawn === null ? null : (
        <p>
          Withdrawn at {exactMomentWords(Date.parse(withdrawn.at), nowMs)}, recorded by{" "}
          {ROLE_WORDS[withdrawn.recordedBy]} of {withdrawn.hospitalId}
        </p>
      )}
      {state === "in-force" ? (
        <StepButtons
          allowed={["withdraw"]}
          wordsOf={{ withdraw: "Withdraw it" }}
          of={`for ${hospitalName}`}
          take={withdraw}
        />
      ) : null}
    </li>
  );
}
