/** Cleaning tasks over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import {
  CleaningConflict,
  CleaningEventBody,
  CleaningTaskBody,
  CleaningTaskList,
  CleaningTaskView,
} from "../../contracts/wire/ward-desk.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { etagOf, IfMatch } from "../desk/if-match.ts";
import { PROBLEM_TYPE } from "../http/errors.ts";
import type { Cleaning } from "./cleaning.ts";
import { LISTED_MAX } from "./repository.ts";

const Params = z.object({ taskId: z.uuid() });
const Query = z.object({
  done: z
    .stringbool({ truthy: ["1", "true"], falsy: ["0", "false"] })
    .default(false)
    .describe("1: what was done or cancelled, the newest first, instead of what is to be done."),
});

const conflict = {
  description:
    "`CLEANING_TASK_OPEN`, `CLEANING_STEP_REFUSED`, `CLEANING_BED_OCCUPIED`, `CLEANING_UNDO_REFUSED`: nothing was done.",
  content: { [PROBLEM_TYPE]: { schema: CleaningConflict } },
};

export type CleaningRoutes = { readonly cleaning: Cleaning };

export const cleaningRoutes: FastifyPluginAsyncZod<CleaningRoutes> = async (app, { cleaning }) => {
  app.get(
    "/api/v1/cleaning-tasks",
    {
      schema: {
        summary: "Beds to be cleaned: stat, then next, then routine, and what is due first",
        description: `At most ${LISTED_MAX}.`,
        querystring: Query,
        response: { 200: CleaningTaskList },
      },
    },
    async (request) => cleaning.list(personOf(request.caller), request.query.done),
  );

  app.post(
    "/api/v1/cleaning-tasks",
    {
      schema: {
        summary: "Asks for a cleaning; the bed is dirty from then on",
        headers: RequiredIdempotencyKey,
        body: CleaningTaskBody,
        response: { 201: CleaningTaskView, 409: conflict },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      const task = await cleaning.ask(personOf(request.caller), key, request.body);
      return reply.code(201).header("etag", etagOf(task.version)).send(task);
    },
  );

  app.post(
    "/api/v1/cleaning-tasks/:taskId/events",
    {
      schema: {
        summary: "Moves a cleaning on, and its bed's readiness with it",
        params: Params,
        headers: IfMatch,
        body: CleaningEventBody,
        response: { 200: CleaningTaskView, 409: conflict },
      },
    },
    async (request, reply) => {
      const { taskId } = request.params;
      const caller = personOf(request.caller);
      const task = await cleaning.step(caller, taskId, request.headers["if-match"], request.body);
      reply.header("etag", etagOf(task.version));
      return task;
    },
  );
};
