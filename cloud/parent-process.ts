/**
 * What the service says to a program that started it with a message channel:
 *
 *   service ─▶ {kind: "ready", url, metricsUrl}
 *   program ─▶ {kind: "sign-in-link", role, hospitalId?}
 *   service ─▶ {kind: "sign-in-link", role, url}          url null: there is no such hospital
 */
import * as z from "zod";
import { SignInLinkRequest } from "../contracts/wire/session.ts";
import type { RunningCloud } from "./start.ts";

/** The part of `process` that is used here. */
export type ParentChannel = {
  send?(message: unknown): unknown;
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "disconnect", listener: () => void): unknown;
};

const LinkWanted = z.object({ kind: z.literal("sign-in-link") }).and(SignInLinkRequest);

/** False where nobody is at the other end. Without its parent, nobody would stop the service: `onGone` is to. */
export function speakToParent(
  parent: ParentChannel,
  { url, metricsUrl, links }: RunningCloud,
  onGone: () => void,
): boolean {
  if (parent.send === undefined) return false;
  parent.once("disconnect", onGone);
  parent.on("message", (message) => {
    const wanted = LinkWanted.safeParse(message);
    if (!wanted.success) return;
    const { role, hospitalId = null } = wanted.data;
    void links
      .issue({ role, hospitalId })
      .then((link) => parent.send?.({ kind: "sign-in-link", role, url: link?.url ?? null }));
  });
  parent.send({ kind: "ready", url, metricsUrl });
  return true;
}
