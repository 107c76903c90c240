#!/usr/bin/env python3
"""What the loops did meanwhile: the observer's figures are there, and where something counts system calls, so are they.

usage: loop_test.py TANDEM_BENCH
"""
import os
import subprocess
import sys


def rows(text):
    """{(scenario, figure): [a cell each engine]}"""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        if len(cells) > 2 and '(' in cells[0]:
            found[cells[0].split()[0], cells[1]] = cells[2:]
    return found


def number(cell):
    return float(cell.split()[0].replace(',', ''))


def main():
    program = sys.argv[1]
    run = subprocess.run([program, 'loop', '--quick', '--scenarios', 'wire,switch'], stdout=subprocess.PIPE, text=True, timeout=300)
    assert run.returncode == 0, f'status {run.returncode}'
    found = rows(run.stdout)
    for scenario in ('wire', 'switch'):
        waits = found[scenario, 'looks at the descriptors']
        assert waits, run.stdout
        for cell in waits:
            assert number(cell) > 0, run.stdout
        counted = found[scenario, 'system calls, counted by perf or strace']
        waiting = found[scenario, 'system calls that wait, counted by perf or strace']
        if not os.path.exists('/usr/bin/strace'):
            continue
        for calls, of_them in zip(counted, waiting):
            assert 0 < number(of_them) < number(calls), run.stdout
    print(f'{len(found)} rows')


main()
