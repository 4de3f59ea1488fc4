/**
 * What the service says to a program that started it with a message channel:
 *
 *   service ─▶ {kind: "ready", url, metricsUrl}
 *   program ─▶ {kind: "sign-in-link", role, hospitalId?}
 *   service ─▶ {kind: "sign-in-link", role, url}          url null: there is no such hospital
 */
import type { Logger } from "pino";
import * as z from "zod";
import { SignInLinkRequest } from "../contracts/wire/session.ts";
import type { SignInLinks } from "./access/sign-in-links.ts";
import type { RunningCloud } from "./start.ts";

/** The part of `process` that is used here. */
export type ParentChannel = {
  send?(message: unknown): unknown;
  on(event: "message", listener: (message: unknown) => void): unknown;
};

const LinkWanted = z.object({ kind: z.literal("sign-in-link") }).and(SignInLinkRequest);
type LinkWanted = z.infer<typeof LinkWanted>;

/** False where nobody is at the other end. */
export function speakToParent(parent: ParentChannel, cloud: RunningCloud, log: Logger): boolean {
  if (parent.send === undefined) return false;
  parent.on("message", (message) => {
    const wanted = LinkWanted.safeParse(message);
    if (!wanted.success) return;
    answer(parent, cloud.links, wanted.data).catch((error: unknown) =>
      log.error({ err: error }, "a sign-in link that the parent process wanted could not be made"),
    );
  });
  parent.send({ kind: "ready", url: cloud.url, metricsUrl: cloud.metricsUrl });
  return true;
}

async function answer(parent: ParentChannel, links: SignInLinks, wanted: LinkWanted): Promise<void> {
  const { role, hospitalId = null } = wanted;
  const link = await links.issue({ role, hospitalId });
  parent.send?.({ kind: "sign-in-link", role, url: link?.url ?? null });
}
