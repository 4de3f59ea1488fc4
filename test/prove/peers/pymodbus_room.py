"""A room sensor as an independent peer: pymodbus serves input registers 1 and 2; each line on stdin sets both.

Usage: pymodbus_room.py PORT. Prints "ready" once it listens. A line is "<°C × 10> <%RH × 10>".
"""

import asyncio
import os
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncTcpServer

INPUT_REGISTERS = 4


async def main() -> None:
    port = int(sys.argv[1])
    slave = ModbusSlaveContext(ir=ModbusSequentialDataBlock(0, [0] * 16), zero_mode=True)
    slave.setValues(INPUT_REGISTERS, 1, [225, 450])
    context = ModbusServerContext(slaves={1: slave}, single=False)

    async def follow_stdin() -> None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        print("ready", flush=True)
        while line := await reader.readline():
            slave.setValues(INPUT_REGISTERS, 1, [int(word) for word in line.split()])
        os._exit(0)

    await asyncio.gather(StartAsyncTcpServer(context, address=("127.0.0.1", port)), follow_stdin())


asyncio.run(main())
