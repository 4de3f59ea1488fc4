/** A conflict as its caller sees it. Pure. */
import { ACTION_WORDS, ACTIONS_OF_CONFLICT } from "../../contracts/booking/conflict-actions.ts";
import type { ConflictView } from "../../contracts/wire/ward-desk.ts";
import type { PersonCaller } from "../access/scope.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import type { StoredConflict } from "./repository.ts";

export function conflictView(conflict: StoredConflict, caller: PersonCaller): ConflictView {
  const { ownerRole, ownerHospitalId, ownerSessionSha256, ownedSinceMs, closedAtMs } = conflict;
  const [action] = ACTIONS_OF_CONFLICT[conflict.kind];
  const isOwn = ownerSessionSha256 === caller.sessionSha256;
  return {
    conflictId: conflict.conflictId,
    kind: conflict.kind,
    bedId: conflict.bedId,
    bedLabel: conflict.bedLabel,
    hospitalId: conflict.hospitalId,
    wardName: conflict.wardName,
    bookingId: conflict.bookingId,
    since: rfc3339(conflict.sinceMs),
    openedAt: rfc3339(conflict.openedAtMs),
    closedAt: rfc3339OrNull(closedAtMs),
    owner:
      ownerRole === null || ownedSinceMs === null
        ? null
        : { role: ownerRole, hospitalId: ownerHospitalId, since: rfc3339(ownedSinceMs) },
    isOwn,
    says: conflict.says.map(({ who, what, atMs }) => ({ who, what, at: rfc3339(atMs) })),
    action,
    actionText: ACTION_WORDS[action],
    allowed: closedAtMs === null ? [...ownership(isOwn, ownerSessionSha256), "resolve"] : [],
    resolution: conflict.resolution,
    version: conflict.version,
  };
}

function ownership(isOwn: boolean, ownerSessionSha256: string | null): ("own" | "disown")[] {
  if (isOwn) return ["disown"];
  return ownerSessionSha256 === null ? ["own"] : [];
}
