import { SerialPort } from "serialport";
import { SetupProblem } from "../setup-problem.ts";
import type { Line, LineWanted } from "./open-line.ts";

/** Opened once and for good: whoever unplugs a simulated device ends its program. */
export async function openDevicePath({ address, settings, onBytes, greeting }: LineWanted): Promise<Line> {
  const port = new SerialPort({ path: address, ...settings, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error === null) resolve();
      else reject(new SetupProblem(`${address} cannot be opened: ${error.message}`, { cause: error }));
    });
  });
  const write = (bytes: Buffer) => {
    if (port.isOpen) port.write(bytes);
  };
  // The other end of a pseudo-terminal going away is ordinary; there is then nobody to speak to.
  port.on("error", () => undefined);
  port.on("data", (bytes: Buffer) => onBytes(bytes, write, port));
  if (greeting !== undefined) write(greeting());
  return {
    address,
    port: null,
    write,
    close: () =>
      new Promise((resolve) => {
        if (port.isOpen) port.close(() => resolve());
        else resolve();
      }),
  };
}
