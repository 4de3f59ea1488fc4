import type { Socket } from "node:net";
import type { ModbusAnswer } from "../modbus/answer.ts";
import { takeTcpRequest, tcpReply } from "../modbus/tcp-frame.ts";
import { openTcpServer, type TcpAddress, type TcpServer } from "./tcp-server.ts";

/** Null: no unit of that number answers. */
export type AnswerRead = (unit: number, functionCode: number, address: number, count: number) => ModbusAnswer;

/** A Modbus TCP to RS-485 converter with units behind it: a unit that is not there simply never answers. */
export function serveModbusTcp(address: TcpAddress, answer: AnswerRead): Promise<TcpServer> {
  return openTcpServer({ ...address, clientsMax: 8, onClient: (client) => answerRequests(client, answer) });
}

function answerRequests(client: Socket, answer: AnswerRead): void {
  let received: Buffer = Buffer.alloc(0);
  client.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let taken = takeTcpRequest(received); taken.kind !== "need-more"; taken = takeTcpRequest(received)) {
      if (taken.kind === "corrupt") {
        // Nothing in Modbus TCP marks where a request begins, so there is no way back into step.
        client.destroy();
        return;
      }
      received = taken.rest;
      const { request } = taken;
      const reply = tcpReply(request, (...read) => answer(request.unit, ...read));
      if (reply !== null) client.write(reply);
    }
  });
}
