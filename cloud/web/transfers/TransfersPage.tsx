import { Age } from "../../../contracts/ui/Age.tsx";
import { agoWords, durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { TRANSFER_EVENT_WORDS, TRANSFER_STATE_WORDS } from "../../../contracts/ui/desk-words.ts";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { MatchAnswer, RequestView } from "../../../contracts/wire/booking.ts";
import { TransferList, TransferView } from "../../../contracts/wire/transfers.ts";
import { DeskPage, useDeskQuery } from "../desk/DeskList.tsx";
import { NoticeFrame, useNotices } from "../desk/notices.tsx";
import { StepButtons } from "../desk/StepButtons.tsx";
import { useStep } from "../desk/use-step.ts";
import "./transfers.css";

/** Patients on their way from one bed to another: each stage with its time, and what is next. */
export function TransfersPage() {
  return (
    <NoticeFrame>
      <Transfers />
    </NoticeFrame>
  );
}

function Transfers() {
  const query = useDeskQuery("transfers", TransferList, "/api/v1/transfers");
  return (
    <DeskPage title="Transfers" query={query}>
      {({ transfers }) =>
        transfers.length === 0 ? (
          <p>Nobody is being transferred. A transfer begins at a booking whose patient is in bed.</p>
        ) : (
          <ul className="desk-list">
            {transfers.map((transfer) => (
              <Transfer key={transfer.transferId} transfer={transfer} />
            ))}
          </ul>
        )
      }
    </DeskPage>
  );
}

function Transfer({ transfer }: { readonly transfer: TransferView }) {
  const notices = useNotices();
  const step = useStep({
    topic: "transfers",
    schema: TransferView,
    urlOf: ({ transferId }) => `/api/v1/transfers/${transferId}/events`,
  });
  const { callName, state, since, from, to, requestId } = transfer;
  const take = async (event: TransferView["allowed"][number]) => {
    const words = `${TRANSFER_EVENT_WORDS[event]}: ${callName}.`;
    if (event !== "hold-destination") return await step(transfer, event, words);
    try {
      const bedId = await bestBedFor(requestId);
      await step(transfer, event, words, { bedId });
    } catch (error) {
      notices.failed(error);
    }
  };
  return (
    <li className="desk-card">
      <div className="desk-card-head">
        <strong>{callName}</strong>
        <span>
          {from.bedLabel}, {from.wardName}, {from.hospitalId} →{" "}
          {to === null ? "no bed yet" : `${to.bedLabel}, ${to.wardName}, ${to.hospitalId}`}
        </span>
        <span className="badge badge-strong">{TRANSFER_STATE_WORDS[state]}</span>
        <Age atMs={Date.parse(since)} />
      </div>
      <Stages transfer={transfer} />
      <StepButtons allowed={transfer.allowed} wordsOf={TRANSFER_EVENT_WORDS} of={callName} take={take} />
    </li>
  );
}

async function bestBedFor(requestId: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(10_000);
  await readJson(RequestView, `/api/v1/requests/${requestId}`, signal);
  const { beds } = await readJson(MatchAnswer, `/api/v1/requests/${requestId}/matches`, signal);
  return beds[0]?.bedId;
}

function Stages({ transfer: { stages, dueAt } }: { readonly transfer: TransferView }) {
  const nowMs = useBeatMs();
  const leftMs = dueAt === null ? null : Date.parse(dueAt) - nowMs;
  return (
    <>
      <ol className="transfer-stages">
        {stages.map(({ state, at, by, reason }, index) => (
          // A state can come twice, so its place in the order is part of its name.
          // biome-ignore lint/suspicious/noArrayIndexKey: stages are only ever added at the end
          <li key={`${index} ${state}`}>
            {TRANSFER_STATE_WORDS[state]} <span className="quiet">{agoWords(nowMs - Date.parse(at))}</span>
            {by.kind === "bed" ? <span className="quiet">, by the bed</span> : null}
            {reason === null ? null : <span className="quiet">, {reason}</span>}
          </li>
        ))}
      </ol>
      {leftMs === null ? null : (
        <p className={leftMs < 0 ? undefined : "quiet"}>
          {leftMs < 0 ? `Late by ${durationWords(-leftMs)}.` : `Due in ${durationWords(leftMs)}.`}
        </p>
      )}
    </>
  );
}
