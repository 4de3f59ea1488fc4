/** A pause that ends early when somebody asks for it, or when the browser says that its network is back. */
export type ImpatientPause = {
  pause(delayMs: number, signal: AbortSignal): Promise<void>;
  endNow(): void;
};

export function createImpatientPause(): ImpatientPause {
  let endNow = (): void => {};
  return {
    endNow: () => endNow(),
    pause: (delayMs, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = setTimeout(end, delayMs);
        signal.addEventListener("abort", end);
        endNow = end;
      }),
  };
}
