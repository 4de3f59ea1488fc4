import { useCallback, useState } from "react";
import type { ExportRequest } from "../../../contracts/wire/exports.ts";
import { askExport } from "./ask-export.ts";

/** One wish for a file. The key stays the same while the wish is repeated, so that it is made once. */
export type Asked = {
  readonly key: string;
  readonly words: string;
  readonly request: ExportRequest;
  readonly state:
    | { readonly kind: "asking" }
    | { readonly kind: "refused"; readonly error: Error }
    | { readonly kind: "accepted"; readonly exportId: string };
};

export type Exports = {
  /** Newest first. */
  readonly asked: readonly Asked[];
  ask(words: string, request: ExportRequest): void;
  /** The same wish again: after a refusal under its own key, after a failed export as a new one. */
  retry(asked: Asked): void;
  forget(asked: Asked): void;
};

/** What was asked for on this page, as long as it is shown. */
export function useExports(): Exports {
  const [asked, setAsked] = useState<readonly Asked[]>([]);

  const send = useCallback(async (wish: Omit<Asked, "state">) => {
    const settle = (state: Asked["state"]) =>
      setAsked((all) => all.map((each) => (each.key === wish.key ? { ...wish, state } : each)));
    try {
      settle({ kind: "accepted", exportId: await askExport(wish.request, wish.key) });
    } catch (error) {
      settle({ kind: "refused", error: error instanceof Error ? error : new Error(String(error)) });
    }
  }, []);

  const ask = useCallback(
    (words: string, request: ExportRequest) => {
      const wish = { key: newKey(), words, request };
      setAsked((all) => [{ ...wish, state: { kind: "asking" } }, ...all]);
      void send(wish);
    },
    [send],
  );

  const retry = useCallback(
    ({ key, words, request, state }: Asked) => {
      const wish = { key: state.kind === "refused" ? key : newKey(), words, request };
      setAsked((all) =>
        all.map((each) => (each.key === key ? { ...wish, state: { kind: "asking" } } : each)),
      );
      void send(wish);
    },
    [send],
  );

  const forget = useCallback(
    ({ key }: Asked) => setAsked((all) => all.filter((each) => each.key !== key)),
    [],
  );
  return { asked, ask, retry, forget };
}

/** `randomUUID` is there on secure addresses alone, and a ward's may be a plain one. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
