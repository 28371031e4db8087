"""Prints what EVTXtract finds in a file: offset, record id and time of each record.

    python bench/evtxtract_records.py FILE      by a Python that has the package `evtxtract`
"""

import logging
import struct
import sys

import evtxtract
import evtxtract.utils

logging.disable(logging.CRITICAL)
with evtxtract.utils.Mmap(sys.argv[1]) as image:
    for record in evtxtract.extract(image):
        number, time = struct.unpack_from("<QQ", image, record.offset + 8)
        print(record.offset, number, time, sep="\t")
