/** A room's limits as everybody else is told them: by metric, in the metric's own unit. */
import type { WardFileRoom } from "../../config/ward.ts";
import type { RoomLimit } from "../../contracts/wire/bed-event.ts";

export function roomLimits({
  climateLimits,
  isolation,
  pressureLimits,
}: Pick<WardFileRoom, "climateLimits" | "isolation" | "pressureLimits">): RoomLimit[] {
  const limits: RoomLimit[] = [];
  if (climateLimits !== undefined) {
    const { temperatureCelMin, temperatureCelMax, relativeHumidityPctMax } = climateLimits;
    limits.push({ metric: "room-temperature", min: temperatureCelMin, max: temperatureCelMax });
    limits.push({ metric: "relative-humidity", min: null, max: relativeHumidityPctMax });
  }
  const { differencePaMin } = pressureLimits;
  if (isolation === "negative-pressure")
    limits.push({ metric: "differential-pressure", min: null, max: -differencePaMin });
  if (isolation === "positive-pressure")
    limits.push({ metric: "differential-pressure", min: differencePaMin, max: null });
  return limits;
}
