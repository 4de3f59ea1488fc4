import { useQueryClient } from "@tanstack/react-query";
import type * as z from "zod";
import { sendJson } from "../../../contracts/ui/send-json.ts";
import type { DeskTopic } from "../../../contracts/wire/live.ts";
import { useNotices } from "./notices.tsx";

type Stepped = { readonly version: number; readonly undoUntil?: string | null };

/**
 * Takes one step of something that people work on, as its page saw it. What stands afterwards is what the service
 * answered, and nothing is shown before; where the step can be taken back, the notice offers it.
 */
export function useStep<View extends Stepped>({
  topic,
  schema,
  urlOf,
  always = () => ({}),
}: {
  readonly topic: DeskTopic;
  readonly schema: z.ZodType<View>;
  urlOf(view: View): string;
  /** What every body names beside the event. */
  always?(view: View): object;
}): (view: View, event: string, words: string, more?: object) => Promise<void> {
  const queries = useQueryClient();
  const notices = useNotices();
  const send = async (view: View, event: string, more: object = {}): Promise<View> => {
    try {
      return await sendJson(schema, {
        method: "POST",
        url: urlOf(view),
        body: { event, ...always(view), ...more },
        version: view.version,
      });
    } finally {
      await queries.invalidateQueries({ queryKey: [topic] });
    }
  };
  return async (view, event, words, more) => {
    try {
      const after = await send(view, event, more);
      notices.done(words, {
        until: after.undoUntil ?? null,
        run: async () => {
          await send(after, "undo");
        },
      });
    } catch (error) {
      notices.failed(error);
    }
  };
}
