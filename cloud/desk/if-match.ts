/** `If-Match`: a change is made to what its author saw, or not at all. ETags are the version in quotes. */
import * as z from "zod";
import { CloudError } from "../http/problem.ts";

export const IfMatch = z.object({
  "if-match": z
    .string()
    .regex(/^"\d{1,10}"$/, 'expected the ETag that the answer had, such as "3"')
    .describe("The ETag of what the caller has seen; a page that is out of date is refused."),
});

export const etagOf = (version: number): string => `"${version}"`;
export const versionOf = (ifMatch: string): number => Number(ifMatch.slice(1, -1));

export function requireVersion(ifMatch: string, version: number): void {
  if (versionOf(ifMatch) === version) return;
  throw new CloudError(
    "STALE_VERSION",
    `It was changed meanwhile: version ${version} stands, the request names ${versionOf(ifMatch)}.`,
  );
}
