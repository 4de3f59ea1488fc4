import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type * as z from "zod";
import { failureWords } from "../../../contracts/ui/failure-words.ts";
import { ReadError, readJson } from "../../../contracts/ui/read-json.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import type { DeskTopic } from "../../../contracts/wire/live.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { PageSkeleton } from "../environment/PageSkeleton.tsx";
import "./desk.css";

/** Of the live socket's word that something changed, one may be lost with a connection; this finds it. */
const ASKED_EVERY_MS = 30_000;

export function useDeskQuery<Answer>(
  topic: DeskTopic,
  schema: z.ZodType<Answer>,
  url: string,
): UseQueryResult<Answer> {
  return useQuery({
    queryKey: [topic, url],
    queryFn: ({ signal }) => readJson(schema, url, signal),
    refetchInterval: ASKED_EVERY_MS,
  });
}

/** A page of things that people work on: loading, failed, not allowed, or there; what was there stays when it fails. */
export function DeskPage<Answer>({
  title,
  query,
  children,
}: {
  readonly title: string;
  readonly query: UseQueryResult<Answer>;
  children(answer: Answer): ReactNode;
}) {
  const { data, error, refetch } = query;
  if (data === undefined && error === null) return <PageSkeleton words={`Loading: ${title}`} />;
  if (data === undefined) {
    const isDenied = error instanceof ReadError && error.failure.kind === "denied";
    return (
      <StatePanel
        title={isDenied ? "Your role does not open this page" : "This could not be loaded"}
        action={{ words: "Try again", run: () => void refetch() }}
      >
        <p>
          {error instanceof ReadError ? failureWords(error.failure) : "Something went wrong on this page."}
        </p>
      </StatePanel>
    );
  }
  return (
    <div className="desk desaturates">
      <header className="desk-head">
        <h2>{title}</h2>
      </header>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {children(data)}
    </div>
  );
}
