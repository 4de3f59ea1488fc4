/** A file sent to the cloud, with how far it is. By XMLHttpRequest: `fetch` does not tell how much it has sent. */
import type * as z from "zod";
import { refusalOf, SendError } from "./send-json.ts";

export type FileUpload = {
  readonly url: string;
  readonly file: Blob;
  /** What the file is said to be. */
  readonly type: string;
  /** The same for the same wish, until it is granted. */
  readonly key: string;
  readonly signal: AbortSignal;
  onSent(bytes: number): void;
};

/** Throws a SendError and nothing else; an upload that was broken off has an unknown outcome. */
export async function sendFile<T>(schema: z.ZodType<T>, upload: FileUpload): Promise<T> {
  const { status, text } = await answerOf(upload);
  const answer = parsed(text);
  if (status === 401) throw new SendError({ kind: "signed-out" });
  if (status < 200 || status > 299) throw new SendError(refusalOf(status, answer));
  const read = schema.safeParse(answer);
  if (!read.success) throw new SendError({ kind: "unreadable" });
  return read.data;
}

type Answer = { readonly status: number; readonly text: string };

function answerOf({ url, file, type, key, signal, onSent }: FileUpload): Promise<Answer> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const unknown = () => failed(new SendError({ kind: "unknown-outcome" }));
    request.open("POST", url);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("content-type", type);
    request.setRequestHeader("idempotency-key", key);
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    request.onload = () => done({ status: request.status, text: request.responseText });
    request.onerror = unknown;
    request.onabort = unknown;
    signal.addEventListener("abort", () => request.abort(), { once: true });
    if (signal.aborted) return unknown();
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
