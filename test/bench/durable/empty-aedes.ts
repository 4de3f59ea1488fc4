/** The same broker with a handler that does nothing: what is left is what the protocol itself costs. */
import { createServer } from "node:net";
import { Aedes } from "aedes";

const broker = await Aedes.createBroker({
  authorizePublish: (_client, _packet, done) => done(null),
});
process.on("disconnect", () => process.exit(0));
const server = createServer(broker.handle);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.send?.({ kind: "ready", mqttPort: address.port });
});
