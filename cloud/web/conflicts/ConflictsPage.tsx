import { Link } from "wouter";
import { Age } from "../../../contracts/ui/Age.tsx";
import { actorWords } from "../../../contracts/ui/booking-words.ts";
import { DISCREPANCY_WORDS } from "../../../contracts/ui/desk-words.ts";
import { ConflictList, ConflictView } from "../../../contracts/wire/ward-desk.ts";
import { DeskPage, useDeskQuery } from "../desk/DeskList.tsx";
import { NoticeFrame } from "../desk/notices.tsx";
import { StepButtons } from "../desk/StepButtons.tsx";
import { useStep } from "../desk/use-step.ts";

/** Where a bed and what is written of it contradict each other: since when, who looks after it, and what resolves it. */
export function ConflictsPage() {
  return (
    <NoticeFrame>
      <Conflicts />
    </NoticeFrame>
  );
}

function Conflicts() {
  const query = useDeskQuery("conflicts", ConflictList, "/api/v1/conflicts");
  return (
    <DeskPage title="Conflicts" query={query}>
      {({ conflicts }) =>
        conflicts.length === 0 ? (
          <p>None. What the beds say and what is booked agree.</p>
        ) : (
          <ul className="desk-list">
            {conflicts.map((conflict) => (
              <Conflict key={conflict.conflictId} conflict={conflict} />
            ))}
          </ul>
        )
      }
    </DeskPage>
  );
}

function Conflict({ conflict }: { readonly conflict: ConflictView }) {
  const step = useStep({
    topic: "conflicts",
    schema: ConflictView,
    urlOf: ({ conflictId }) => `/api/v1/conflicts/${conflictId}/events`,
  });
  const { bedId, bedLabel, wardName, hospitalId, kind, since, says, owner, isOwn, action, actionText } =
    conflict;
  const words = { own: "I look after it", disown: "Give it back", resolve: actionText } as const;
  return (
    <li className="desk-card">
      <div className="desk-card-head">
        <strong>{DISCREPANCY_WORDS[kind]}</strong>
        <span>
          <Link href={`/beds/${bedId}`}>Bed {bedLabel}</Link>, {wardName}, {hospitalId}
        </span>
        <Age atMs={Date.parse(since)} />
      </div>
      <ul>
        {says.map(({ who, what, at }) => (
          <li key={who + what}>
            {who}: {what}, <Age atMs={Date.parse(at)} />
          </li>
        ))}
      </ul>
      <p className="quiet">
        {owner === null ? (
          "Nobody looks after it yet."
        ) : (
          <>
            {isOwn ? "You look" : `${actorWords(owner)} looks`} after it since{" "}
            <Age atMs={Date.parse(owner.since)} />.
          </>
        )}
      </p>
      <StepButtons
        allowed={conflict.allowed}
        wordsOf={words}
        of={`bed ${bedLabel}`}
        take={(event) =>
          step(conflict, event, `${words[event]}: bed ${bedLabel}.`, event === "resolve" ? { action } : {})
        }
      />
    </li>
  );
}
