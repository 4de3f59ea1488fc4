/** The check sum of Modbus RTU: CRC-16, polynomial 0xA001 (reflected 0x8005), begun at 0xFFFF; sent low byte first. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});

export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = (crc >> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return crc;
}

/** Whether the last two bytes are the check sum of those before. */
export function hasRightCrc(frame: Uint8Array): boolean {
  const end = frame.length - 2;
  if (end < 1) return false;
  const sent = (frame[end] ?? 0) | ((frame[end + 1] ?? 0) << 8);
  return crc16(frame.subarray(0, end)) === sent;
}
