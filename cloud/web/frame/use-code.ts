import { type ComponentType, useEffect, useState } from "react";

type Loaded<Props> =
  | { readonly kind: "waiting" }
  | { readonly kind: "failed" }
  | { readonly kind: "here"; readonly Code: ComponentType<Props> };

/** A component whose code is a chunk of its own, loaded when it is first wanted and kept. `load` stays the same. */
export function useCode<Props>(
  load: () => Promise<ComponentType<Props>>,
  isWanted: boolean,
): { readonly loaded: Loaded<Props>; retry(): void } {
  const [loaded, setLoaded] = useState<Loaded<Props>>({ kind: "waiting" });
  const isMissing = isWanted && loaded.kind === "waiting";
  useEffect(() => {
    if (!isMissing) return;
    load().then(
      (Code) => setLoaded({ kind: "here", Code }),
      () => setLoaded({ kind: "failed" }),
    );
  }, [isMissing, load]);
  return { loaded, retry: () => setLoaded({ kind: "waiting" }) };
}
