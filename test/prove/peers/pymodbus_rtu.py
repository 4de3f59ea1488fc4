"""Units on an RTU line as an independent peer: pymodbus serves input registers 1 and 2 of each.

Usage: pymodbus_rtu.py PORT UNIT... Prints "ready" before it listens. Unit n has 20.n °C and 40.n %RH, times ten.
"""

import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncSerialServer
from pymodbus.transaction import ModbusRtuFramer

INPUT_REGISTERS = 4


def unit_context(unit: int) -> ModbusSlaveContext:
    slave = ModbusSlaveContext(ir=ModbusSequentialDataBlock(0, [0] * 16), zero_mode=True)
    slave.setValues(INPUT_REGISTERS, 1, [200 + unit, 400 + unit])
    return slave


async def main() -> None:
    port, *units = sys.argv[1:]
    context = ModbusServerContext(slaves={int(unit): unit_context(int(unit)) for unit in units}, single=False)
    print("ready", flush=True)
    await StartAsyncSerialServer(context, framer=ModbusRtuFramer, port=port, baudrate=9600, timeout=0.005)


asyncio.run(main())
