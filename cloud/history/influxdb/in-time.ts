/** A call of a library that may never settle (half an answer, a peer that says nothing), given up in time. */
import { noAnswer } from "./answers.ts";

/** Rejects with StoreTrouble when the time is over or the signal comes; the call's late end is nobody's then. */
export async function inTime<Value>(
  call: (signal: AbortSignal) => Promise<Value>,
  msMax: number,
  signal: AbortSignal,
): Promise<Value> {
  const tooLong = AbortSignal.timeout(msMax);
  const either = AbortSignal.any([signal, tooLong]);
  return await new Promise<Value>((resolve, reject) => {
    const giveUp = () =>
      reject(noAnswer(tooLong.aborted ? new Error(`not within ${msMax} ms`) : either.reason));
    if (either.aborted) return giveUp();
    either.addEventListener("abort", giveUp, { once: true });
    call(either)
      .then(resolve, reject)
      .finally(() => either.removeEventListener("abort", giveUp));
  });
}
