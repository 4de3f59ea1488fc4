import { createServer, type Socket } from "node:net";
import { Aedes } from "aedes";
import { pause } from "./pause.ts";
import { SetupProblem } from "./setup-problem.ts";

export type HouseBrokerParts = {
  readonly port: number;
  /** User name → password; nobody else is let in. */
  readonly keys: Readonly<Record<string, string>>;
  readonly ready: (line: string) => void;
};

/**
 * A hospital's own MQTT broker, to which some devices report and which the gateway only reads. It forgets everything
 * when it ends: what a gateway that is away would miss is held for its session while the broker runs.
 */
export async function runHouseBroker(
  { port, keys, ready }: HouseBrokerParts,
  signal: AbortSignal,
): Promise<void> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, username, password, done) =>
      done(
        null,
        username !== undefined && keys[username] !== undefined && password?.toString() === keys[username],
      ),
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(new SetupProblem(`127.0.0.1:${port} cannot be opened: ${error.message}`, { cause: error })),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  ready(`house broker on 127.0.0.1:${port}`);
  while (!signal.aborted) await pause(Number.MAX_SAFE_INTEGER, signal);
  server.close();
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => broker.close(resolve));
}
