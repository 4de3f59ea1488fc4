/** The baseline: the same readings as JSON texts in gzip, as version 1 sent them, to somebody who only unpacks them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGunzip, gzipSync } from "node:zlib";
import type { Reading } from "../../../contracts/wire/reading.ts";

const BATCH_READINGS = 2_000;

export type JsonDrain = { readonly readingsPerSecond: number; readonly bytesPerReading: number };

export async function drainAsJson(readings: readonly Reading[], count: number): Promise<JsonDrain> {
  const server = createServer((request, response) => {
    request
      .pipe(createGunzip())
      .resume()
      .on("end", () => response.end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const startedMs = performance.now();
  let bytes = 0;
  for (let from = 0; from < count; from += BATCH_READINGS) {
    const at = from % readings.length;
    const batch = readings.slice(at, at + BATCH_READINGS);
    const body = new Uint8Array(gzipSync(JSON.stringify({ version: 1, records: batch }), { level: 1 }));
    bytes += body.byteLength;
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    await (await fetch(url, { method: "POST", headers, body })).text();
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return { readingsPerSecond: count / seconds, bytesPerReading: bytes / count };
}
