/** The session cookie. Over HTTPS its name takes the `__Host-` prefix, by which browsers keep others from setting it. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { SECRET_PATTERN } from "./secret.ts";
import type { IssuedSecret } from "./sessions.ts";

export type SessionCookie = {
  read(request: FastifyRequest): string | undefined;
  set(reply: FastifyReply, session: IssuedSecret): void;
  clear(reply: FastifyReply): void;
};

export const sessionCookieName = (secure: boolean) => (secure ? "__Host-hospitell" : "hospitell");

export function sessionCookie(secure: boolean): SessionCookie {
  const name = sessionCookieName(secure);
  const attributes = { httpOnly: true, sameSite: "strict", path: "/", secure } as const;
  return {
    read(request) {
      const value = request.cookies[name];
      return value !== undefined && SECRET_PATTERN.test(value) ? value : undefined;
    },
    set(reply, { token, expiresAtMs }) {
      reply.setCookie(name, token, { ...attributes, expires: new Date(expiresAtMs) });
    },
    clear(reply) {
      reply.clearCookie(name, attributes);
    },
  };
}
