import { rtuReply, takeRtuRequest } from "../modbus/rtu-frame.ts";
import { type Line, type LineSettings, openLine } from "./open-line.ts";
import type { AnswerRead } from "./serve-modbus-tcp.ts";

export type RtuLineWanted = {
  /** `tcp://host:port`, or a device path. */
  readonly address: string;
  readonly settings: LineSettings;
  readonly answer: AnswerRead;
};

/** An RS-485 line with its units: every one hears every request, and only the one that is meant answers. */
export function serveRtuLine({ address, settings, answer }: RtuLineWanted): Promise<Line> {
  const heard = new WeakMap<object, Buffer>();
  return openLine({
    address,
    settings,
    onBytes: (bytes, reply, speaker) => {
      let received = Buffer.concat([heard.get(speaker) ?? Buffer.alloc(0), bytes]);
      for (
        let taken = takeRtuRequest(received);
        taken.kind !== "need-more";
        taken = takeRtuRequest(received)
      ) {
        received = Buffer.from(taken.rest);
        if (taken.kind === "noise") continue;
        const { request } = taken;
        const frame = rtuReply(request, (...read) => answer(request.unit, ...read));
        if (frame !== null) reply(frame);
      }
      heard.set(speaker, received);
    },
  });
}
