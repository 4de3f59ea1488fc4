const DELAY_MS_MIN = 500;
const DELAY_MS_MAX = 10_000;

/** Doubles from half a second to ten, the upper half of each step left to chance, so that browsers do not return in step. */
export function reconnectDelayMs(attempt: number, random: number): number {
  const stepMs = Math.min(DELAY_MS_MIN * 2 ** (attempt + 1), DELAY_MS_MAX);
  return Math.round(stepMs / 2 + (stepMs / 2) * random);
}
