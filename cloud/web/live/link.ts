/** How this browser stands with the cloud. */
export type Link =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | {
      readonly kind: "lost";
      readonly sinceMs: number;
      /** When the newest message came; null: none ever did. */
      readonly lastHeardAtMs: number | null;
    }
  | { readonly kind: "signed-out" }
  | { readonly kind: "denied"; readonly detail: string; readonly hint: string }
  /** The cloud speaks, but not as this page expects: one of the two is newer. */
  | { readonly kind: "unreadable" };

/** A socket that comes back within this time is not worth a grey board. */
export const LOST_SHOWN_AFTER_MS = 2_000;

export function isShownLost(link: Link, nowMs: number): boolean {
  return link.kind === "lost" && nowMs - link.sinceMs >= LOST_SHOWN_AFTER_MS;
}
