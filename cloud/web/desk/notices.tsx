import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { SendError, sendFailureWords } from "../../../contracts/ui/send-json.ts";
import { useKeys } from "./use-keys.ts";
import "./notices.css";

type Undo = { readonly untilMs: number; run(): Promise<void> };
type Notice =
  | { readonly kind: "done"; readonly words: string; readonly undo: Undo | null }
  | { readonly kind: "failed"; readonly words: string };

export type Notices = {
  /** What was done, after the service said so; with a way back where there is one. */
  done(words: string, undo?: { readonly until: string | null; run(): Promise<void> }): void;
  failed(error: unknown): void;
};

const NoticesContext = createContext<Notices | null>(null);

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (notices === null) throw new Error("a part that changes something stands outside of NoticeFrame");
  return notices;
}

/** The newest thing that was done or refused, at the foot of its page; `u` takes it back while that is possible. */
export function NoticeFrame({ children }: { readonly children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null);
  const notices = useMemo<Notices>(
    () => ({
      done: (words, undo) =>
        setNotice({
          kind: "done",
          words,
          undo: undo?.until == null ? null : { untilMs: Date.parse(undo.until), run: undo.run },
        }),
      failed: (error) => setNotice({ kind: "failed", words: wordsOf(error) }),
    }),
    [],
  );
  const takeBack = () => {
    if (notice?.kind !== "done" || notice.undo === null) return;
    const { words, undo } = notice;
    setNotice(null);
    undo.run().then(() => notices.done(`Taken back: ${words}`), notices.failed);
  };
  useKeys({ u: takeBack });
  return (
    <NoticesContext value={notices}>
      {children}
      <div className="notice-place" role="status">
        {notice === null ? null : (
          <NoticeBar notice={notice} takeBack={takeBack} close={() => setNotice(null)} />
        )}
      </div>
    </NoticesContext>
  );
}

function wordsOf(error: unknown): string {
  return error instanceof SendError ? sendFailureWords(error.failure) : "Something went wrong on this page.";
}

function NoticeBar({
  notice,
  takeBack,
  close,
}: {
  readonly notice: Notice;
  takeBack(): void;
  close(): void;
}) {
  const nowMs = useBeatMs();
  const leftMs = notice.kind === "done" && notice.undo !== null ? notice.undo.untilMs - nowMs : 0;
  return (
    <div className={`notice notice-${notice.kind}`}>
      <span>{notice.words}</span>
      {leftMs <= 0 ? null : (
        <button type="button" className="control" onClick={takeBack}>
          Undo <kbd>u</kbd> <span aria-hidden="true">{Math.ceil(leftMs / 1_000)} s</span>
        </button>
      )}
      <button type="button" className="control" onClick={close}>
        Close
      </button>
    </div>
  );
}
