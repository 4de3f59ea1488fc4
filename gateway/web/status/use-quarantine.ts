import { useQuery } from "@tanstack/react-query";
import { ReadError, type ReadFailure, readJson } from "../../../contracts/ui/read-json.ts";
import { QuarantineList } from "../../../contracts/wire/gateway-status.ts";

export type QuarantineView = {
  readonly list: QuarantineList | null;
  readonly failure: ReadFailure | null;
  /** Messages that came after the list was read. */
  readonly newer: number;
  askNow(): void;
};

/** The list as it was read last; reading it again is the reader's choice, who may have a message open. */
export function useQuarantine(quarantinedEver: number): QuarantineView {
  const { data, error, refetch } = useQuery({
    queryKey: ["quarantine"],
    queryFn: ({ signal }) => readJson(QuarantineList, "/api/v1/quarantine", signal),
    enabled: quarantinedEver > 0,
    staleTime: Number.POSITIVE_INFINITY,
    // Raw bytes stay in the browser no longer than they are shown.
    gcTime: 0,
  });
  const list = data ?? null;
  const failure = error instanceof ReadError ? error.failure : null;
  const newer = list === null ? 0 : quarantinedEver - (list.entries[0]?.id ?? 0);
  return { list, failure, newer: Math.max(0, newer), askNow: () => void refetch({ cancelRefetch: false }) };
}
