/** Turns whatever was thrown into one of the known problems. Nothing of an unknown error reaches the client. Pure. */
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { isPassingTrouble } from "../database/trouble.ts";
import { errorCode } from "../start-error.ts";
import { CloudError, type ProblemCode } from "./problem.ts";

const PROBLEMS_NAMED_MAX = 20;

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: "BODY_UNREADABLE",
  // A file that is not served: whether it exists is not told.
  403: "NOT_FOUND",
  404: "NOT_FOUND",
  413: "BODY_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA",
  429: "TOO_MANY_REQUESTS",
};

export function understandError(error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const { validation, validationContext } = error;
    // Expectations only, never what came instead: that may be a token or a patient's name.
    const named = validation
      .slice(0, PROBLEMS_NAMED_MAX)
      .map(({ instancePath, message }) => `${fieldOf(validationContext, instancePath)}: ${message}`);
    const more = validation.length - named.length;
    return new CloudError("VALIDATION", named.join("; ") + (more > 0 ? `; and ${more} more` : ""));
  }
  if (isPassingTrouble(error))
    return new CloudError("DATABASE_UNAVAILABLE", "The database cannot be reached.");
  const status = clientErrorStatus(error);
  if (status === undefined) return new CloudError("INTERNAL", "The service could not answer.");
  return new CloudError(BY_STATUS[status] ?? "REQUEST_REFUSED", detailOf(error));
}

const fieldOf = (context: string | undefined, instancePath: string) =>
  [context ?? "request", ...instancePath.split("/").filter((part) => part !== "")].join(".");

/** Errors of the framework and its plugins: a body that is no JSON, too large, of a wrong kind. */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

/** The parser's own message may quote the body, so only its code is passed on. */
const detailOf = (error: unknown) =>
  `The request was refused before it was understood (${errorCode(error) ?? "no more is known"}).`;
