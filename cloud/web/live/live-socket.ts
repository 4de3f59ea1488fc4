/** The cloud sends evidence every few seconds; a socket without a word for this long is dead, whatever the browser thinks. */
const QUIET_MS_MAX = 20_000;

/** One WebSocket connection. Settles when it has ended, for whatever reason. */
export function listenToSocket(
  after: number | null,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL("/api/v1/live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (after !== null) url.searchParams.set("after", String(after));

  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    let quiet = setTimeout(end, QUIET_MS_MAX);
    function end(): void {
      clearTimeout(quiet);
      signal.removeEventListener("abort", end);
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
      resolve();
    }
    signal.addEventListener("abort", end);
    socket.onclose = end;
    socket.onmessage = (event: MessageEvent<unknown>) => {
      clearTimeout(quiet);
      quiet = setTimeout(end, QUIET_MS_MAX);
      if (typeof event.data === "string") onText(event.data);
    };
  });
}
