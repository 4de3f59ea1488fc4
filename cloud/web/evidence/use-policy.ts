import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Policy, parsePolicy } from "../../../contracts/log/policy.ts";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { EvidencePolicy } from "../../../contracts/wire/evidence.ts";

export const POLICY_URL = "/api/v1/evidence/policy";

/** Whom a file is checked against: this service's own word, or the reader's. */
export type PolicyChoice = {
  readonly source: "service" | "own";
  readonly policy: Policy | null;
  readonly service: { readonly policy: Policy | null; readonly error: Error | null; retry(): void };
  /** The reader's own: what they gave last, and what is wrong with it. */
  readonly own: { readonly text: string; readonly policy: Policy | null; readonly problem: string | null };
  choose(source: "service" | "own"): void;
  /** Takes it as the reader's own policy, and uses it. */
  give(text: string): void;
};

export function usePolicy(): PolicyChoice {
  const [source, choose] = useState<"service" | "own">("service");
  const [text, setText] = useState("");
  const { data, error, refetch } = useQuery({
    queryKey: ["evidence-policy"],
    queryFn: async ({ signal }) => readPolicy(await readJson(EvidencePolicy, POLICY_URL, signal)),
    // Once it is here, the page needs no network any more and asks for nothing.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const own = ownPolicy(text);
  const servicePolicy = data ?? null;
  return {
    source,
    policy: source === "service" ? servicePolicy : own.policy,
    service: { policy: servicePolicy, error, retry: () => void refetch() },
    own: { text, ...own },
    choose,
    give: (given) => {
      setText(given);
      choose("own");
    },
  };
}

function readPolicy(json: unknown): Policy {
  const parsed = parsePolicy(json);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.policy;
}

export function ownPolicy(text: string): { readonly policy: Policy | null; readonly problem: string | null } {
  if (text.trim() === "") return { policy: null, problem: null };
  try {
    const parsed = parsePolicy(JSON.parse(text));
    return parsed.ok ? { policy: parsed.policy, problem: null } : { policy: null, problem: parsed.problem };
  } catch {
    return { policy: null, problem: "It is not JSON. Give the whole text of the policy, from { to }." };
  }
}
