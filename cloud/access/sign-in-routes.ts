/** From a one-time link to a session. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { requireOwnOrigin } from "./guard.ts";
import { SECRET_PATTERN } from "./secret.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";
import { linkSpentPage, SIGN_IN_SCRIPT, signInPage } from "./sign-in-page.ts";

export const SIGN_INS_PER_MINUTE_MAX = 20;
const FORM_BYTES_MAX = 4_096;

const LinkToken = z.object({
  token: z.string().regex(SECRET_PATTERN, "expected the token of a sign-in link"),
});

export type SignInRoutes = {
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly publicUrl: string | undefined;
};

export const signInRoutes: FastifyPluginAsyncZod<SignInRoutes> = async (
  app,
  { sessions, cookie, publicUrl },
) => {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: FORM_BYTES_MAX },
    async (_request: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );

  app.get("/sign-in", { schema: { hide: true, querystring: LinkToken } }, async (request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .send(signInPage(request.query.token)),
  );

  app.get("/sign-in.js", { schema: { hide: true } }, async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(SIGN_IN_SCRIPT),
  );

  app.post(
    "/sign-in",
    {
      schema: { hide: true, body: LinkToken },
      config: { rateLimit: { max: SIGN_INS_PER_MINUTE_MAX, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      // Otherwise another site could sign a person in as somebody of its choosing.
      requireOwnOrigin(request, publicUrl);
      const session = await sessions.redeemLink(request.body.token);
      if (session === undefined) return reply.code(410).type("text/html; charset=utf-8").send(linkSpentPage);
      cookie.set(reply, session);
      return reply.redirect("/", 303);
    },
  );
};
