/** MQTT in, JSON, a function, SQLite: the flow that its documentation and forums teach, with a prepared statement. */
const INSERT = "INSERT INTO reading VALUES ($device, $metric, $at, $value)";
const MAP = `const [one] = msg.payload;
msg.params = { $device: one.bn, $metric: one.n, $at: one.bt, $value: one.v };
return msg;`;

export const readingTable = "CREATE TABLE reading (device TEXT, metric TEXT, at REAL, value REAL)";

export function nodeRedFlow(mqttPort: number, databaseFile: string): object[] {
  const z = "tab";
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
      z,
      topic: "devices/+/readings",
      qos: "1",
      datatype: "utf8",
      broker: "broker",
      inputs: 0,
      wires: [["json"]],
    },
    { id: "json", type: "json", z, property: "payload", action: "obj", pretty: false, wires: [["map"]] },
    { id: "map", type: "function", z, func: MAP, outputs: 1, wires: [["insert"]] },
    {
      id: "insert",
      type: "sqlite",
      z,
      mydb: "database",
      sqlquery: "prepared",
      sql: INSERT,
      wires: [[]],
    },
  ];
}
