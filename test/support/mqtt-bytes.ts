/** MQTT 3.1.1 by hand: a fixed header, the remaining length, then the fields. Bodies here are all shorter than 128 bytes. */
export const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
export const packet = (header: number, ...fields: readonly Buffer[]) => {
  const body = Buffer.concat(fields);
  return Buffer.concat([Buffer.from([header, body.length]), body]);
};
export const CONNECT = packet(
  0x10,
  text("MQTT"),
  Buffer.from([4, 0b1100_0010, 0, 60]),
  text("bed-1"),
  text("bed-1"),
  text("key-1"),
);
export const CONNACK = "20020000";
