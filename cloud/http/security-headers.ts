/** What browsers may do with our pages: load our own files and talk to us, nothing else. */
import type { FastifyHelmetOptions } from "@fastify/helmet";

const YEAR_S = 31_536_000;

export function securityHeaders(https: boolean): FastifyHelmetOptions {
  const self = ["'self'"];
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: self,
        styleSrc: self,
        imgSrc: self,
        fontSrc: self,
        manifestSrc: self,
        // Covers the live socket too: CSP 3 lets 'self' match ws: and wss: of the same host.
        connectSrc: self,
        formAction: self,
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    xFrameOptions: { action: "deny" },
    // "no-referrer" would make browsers send `Origin: null` with our own forms, and sign-in checks the origin.
    referrerPolicy: { policy: "strict-origin" },
    hsts: https ? { maxAge: YEAR_S } : false,
  };
}
