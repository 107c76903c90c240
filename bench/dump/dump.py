#!/usr/bin/env python3
"""How fast `tandem decode` reads what collectors write, beside bgpdump where that is installed.

    dump.py TANDEM [ROUTES]     default: 50000 prefixes of 10 paths each

A table dump (RFC 6396) and a file of updates are made with 6,000 sets of attributes, paths of two to six numbers and up to eight communities;
each program reads them three times, and the best time counts.
"""

import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

PEERS = 20
PATHS = 10
SETS = 6000
TIMES = 3


def record(kind, subtype, body):
    return struct.pack('>IHHI', 1700000000, kind, subtype, len(body)) + body


def attributes():
    path = [random.randint(1, 400000) for _ in range(random.randint(2, 6))]
    communities = [(random.randint(1, 65000), random.randint(1, 1000)) for _ in range(random.randint(0, 8))]
    out = bytes.fromhex('40010100')
    out += bytes([0x40, 2, 2 + 4 * len(path), 2, len(path)]) + struct.pack(f'>{len(path)}I', *path)
    out += bytes([0x40, 3, 4, 192, 0, 2, random.randint(0, PEERS - 1)])
    if communities:
        out += bytes([0xC0, 8, 4 * len(communities)]) + b''.join(struct.pack('>HH', *each) for each in communities)
    return out


def write_dump(name, prefixes):
    random.seed(1)
    peers = b''.join(b'\x02' + bytes([10, 0, 0, i, 192, 0, 2, i]) + struct.pack('>I', 65000 + i) for i in range(PEERS))
    sets = [attributes() for _ in range(SETS)]
    with open(name, 'wb') as out:
        out.write(record(13, 1, bytes([10, 0, 0, 1, 0, 0]) + struct.pack('>H', PEERS) + peers))
        for i in range(prefixes):
            entries = b''
            for peer in range(PATHS):
                each = random.choice(sets)
                entries += struct.pack('>HIH', peer, 1, len(each)) + each
            prefix = bytes([24, 1 + (i >> 16), i >> 8 & 255, i & 255])
            out.write(record(13, 2, struct.pack('>I', i) + prefix + struct.pack('>H', PATHS) + entries))


def write_updates(name, messages):
    random.seed(2)
    sets = [attributes() for _ in range(SETS)]
    with open(name, 'wb') as out:
        for i in range(messages):
            peer = bytes([192, 0, 2, i % PEERS])
            head = struct.pack('>IIHH', 65000 + i % PEERS, 65100, 0, 1) + peer + bytes([192, 0, 2, 200])
            each = random.choice(sets)
            routes = b''.join(bytes([24, 1 + (i >> 16), i >> 8 & 255, (i + k) & 255]) for k in range(3))
            body = b'\0\0' + struct.pack('>H', len(each)) + each + routes
            out.write(record(16, 4, head + b'\xff' * 16 + struct.pack('>HB', 19 + len(body), 2) + body))


def seconds(command):
    """Processor time of the best of some runs."""
    best = None
    for _ in range(TIMES):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        best = spent if best is None else min(best, spent)
    return best


def main():
    tandem = sys.argv[1]
    prefixes = int(sys.argv[2]) if len(sys.argv) > 2 else 50000
    with tempfile.TemporaryDirectory(prefix='tandem-dump-') as folder:
        for kind, write, count in (('routes of a table dump', write_dump, prefixes), ('updates of three routes', write_updates, prefixes * PATHS)):
            dump = os.path.join(folder, 'dump.mrt')
            write(dump, count)
            rows = [('tandem decode', [tandem, 'decode', dump]), ('tandem decode -t', [tandem, 'decode', '-t', dump]),
                    ('tandem decode -m', [tandem, 'decode', '-m', dump])]
            if shutil.which('bgpdump'):
                rows.append(('bgpdump -m', ['bgpdump', '-m', dump]))
            print(f'{prefixes * PATHS} {kind}, {os.path.getsize(dump) / 1e6:.0f} MB')
            for name, command in rows:
                spent = seconds(command)
                print(f'{name:<20} {spent:6.2f} s of processor time {prefixes * PATHS / spent / 1e6:6.2f} million messages a second')


if __name__ == '__main__':
    main()
