/** Answers every failure as problem details, and writes to the log what a person must look at. */
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from "fastify";
import { CloudError, PROBLEMS, problemOf } from "./problem.ts";
import { understandError } from "./understand-error.ts";

export const PROBLEM_TYPE = "application/problem+json";
/** How long a caller waits before it tries a database that was away. */
const RETRY_AFTER_S = 5;
/** Attempts are counted by the minute. */
const NEXT_ATTEMPTS_AFTER_S = 60;

export function answerErrors(app: FastifyInstance, log: FastifyBaseLogger): void {
  app.setErrorHandler((error, request, reply) => {
    const understood = understandError(error);
    const { code, message: detail } = understood;
    const line = { requestId: request.id, req: request, code };
    if (PROBLEMS[code].status >= 500) log.error({ ...line, err: error }, "request failed");
    else log.info({ ...line, detail }, "request refused");
    return sendProblem(reply, understood);
  });
}

export function sendProblem(reply: FastifyReply, error: CloudError): FastifyReply {
  const problem = problemOf(error, reply.request.id);
  if (problem.status === 503) reply.header("retry-after", RETRY_AFTER_S);
  if (problem.status === 429) reply.header("retry-after", NEXT_ATTEMPTS_AFTER_S);
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem);
}

export const noSuchAddress = () => new CloudError("NOT_FOUND", "There is nothing at this address.");
