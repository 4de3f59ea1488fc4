import type { ReadFailure } from "./read-json.ts";

/** Why something could not be read and what to do, in a sentence or two. */
export function failureWords(failure: ReadFailure): string {
  switch (failure.kind) {
    case "unreachable":
      return "The service does not answer.";
    case "signed-out":
      return "You are signed out. Open a new sign-in link.";
    case "denied":
      return `${failure.detail} ${failure.hint}`;
    case "missing":
      return "The service does not know it.";
    case "failed":
      return `The service failed (${failure.status}). ${failure.detail}`;
    case "unreadable":
      return "The service answered what this page cannot read. Load the page again.";
  }
}
