import { Link } from "wouter";
import { Age } from "../../../contracts/ui/Age.tsx";
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import {
  CLEANING_EVENT_WORDS,
  CLEANING_PRIORITY_WORDS,
  CLEANING_STATE_WORDS,
} from "../../../contracts/ui/desk-words.ts";
import { CleaningTaskList, CleaningTaskView } from "../../../contracts/wire/ward-desk.ts";
import { DeskPage, useDeskQuery } from "../desk/DeskList.tsx";
import { NoticeFrame } from "../desk/notices.tsx";
import { StepButtons } from "../desk/StepButtons.tsx";
import { useStep } from "../desk/use-step.ts";

/** Beds that wait to be cleaned, the most urgent first, and how long each takes. */
export function CleaningPage() {
  return (
    <NoticeFrame>
      <Cleaning />
    </NoticeFrame>
  );
}

function Cleaning() {
  const query = useDeskQuery("cleaning-tasks", CleaningTaskList, "/api/v1/cleaning-tasks");
  return (
    <DeskPage title="Cleaning" query={query}>
      {({ tasks }) =>
        tasks.length === 0 ? (
          <p>
            Nothing waits. A bed appears here when its patient has left, when it is said to be dirty, or when
            somebody asks for it.
          </p>
        ) : (
          <ul className="desk-list">
            {tasks.map((task) => (
              <Task key={task.taskId} task={task} />
            ))}
          </ul>
        )
      }
    </DeskPage>
  );
}

const CAUSE_WORDS: Readonly<Record<CleaningTaskView["cause"], string>> = {
  vacated: "left by its patient",
  asked: "asked for",
  "inspection-failed": "after an inspection that failed",
  "bed-used": "said to be dirty",
};

function Task({ task }: { readonly task: CleaningTaskView }) {
  const step = useStep({
    topic: "cleaning-tasks",
    schema: CleaningTaskView,
    urlOf: ({ taskId }) => `/api/v1/cleaning-tasks/${taskId}/events`,
  });
  const { bedId, bedLabel, wardName, hospitalId, kind, priority, state, cause } = task;
  return (
    <li className="desk-card">
      <div className="desk-card-head">
        <strong>
          <Link href={`/beds/${bedId}`}>Bed {bedLabel}</Link>, {wardName}
        </strong>
        <span className="badge badge-strong">{CLEANING_STATE_WORDS[state]}</span>
        <Due task={task} />
      </div>
      <p className="quiet">
        {hospitalId} · {CLEANING_PRIORITY_WORDS[priority]} ·{" "}
        {kind === "terminal" ? "Terminal cleaning" : "Routine cleaning"} · {CAUSE_WORDS[cause]}{" "}
        <Age atMs={Date.parse(task.openedAt)} />
        {task.reason === null ? null : ` · ${task.reason}`}
      </p>
      {task.startedAt === null ? null : (
        <p className="quiet">Worked on for {durationWords(task.workedMs)}.</p>
      )}
      {task.isPresent ? <p>By its sensors, somebody is in the bed.</p> : null}
      <StepButtons
        allowed={task.allowed}
        wordsOf={CLEANING_EVENT_WORDS}
        of={`bed ${bedLabel}`}
        take={(event) =>
          step(
            task,
            event,
            `${CLEANING_EVENT_WORDS[event]}: bed ${bedLabel}.`,
            event === "prioritise" ? { priority: "stat" } : {},
          )
        }
      />
    </li>
  );
}

function Due({ task: { dueAt } }: { readonly task: CleaningTaskView }) {
  const leftMs = Date.parse(dueAt) - useBeatMs();
  return leftMs >= 0 ? (
    <span className="quiet">due in {durationWords(leftMs)}</span>
  ) : (
    <span className="badge">late by {durationWords(-leftMs)}</span>
  );
}
