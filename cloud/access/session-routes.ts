/** Who am I, sign out, and let somebody else in. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { Session, SignInLink, SignInLinkRequest } from "../../contracts/wire/session.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { mayInvite } from "./may-invite.ts";
import { personOf } from "./scope.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";
import type { SignInLinks } from "./sign-in-links.ts";

export type SessionRoutes = {
  readonly sessions: Sessions;
  readonly links: SignInLinks;
  readonly cookie: SessionCookie;
};

export const sessionRoutes: FastifyPluginAsyncZod<SessionRoutes> = async (
  app,
  { sessions, links, cookie },
) => {
  app.get(
    "/api/v1/session",
    { schema: { summary: "The caller's role and hospital", response: { 200: Session } } },
    async (request) => {
      const { role, hospitalId } = personOf(request.caller);
      return { role, hospitalId };
    },
  );

  app.delete(
    "/api/v1/session",
    { schema: { summary: "Sign out", response: { 204: z.undefined() } } },
    async (request, reply) => {
      await sessions.end(personOf(request.caller).sessionSha256);
      cookie.clear(reply);
      return reply.code(204).send();
    },
  );

  // No Idempotency-Key: to answer a repetition with the same link, the link itself would have to be stored, and it is
  // a secret. A link whose answer was lost expires unused; the caller asks for another.
  app.post(
    "/api/v1/sign-in-links",
    {
      schema: {
        summary: "A one-time link by which a person signs in with a role",
        body: SignInLinkRequest,
        response: { 201: SignInLink },
      },
    },
    async (request, reply) => {
      const { role, hospitalId = null } = request.body;
      if (!mayInvite(personOf(request.caller), { role, hospitalId }))
        throw new CloudError("FORBIDDEN", "Your role does not include links for this role or hospital.");
      const link = await links.issue({ role, hospitalId });
      if (link === undefined) throw new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital.");
      return reply.code(201).send({ url: link.url, expiresAt: rfc3339(link.expiresAtMs) });
    },
  );
};
