import type { ReactNode } from "react";
import { useBeatMs, useClock } from "./ClockContext.tsx";
import { clockWords } from "./clock-words.ts";
import { SignOut } from "./SignOut.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";
import "./page-header.css";

/** How the page stands with its server, in a word; the tone gives it a shape and a colour. */
export type Connection = {
  readonly tone: "held" | "waiting" | "lost";
  readonly words: string;
  readonly isSignedOut: boolean;
};

/** The server's time stands beside the connection, as a clock on the wall: it proves that the page is alive. */
export function PageHeader({
  title,
  connection,
  navigation,
}: {
  readonly title: ReactNode;
  readonly connection: Connection;
  /** The way to other pages, where there are any. */
  readonly navigation?: ReactNode;
}) {
  const { isSet } = useClock();
  const nowMs = useBeatMs();
  return (
    <header className="page-header">
      <BedMark />
      <h1>
        Hospitell <span className="page-title quiet">{title}</span>
      </h1>
      {navigation}
      <p className="connection" data-connection={connection.tone}>
        <span className="connection-shape" aria-hidden="true" /> {connection.words}
        {isSet() ? <time className="connection-clock quiet">{clockWords(nowMs)}</time> : null}
      </p>
      <div className="page-tools">
        <ThemeSwitch />
        {connection.isSignedOut ? null : <SignOut />}
      </div>
    </header>
  );
}

function BedMark() {
  return (
    <svg className="bed-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#15476e" />
      <path
        d="M6 8v17M6 20h20v5M26 20v-3a4 4 0 0 0-4-4h-9v7"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
