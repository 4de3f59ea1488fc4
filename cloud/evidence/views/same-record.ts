/** Whether the log and the board hold the same record under one number. Pure. */

/**
 * `payload`: JSON, as the gateway logged it. A field of a newer gateway that this service did not know is in the log and
 * not on the board, so that everything that the board holds must be in the payload, and not the other way round.
 */
export function holdsRecord(payload: string, stored: unknown): boolean {
  try {
    return holds(JSON.parse(payload), stored);
  } catch {
    return false;
  }
}

function holds(logged: unknown, stored: unknown): boolean {
  if (typeof stored !== "object" || stored === null) return Object.is(logged, stored);
  if (typeof logged !== "object" || logged === null) return false;
  if (Array.isArray(stored))
    return (
      Array.isArray(logged) &&
      logged.length === stored.length &&
      stored.every((each, place) => holds(logged[place], each))
    );
  return (
    !Array.isArray(logged) &&
    Object.entries(stored).every(
      ([field, value]) =>
        Object.hasOwn(logged, field) && holds((logged as Record<string, unknown>)[field], value),
    )
  );
}
