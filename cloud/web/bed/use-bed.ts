import { useSyncExternalStore } from "react";
import { isGatewaySilent } from "../../../contracts/bed/freshness.ts";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { useBoardParts } from "../board/BoardContext.tsx";
import { momentMs } from "../live/bed-facts.ts";

/** The bed as the live socket last told it; undefined: there is none by this id, or nothing was heard yet. */
export function useBed(bedId: BedId): BedView | undefined {
  const { store } = useBoardParts();
  return useSyncExternalStore(store.subscribe, () => store.bedView(bedId));
}

export function useGateway(bed: BedView): GatewayView | undefined {
  const { store } = useBoardParts();
  return useSyncExternalStore(store.subscribe, () => store.gatewayOf(bed));
}

/** Renders only when it changes, which it does by time alone. */
export function useIsGatewaySilent(bed: BedView): boolean {
  const gateway = useGateway(bed);
  const clock = useClock();
  return useSyncExternalStore(clock.subscribe, () =>
    isGatewaySilent(momentMs(gateway?.lastHeardAt ?? null), clock.beatMs()),
  );
}
