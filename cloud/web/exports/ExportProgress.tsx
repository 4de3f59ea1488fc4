import { useMutation, useQuery } from "@tanstack/react-query";
import type { ExportView } from "../../../contracts/wire/exports.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { fileAddressOf, readExport, removeExport } from "./ask-export.ts";
import { hasEnded, progressWords } from "./export-words.ts";
import type { Asked, Exports } from "./use-exports.ts";

const LOOKED_AT_EVERY_MS = 1_000;

/** One file on its way: how far it is, and what can be done with it. */
export function ExportProgress({ asked, exports }: { readonly asked: Asked; readonly exports: Exports }) {
  const { state, words } = asked;
  return (
    <li className="export">
      {state.kind === "asking" ? <p className="quiet">{words}: asking for it</p> : null}
      {state.kind === "refused" ? (
        <>
          <p>{words} could not be asked for.</p>
          <FailureNote error={state.error} retry={() => exports.retry(asked)} />
        </>
      ) : null}
      {state.kind === "accepted" ? (
        <Accepted asked={asked} exportId={state.exportId} exports={exports} />
      ) : null}
    </li>
  );
}

function Accepted({
  asked,
  exportId,
  exports,
}: {
  readonly asked: Asked;
  readonly exportId: string;
  readonly exports: Exports;
}) {
  const { data, error, refetch } = useQuery({
    queryKey: ["export", exportId],
    queryFn: ({ signal }) => readExport(exportId, signal),
    refetchInterval: ({ state }) =>
      state.data !== undefined && hasEnded(state.data) ? false : LOOKED_AT_EVERY_MS,
  });
  const cancel = useMutation({ mutationFn: () => removeExport(exportId), onSuccess: () => refetch() });
  return (
    <>
      <p className="export-name">
        <strong>{asked.words}</strong> <span className="quiet">{data?.fileName}</span>
      </p>
      {error === null ? null : <FailureNote error={error} retry={refetch} />}
      {data === undefined ? null : <Progress view={data} label={asked.words} />}
      {cancel.error === null ? null : <FailureNote error={cancel.error} retry={() => cancel.mutate()} />}
      <p className="export-actions">
        {data?.state === "done" ? (
          <a className="control control-link" href={fileAddressOf(exportId)} download={data.fileName}>
            Download
          </a>
        ) : null}
        {data !== undefined && !hasEnded(data) ? (
          <button type="button" className="control" onClick={() => cancel.mutate()}>
            {cancel.isPending ? "Cancelling" : "Cancel"}
          </button>
        ) : null}
        {data?.state === "failed" || data?.state === "cancelled" ? (
          <button type="button" className="control" onClick={() => exports.retry(asked)}>
            Try again
          </button>
        ) : null}
        {data !== undefined && hasEnded(data) ? (
          <button type="button" className="control" onClick={() => exports.forget(asked)}>
            Take off the list
          </button>
        ) : null}
      </p>
    </>
  );
}

function Progress({ view, label }: { readonly view: ExportView; readonly label: string }) {
  const isMade = !hasEnded(view);
  return (
    <>
      {isMade ? (
        <progress
          className="export-bar"
          aria-label={`${label}, how far`}
          max={100}
          {...(view.percent === null ? {} : { value: view.percent })}
        />
      ) : null}
      {/* A reader hears how it ended, not every second of it. */}
      <p role={isMade ? undefined : "status"}>{progressWords(view)}</p>
      {view.note === null ? null : <p className="quiet">{view.note}</p>}
    </>
  );
}
