/** The control: a master that takes whatever comes next for the answer, as simple ones do. The judge must catch it. */
import { createConnection } from "node:net";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import { rtuRequest } from "../../../devices/modbus/rtu-frame.ts";
import { systemClock } from "../../../gateway/moment.ts";
import { lateFault } from "./faults.ts";
import { Judge } from "./judge.ts";
import { startRtuUnits } from "./rtu-unit.ts";
import { BLOCKS } from "./told-by.ts";

const REPLY_BYTES = 9;
const GIVES_UP_AFTER_MS = 400;

export async function driveCarelessMaster(faults: number): Promise<Judge> {
  const units = await startRtuUnits();
  const judge = new Judge();
  const socket = createConnection(units.port, "127.0.0.1");
  let bytes = Buffer.alloc(0);
  let arrived: () => void = () => undefined;
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    arrived();
  });
  for (let n = 0; n < faults * 2; n++) {
    const [unit, address] = [3 + (n % 2), BLOCKS[(n >> 1) % BLOCKS.length] ?? 0];
    if (n % 2 === 0) void units.fault(unit, lateFault());
    socket.write(rtuRequest({ unit, functionCode: 4, address, count: 2 }));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GIVES_UP_AFTER_MS);
      arrived = () => {
        if (bytes.length < REPLY_BYTES) return;
        clearTimeout(timer);
        resolve();
      };
    });
    if (bytes.length < REPLY_BYTES) continue;
    const words = [bytes.readUInt16BE(3), bytes.readUInt16BE(5)];
    bytes = bytes.subarray(REPLY_BYTES);
    judge.hear(unit, {
      deviceId: DeviceId.parse(`careless-${unit}`),
      received: systemClock.now(),
      body: { kind: "registers", blocks: [{ functionCode: 4, address, words }] },
    });
  }
  socket.destroy();
  await units.close();
  return judge;
}
