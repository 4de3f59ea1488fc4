"""A room sensor as an independent peer: pymodbus serves input registers 1 and 2; each line on stdin sets both.

Usage: pymodbus_room.py tcp PORT, or pymodbus_room.py rtu DEVICE (unit 1 at 9600 8N1). Prints "ready" once it listens.
A line is "<°C × 10> <%RH × 10>".
"""

import asyncio
import os
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer

INPUT_REGISTERS = 4


async def main() -> None:
    way, where = sys.argv[1:3]
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

    if way == "tcp":
        server = StartAsyncTcpServer(context, address=("127.0.0.1", int(where)))
    else:
        server = StartAsyncSerialServer(
            context, framer=ModbusRtuFramer, port=where, baudrate=9600, timeout=0.005
        )
    await asyncio.gather(server, follow_stdin())


asyncio.run(main())
