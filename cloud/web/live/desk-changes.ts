/**
 * What people do about beds is shown from queries whose key begins with its topic: `["requests", …]`. A message of the
 * live socket makes those of its topics ask anew; after a connection that broke off, all do, since what was missed is
 * not told.
 */
import type { QueryClient } from "@tanstack/react-query";
import { DESK_TOPICS, type DeskTopic, type LiveMessage } from "../../../contracts/wire/live.ts";

export type DeskChanges = {
  /** Of a message; others than of the desk say nothing here. */
  receive(message: LiveMessage): void;
  connected(): void;
};

export function createDeskChanges(queries: Pick<QueryClient, "invalidateQueries">): DeskChanges {
  const askAnew = (topics: Iterable<DeskTopic>): void => {
    for (const topic of topics) void queries.invalidateQueries({ queryKey: [topic] });
  };
  return {
    receive: (message) => {
      if (message.kind === "desk") askAnew(new Set(message.changed.map(({ topic }) => topic)));
    },
    connected: () => askAnew(DESK_TOPICS),
  };
}
