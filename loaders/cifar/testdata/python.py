"""Writes CIFAR-10's python version as Python 2 and as today's Python write it.

    python3 python.py                    the small made-up files beside this script
    python3 python.py BINARY_DIR OUT_DIR CIFAR-10's python version from its binary
                                         version, as Python 2 wrote it

The made-up files are test_batch files of three images: record i has the label
7*i%10 and the bytes (31*i + 7*j + j//256) % 256 for j = 0..3071. cpickle is
written operation by operation, as Python 2's cPickle wrote the published files
under protocol 2; protocol2 to protocol5 are what pickle makes of the same with
NumPy's arrays today, and numpy1 is protocol 4 with the module names of NumPy 1.
Only these need NumPy.
"""

import pathlib
import pickle
import struct
import sys

RECORD = 1 + 3072


class CPickle:
    """Writes pickle operations as cPickle did: every string is remembered."""

    def __init__(self):
        self.out = bytearray(b"\x80\x02")  # PROTO 2
        self.memo = 0

    def put(self):
        self.memo += 1
        if self.memo < 256:
            self.out += b"q" + bytes([self.memo])  # BINPUT
        else:
            self.out += b"r" + struct.pack("<I", self.memo)  # LONG_BINPUT

    def string(self, text):
        self.out += b"U" + bytes([len(text)]) + text  # SHORT_BINSTRING
        self.put()

    def integer(self, value):
        if value < 256:
            self.out += b"K" + bytes([value])  # BININT1
        elif value < 65536:
            self.out += b"M" + struct.pack("<H", value)  # BININT2
        else:
            self.out += b"J" + struct.pack("<i", value)  # BININT

    def items(self, values, write):
        self.out += b"]"  # EMPTY_LIST
        self.put()
        for first in range(0, len(values), 1000):
            self.out += b"("  # MARK
            for value in values[first : first + 1000]:
                write(value)
            self.out += b"e"  # APPENDS

    def name(self, module, name):
        self.out += b"c" + module + b"\n" + name + b"\n"  # GLOBAL
        self.put()

    def array(self, rows, data):
        self.name(b"numpy.core.multiarray", b"_reconstruct")
        self.name(b"numpy", b"ndarray")
        self.out += b"K\x00\x85U\x01b\x87R"  # (ndarray, (0,), 'b'), TUPLE3, REDUCE
        self.put()
        self.out += b"(K\x01"  # MARK, version 1
        self.integer(rows)
        self.integer(3072)
        self.out += b"\x86"  # TUPLE2
        self.name(b"numpy", b"dtype")
        self.out += b"U\x02u1K\x00K\x01\x87R"  # dtype('u1', 0, 1)
        self.put()
        # Its state, (3, '|', None, None, None, -1, -1, 0), and BUILD.
        self.out += b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        self.out += b"\x89T" + struct.pack("<i", len(data)) + data  # NEWFALSE, BINSTRING
        self.out += b"tb"  # TUPLE, BUILD


def cpickle(label, records):
    rows = [records[i : i + RECORD] for i in range(0, len(records), RECORD)]
    p = CPickle()
    p.out += b"}"  # EMPTY_DICT
    p.put()
    p.out += b"("  # MARK
    p.string(b"batch_label")
    p.string(label)
    p.string(b"labels")
    p.items([row[0] for row in rows], p.integer)
    p.string(b"data")
    p.array(len(rows), b"".join(row[1:] for row in rows))
    p.string(b"filenames")
    p.items([b"made_up_s_%06d.png" % i for i in range(len(rows))], p.string)
    p.out += b"u."  # SETITEMS, STOP
    return bytes(p.out)


def made_up():
    return b"".join(
        bytes([7 * i % 10]) + bytes((31 * i + 7 * j + j // 256) % 256 for j in range(3072))
        for i in range(3)
    )


def today(records, protocol):
    import numpy

    images = numpy.frombuffer(records, numpy.uint8).reshape(-1, RECORD)
    batch = {
        b"batch_label": b"testing batch 1 of 1",
        b"labels": images[:, 0].tolist(),
        b"data": numpy.ascontiguousarray(images[:, 1:]),
        b"filenames": [b"made_up_s_%06d.png" % i for i in range(len(images))],
    }
    return pickle.dumps(batch, protocol)


if len(sys.argv) == 3:
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    labels = {f"data_batch_{i}": b"training batch %d of 5" % i for i in range(1, 6)}
    labels["test_batch"] = b"testing batch 1 of 1"
    for name, label in labels.items():
        (target / name).write_bytes(cpickle(label, (source / f"{name}.bin").read_bytes()))
else:
    here = pathlib.Path(__file__).parent
    (here / "cpickle").write_bytes(cpickle(b"testing batch 1 of 1", made_up()))
    for protocol in range(2, 6):
        (here / f"protocol{protocol}").write_bytes(today(made_up(), protocol))
    # A short name's length is one byte; a frame's length covers it.
    new = today(made_up(), 4)
    old = new.replace(b"\x8c\x16numpy._core.multiarray", b"\x8c\x15numpy.core.multiarray")
    frame = struct.unpack("<Q", old[3:11])[0] - 1
    (here / "numpy1").write_bytes(old[:3] + struct.pack("<Q", frame) + old[11:])
