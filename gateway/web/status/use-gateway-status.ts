import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useBeatMs, useClock } from "../../../contracts/ui/ClockContext.tsx";
import { ReadError, type ReadFailure, readJson } from "../../../contracts/ui/read-json.ts";
import { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { isShownLost } from "./lost.ts";

const POLL_EVERY_MS = 2_000;

export type StatusView = {
  /** The newest status that came, kept when the gateway stops answering. Null: none yet. */
  readonly status: GatewayStatus | null;
  /** Why the newest question had no answer; null where it had one. */
  readonly failure: ReadFailure | null;
  readonly isLost: boolean;
  askNow(): void;
};

export function useGatewayStatus(): StatusView {
  const clock = useClock();
  const { data, error, refetch } = useQuery({
    queryKey: ["status"],
    queryFn: async ({ signal }) => {
      const status = await readJson(GatewayStatus, "/api/v1/status", signal);
      clock.hear(Date.parse(status.now));
      return status;
    },
    refetchInterval: POLL_EVERY_MS,
  });
  const status = data ?? null;
  const failure = error instanceof ReadError ? error.failure : null;
  const isLost = isShownLost(status, failure, useBeatMs());
  useLossOnRoot(isLost);
  return { status, failure, isLost, askNow: () => void refetch() };
}

/** The whole page is drained of colour from its root. */
function useLossOnRoot(isLost: boolean): void {
  useEffect(() => {
    document.documentElement.dataset.link = isLost ? "lost" : "held";
  }, [isLost]);
}
