"""Registers into numbers as pymodbus understands them: an independent reading of the same words.

Each line on stdin is a JSON object {"type", "order", "words", "scales"}; each line on stdout is a JSON list, one entry a
scale: the exact decimal product as text, or null where the float is no number. A scale is a text, so that 0.1 is 0.1.
"""

import json
import math
import sys
from decimal import Decimal

from pymodbus.constants import Endian
from pymodbus.payload import BinaryPayloadDecoder

# Bytes in a word, words in a value: pymodbus names the two apart.
ORDERS = {
    "abcd": (Endian.Big, Endian.Big),
    "cdab": (Endian.Big, Endian.Little),
    "badc": (Endian.Little, Endian.Big),
    "dcba": (Endian.Little, Endian.Little),
}
DECODE = {
    "u16": BinaryPayloadDecoder.decode_16bit_uint,
    "i16": BinaryPayloadDecoder.decode_16bit_int,
    "u32": BinaryPayloadDecoder.decode_32bit_uint,
    "i32": BinaryPayloadDecoder.decode_32bit_int,
    "f32": BinaryPayloadDecoder.decode_32bit_float,
}

for line in sys.stdin:
    case = json.loads(line)
    byte_order, word_order = ORDERS[case["order"]]
    decoder = BinaryPayloadDecoder.fromRegisters(case["words"], byteorder=byte_order, wordorder=word_order)
    value = DECODE[case["type"]](decoder)
    if isinstance(value, float) and not math.isfinite(value):
        print(json.dumps([None] * len(case["scales"])), flush=True)
        continue
    print(json.dumps([str(Decimal(value) * Decimal(scale)) for scale in case["scales"]]), flush=True)
