/** What a receiver is told of one thing done at the desk. Pure. */
import { rfc3339 } from "../registry/bed-view.ts";

const BODY_BYTES_MAX = 64 * 1_024;

export type StoredEvent = {
  readonly position: number;
  readonly atMs: number;
  readonly topic: string;
  readonly subjectId: string;
  readonly kind: string;
  readonly bedId: string | null;
  readonly body: Readonly<Record<string, unknown>>;
};

export type Message = { readonly id: string; readonly body: string };

/**
 * The id is the same however often it is sent: receivers know a repetition by it. What people have written in their own
 * words stays here, whatever they wrote.
 */
export function messageOf({ position, atMs, topic, subjectId, kind, bedId, body }: StoredEvent): Message {
  const id = `evt_${position}`;
  const { reason: _reason, ...facts } = body;
  const head = { topic, subjectId, bedId, position };
  const text = (data: object) => JSON.stringify({ id, type: kind, timestamp: rfc3339(atMs), data });
  const whole = text({ ...facts, ...head });
  return {
    id,
    body: Buffer.byteLength(whole) <= BODY_BYTES_MAX ? whole : text({ ...head, shortened: true }),
  };
}
