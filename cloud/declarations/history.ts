/** What was said of a bed, as people read it. Pure. */
import * as z from "zod";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { DeclarationEntry } from "../../contracts/wire/ward-desk.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";

const SaidBody = z.object({
  axis: z.string().nullable().default(null),
  value: z.string().nullable().default(null),
  untilMs: z.int().nullable().default(null),
  reason: z.string().nullable().default(null),
});

export type StoredEvent = {
  readonly atMs: number;
  readonly kind: string;
  readonly subjectId: string;
  readonly body: unknown;
  readonly role: string | null;
};

export function declarationView({ atMs, kind, subjectId, body, role }: StoredEvent): DeclarationEntry {
  const { axis, value, untilMs, reason } = SaidBody.parse(body);
  return {
    declarationId: subjectId,
    what: kind === "declaration-made" ? "said" : kind === "declaration-lapsed" ? "lapsed" : "taken-back",
    axis,
    value,
    until: rfc3339OrNull(untilMs),
    reason,
    role: PersonRole.safeParse(role).data ?? null,
    at: rfc3339(atMs),
  };
}
