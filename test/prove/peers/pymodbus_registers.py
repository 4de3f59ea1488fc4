"""A Modbus TCP unit that holds what it is given: input registers and discrete inputs from address 0 on.

Usage: pymodbus_registers.py PORT. The first line on stdin is a JSON object {"registers": [...], "bits": [...]}; it prints
"ready" once it listens and ends with its stdin.
"""

import asyncio
import json
import os
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncTcpServer


async def main() -> None:
    port = int(sys.argv[1])
    given = json.loads(sys.stdin.readline())
    slave = ModbusSlaveContext(
        ir=ModbusSequentialDataBlock(0, given["registers"]),
        di=ModbusSequentialDataBlock(0, given["bits"]),
        zero_mode=True,
    )
    context = ModbusServerContext(slaves={1: slave}, single=False)

    async def follow_stdin() -> None:
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        print("ready", flush=True)
        await reader.read()
        os._exit(0)

    await asyncio.gather(StartAsyncTcpServer(context, address=("127.0.0.1", port)), follow_stdin())


asyncio.run(main())
