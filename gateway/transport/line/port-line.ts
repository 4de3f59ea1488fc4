import { SerialPort } from "serialport";
import type { SerialSettings } from "../../../devices/profile.ts";
import { type ByteLine, LineError, OPEN_TIMEOUT_MS } from "./byte-line.ts";

/** A serial port of this machine, held by nobody else while it is open. */
export function openPortLine(path: string, settings: SerialSettings, signal: AbortSignal): Promise<ByteLine> {
  return new Promise((resolve, reject) => {
    // A port object that was open before an unplug says that it opens again, and then cannot write: always a new one.
    const port = new SerialPort({ path, ...settings, lock: true, autoOpen: false });
    let isGivenUp = false;
    const give = (why: string) => {
      isGivenUp = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      reject(new LineError(`cannot open ${path}: ${why}`));
    };
    const stop = () => give("the gateway ends");
    const timer = setTimeout(() => give(`it did not open within ${OPEN_TIMEOUT_MS} ms`), OPEN_TIMEOUT_MS);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    // Without a listener an error would end the process; closing follows it, and is what counts.
    port.on("error", () => undefined);
    port.open((error) => {
      if (isGivenUp) {
        if (error === null) port.close();
        return;
      }
      if (error !== null) return give(reasonOf(error.message));
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(lineOver(port));
    });
  });
}

function lineOver(port: SerialPort): ByteLine {
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  port.once("close", (error: Error | null) =>
    resolve(error === null || error === undefined ? "the port was closed" : "the port was unplugged"),
  );
  const close = () =>
    new Promise<void>((done) => {
      resolve("the port was closed");
      if (port.isOpen) port.close(() => done());
      else done();
    });
  return {
    listen(onBytes) {
      port.removeAllListeners("data").on("data", onBytes);
    },
    write(bytes) {
      // The port may be gone and know nothing of it until it is written to.
      port.write(bytes, (error) => {
        if (error) resolve(`the port takes nothing any more (${error.message})`);
      });
    },
    closed,
    close,
  };
}

/** The system's words for the few things that happen, and what to do about them. */
function reasonOf(message: string): string {
  if (message.includes("Cannot lock port"))
    return "another program holds the port; end that program, or name another port in the ward file";
  if (message.includes("No such file or directory"))
    return "there is no such port; check that the adapter is plugged in and which name it has";
  if (message.includes("Permission denied"))
    return "this user may not use the port; add the user to the group that owns it (on Debian, dialout)";
  if (message.includes("Inappropriate ioctl")) return "it is no serial port";
  return message;
}
