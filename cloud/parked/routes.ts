/** The dead letters: what could not be stored, and trying again. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BedId, DeviceId } from "../../contracts/wire/ids.ts";
import {
  type ParkedRecord,
  type ParkedRecordKey,
  ParkedRecordPage,
  REPLAYED_RECORDS_MAX,
  ReplayReply,
  ReplayRequest,
} from "../../contracts/wire/parked-records.ts";
import { personOf, type Scope, scopeOf } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { cursorOf, cursorText } from "../registry/cursor.ts";
import { ParkedPosition, parkedAfter, type StoredParked } from "./parked-repository.ts";
import { replayRecord } from "./replay.ts";

const RECORDS_PER_PAGE_MAX = 200;

export type ParkedRoutes = {
  readonly db: Database;
  /** Called after the commit, so that whoever looks finds it. */
  bedsChanged(): void;
};

const Cursor = cursorOf(ParkedPosition);
const Query = z.object({
  limit: z.coerce.number().int().min(1).max(RECORDS_PER_PAGE_MAX).default(50),
  cursor: Cursor.optional(),
});

export const parkedRoutes: FastifyPluginAsyncZod<ParkedRoutes> = async (app, { db, bedsChanged }) => {
  app.get(
    "/api/v1/parked-records",
    {
      schema: {
        summary: "Records of gateways that could not be stored, with the reason",
        querystring: Query,
        response: { 200: ParkedRecordPage },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const found = await parkedAfter(db, scopeOf(personOf(request.caller)), cursor, limit + 1);
      return { records: found.slice(0, limit).map(parkedView), nextCursor: cursorAfter(found, limit) };
    },
  );

  app.post(
    "/api/v1/parked-records/replay",
    {
      schema: {
        // No Idempotency-Key: what is stored is no longer parked, so that a repetition finds nothing to do.
        summary: "Tries again to store parked records, the given ones or all",
        body: ReplayRequest,
        response: { 200: ReplayReply },
      },
    },
    async (request) => {
      const scope = scopeOf(personOf(request.caller));
      const { keys, nextCursor } = await keysOf(db, scope, request.body);
      const reply: ReplayReply = { storedCount: 0, stillParked: [], nextCursor };
      for (const key of keys) {
        const result = await replayRecord(db, scope, key);
        if (result.kind === "stored") reply.storedCount += 1;
        if (result.kind === "parked") reply.stillParked.push({ ...key, reason: result.reason });
      }
      if (reply.storedCount > 0) bedsChanged();
      return reply;
    },
  );
};

type Keys = { readonly keys: readonly ParkedRecordKey[]; readonly nextCursor: string | null };

async function keysOf(db: Database, scope: Scope, request: ReplayRequest): Promise<Keys> {
  if ("records" in request) return { keys: request.records, nextCursor: null };
  const after = Cursor.optional().safeParse(request.cursor);
  if (!after.success)
    throw new CloudError("VALIDATION", "body.cursor: expected the nextCursor of an earlier reply");
  const found = await parkedAfter(db, scope, after.data, REPLAYED_RECORDS_MAX + 1);
  const keys = found
    .slice(0, REPLAYED_RECORDS_MAX)
    .map(({ gatewayId, epoch, lane, seq }) => ({ gatewayId, epoch, lane, seq }));
  return { keys, nextCursor: cursorAfter(found, REPLAYED_RECORDS_MAX) };
}

function cursorAfter(found: readonly StoredParked[], limit: number): string | null {
  const last = found[limit - 1];
  if (found.length <= limit || last === undefined) return null;
  return cursorText([last.gatewayId, last.epoch, last.lane, last.seq]);
}

const About = z.object({
  kind: z
    .string()
    .max(64)
    .catch("")
    .transform((kind) => kind || null),
  bedId: BedId.nullable().catch(null),
  deviceId: DeviceId.nullable().catch(null),
  metric: ParkedRecordPage.shape.records.element.shape.about.shape.metric.catch(null),
});

function parkedView({ gatewayId, epoch, lane, seq, reason, body, receivedAtMs }: StoredParked): ParkedRecord {
  return { gatewayId, epoch, lane, seq, reason, receivedAt: rfc3339(receivedAtMs), about: aboutOf(body) };
}

function aboutOf(body: string): ParkedRecord["about"] {
  try {
    const raw: unknown = JSON.parse(body);
    const { series } = Object(raw);
    return About.parse(series === undefined ? Object(raw) : { kind: "reading", ...Object(series) });
  } catch {
    return { kind: null, bedId: null, deviceId: null, metric: null };
  }
}
