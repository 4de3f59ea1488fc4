import { createServer, type Server, type Socket } from "node:net";
import { SetupProblem } from "../setup-problem.ts";

export type TcpAddress = { readonly host: string; readonly port: number };

export type TcpServer = {
  /** The one taken, also when port 0 (any) was asked for. */
  readonly port: number;
  readonly clients: ReadonlySet<Socket>;
  close(): Promise<void>;
};

export type TcpServerWanted = TcpAddress & {
  /** Like the small converters these servers stand for; one client more is turned away. */
  readonly clientsMax: number;
  readonly onClient: (client: Socket) => void;
};

export async function openTcpServer({
  host,
  port,
  clientsMax,
  onClient,
}: TcpServerWanted): Promise<TcpServer> {
  const clients = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    if (clients.size >= clientsMax) {
      client.destroy();
      return;
    }
    clients.add(client);
    client.on("close", () => clients.delete(client));
    // A client that goes away in the middle of something is ordinary; "close" follows and is all that matters.
    client.on("error", () => client.destroy());
    onClient(client);
  });
  await listening(server, { host, port });
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : port,
    clients,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of clients) client.destroy();
      }),
  };
}

function listening(server: Server, { host, port }: TcpAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE" ? "is taken by another program" : `cannot be opened: ${error.message}`;
      reject(new SetupProblem(`${host}:${port} ${reason}`, { cause: error }));
    });
    server.listen({ host, port }, () => resolve());
  });
}
