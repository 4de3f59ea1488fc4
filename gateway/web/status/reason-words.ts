/** Modbus application protocol 1.1b3, 7: what a unit's exception says. */
const MODBUS_EXCEPTIONS: Readonly<Record<string, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "server device failure",
  5: "acknowledge",
  6: "server device busy",
  7: "negative acknowledge",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target device failed to respond",
};

/** Words that are written in their own way. */
const SPELLED: Readonly<Record<string, string>> = { json: "JSON", senml: "SenML", mqtt: "MQTT", crc: "CRC" };

const MODBUS_EXCEPTION = /^modbus-exception-(\d+)$/;

/** A reason's code as words: "out-of-range" reads "Out of range", a Modbus exception says what it means. */
export function reasonWords(reason: string): string {
  const words = reason
    .split("-")
    .map((word) => SPELLED[word] ?? word)
    .join(" ");
  const said = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
  const code = MODBUS_EXCEPTION.exec(reason)?.[1];
  return code === undefined ? said : `${said} (${MODBUS_EXCEPTIONS[code] ?? "not in the standard"})`;
}
