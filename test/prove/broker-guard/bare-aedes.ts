/** The control: aedes as it comes, behind one TCP door. */
import { createServer } from "node:net";
import { Aedes } from "aedes";

export type BareSaid = { readonly kind: "ready"; readonly port: number };

const broker = await Aedes.createBroker();
broker.on("clientError", () => undefined);
const server = createServer(broker.handle);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ kind: "ready", port: typeof address === "object" ? address?.port : null });
});
// Whoever started it is gone.
process.once("disconnect", () => process.exit());
