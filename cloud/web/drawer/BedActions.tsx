import { useRef, useState } from "react";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { sendJson } from "../../../contracts/ui/send-json.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { PersonRole } from "../../../contracts/wire/roles.ts";
import {
  CleaningTaskView,
  DeclarationAnswer,
  type DeclarationBody,
  DeclarationUndone,
} from "../../../contracts/wire/ward-desk.ts";
import { KeyRing } from "../desk/key-ring.ts";
import { NoticeFrame, useNotices } from "../desk/notices.tsx";
import { useSession } from "../history/use-history-queries.ts";

const MINUTE_MS = 60_000;
const LASTING: readonly (readonly [string, number | null])[] = [
  ["until it is reopened", null],
  ["for 1 hour", 60],
  ["for 8 hours", 480],
  ["for 24 hours", 1_440],
];
const MAY_SAY: readonly PersonRole[] = [
  "super-admin",
  "hospital-admin",
  "doctor",
  "nurse",
  "facility-engineer",
];

/** What a person may say of a bed: blocked and why, open again, clean, to be cleaned. */
export function BedActions({ bed }: { readonly bed: BedView }) {
  const session = useSession().data;
  const isTheirs = session?.hospitalId === null || session?.hospitalId === bed.hospitalId;
  if (session === undefined || !isTheirs || !MAY_SAY.includes(session.role)) return null;
  return (
    <section className="drawer-section" aria-labelledby="bed-actions-title">
      <h3 id="bed-actions-title">Say what is so</h3>
      <NoticeFrame>
        <Actions bed={bed} />
      </NoticeFrame>
    </section>
  );
}

type Said = DeclarationBody & { readonly until?: string };

function Actions({ bed }: { readonly bed: BedView }) {
  const clock = useClock();
  const notices = useNotices();
  const keys = useRef(new KeyRing());
  const [reason, setReason] = useState("");
  const [lasting, setLasting] = useState("");
  const [isPending, setIsPending] = useState(false);
  const { service, readiness, occupancy } = bed.axes;

  const change = async (send: () => Promise<void>) => {
    if (isPending) return;
    setIsPending(true);
    await send().catch(notices.failed);
    setIsPending(false);
  };
  const say = (words: string, said: Said) =>
    change(async () => {
      const url = `/api/v1/beds/${bed.bedId}/declarations`;
      const answer = await keys.current.send(said, (key) =>
        sendJson(DeclarationAnswer, { method: "POST", url, body: said, key }),
      );
      keys.current.granted(said);
      const under =
        answer.claimUnder === null ? "" : " It is kept for a patient all the same: see Conflicts.";
      notices.done(`${words}: bed ${bed.label}.${under}`, {
        until: answer.undoUntil,
        run: async () => {
          const url = `/api/v1/declarations/${answer.declarationId}/undo`;
          await sendJson(DeclarationUndone, { method: "POST", url, body: {} });
        },
      });
    });
  const askCleaning = () =>
    change(async () => {
      const wish = { bedId: bed.bedId, kind: "routine", priority: "routine" };
      await keys.current.send(wish, (key) =>
        sendJson(CleaningTaskView, { method: "POST", url: "/api/v1/cleaning-tasks", body: wish, key }),
      );
      keys.current.granted(wish);
      notices.done(`To be cleaned: bed ${bed.label}.`);
    });
  const block = () => {
    const minutes = lasting === "" ? null : Number(lasting);
    const until =
      minutes === null ? {} : { until: new Date(clock.nowMs() + minutes * MINUTE_MS).toISOString() };
    void say("Blocked", { axis: "service", to: "blocked", reason: reason.trim(), ...until });
  };
  return (
    <div className="drawer-actions" aria-busy={isPending}>
      {service.value === "blocked" || service.value === "closed" ? (
        <button
          type="button"
          className="control"
          onClick={() => void say("Reopened", { axis: "service", to: "open" })}
        >
          Reopen
        </button>
      ) : (
        <form
          className="drawer-block"
          onSubmit={(event) => {
            event.preventDefault();
            block();
          }}
        >
          <label>
            Block it, because
            <input
              className="control"
              value={reason}
              maxLength={300}
              required
              onChange={({ target }) => setReason(target.value)}
            />
          </label>
          <label>
            How long
            <select className="control" value={lasting} onChange={({ target }) => setLasting(target.value)}>
              {LASTING.map(([words, minutes]) => (
                <option key={words} value={minutes ?? ""}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" className="control">
            Block
          </button>
        </form>
      )}
      {readiness.value === "clean" ? (
        <button type="button" className="control" onClick={() => void askCleaning()}>
          Ask for cleaning
        </button>
      ) : occupancy.value === "present" ? null : (
        <button
          type="button"
          className="control"
          onClick={() => void say("Clean", { axis: "readiness", to: "clean" })}
        >
          It is clean
        </button>
      )}
    </div>
  );
}
