/** MQTT in, JSON, a function, SQLite: the flow that its documentation and forums teach, with a prepared statement. */
const INSERT = "INSERT INTO reading VALUES ($device, $metric, $at, $value)";
const MAP = `const [one] = msg.payload;
msg.params = { $device: one.bn, $metric: one.n, $at: one.bt, $value: one.v };
return msg;`;

export const readingTable = "CREATE TABLE reading (device TEXT, metric TEXT, at REAL, value REAL)";

export function nodeRedFlow(mqttPort: number, databaseFile: string): object[] {
  const z = "tab";
  // Without a place on its canvas a node counts as a configuration.
  const place = { z, x: 100, y: 100 };
  return [
    { id: z, type: "tab", label: "Readings" },
    {
      id: "broker",
      type: "mqtt-broker",
      broker: "127.0.0.1",
      port: String(mqttPort),
      clientid: "node-red",
      autoConnect: true,
      usetls: false,
      protocolVersion: "4",
      keepalive: "60",
      cleansession: true,
    },
    { id: "database", type: "sqlitedb", db: databaseFile, mode: "RWC" },
    {
      id: "in",
      type: "mqtt in",
      ...place,
      topic: "devices/+/readings",
      qos: "1",
      datatype: "utf8",
      broker: "broker",
      inputs: 0,
      wires: [["json"]],
    },
    {
      id: "json",
      type: "json",
      ...place,
      property: "payload",
      action: "obj",
      pretty: false,
      wires: [["map"]],
    },
    { id: "map", type: "function", ...place, func: MAP, outputs: 1, wires: [["insert"]] },
    {
      id: "insert",
      type: "sqlite",
      ...place,
      mydb: "database",
      sqlquery: "prepared",
      sql: INSERT,
      wires: [[]],
    },
  ];
}
