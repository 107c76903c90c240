#!/usr/bin/env python3
"""The table says what was measured, which goals are missed and why, and goes into a document in one command.

    print_test.py TANDEM_BENCH DOCUMENT      DOCUMENT: the one in the repository that has a table
"""

import json
import os
import subprocess
import sys
import tempfile

BEGIN, END = '<!-- table', '<!-- end of the table -->'


def cells(line):
    return [cell.strip() for cell in line.strip().strip('|').split('|')]


def table_of(document):
    """The lines between the marks that are a table."""
    text = document[document.index(BEGIN):document.index(END)]
    return [cells(line) for line in text.splitlines() if line.startswith('|')]


def check_form(rows):
    head = rows[0]
    assert head[:2] == ['work', 'goal'] and head[-1] == 'why a goal is missed', head
    assert set(rows[1]) == {'---'}, rows[1]
    for row in rows[2:]:
        assert len(row) == len(head), row
        missed = any(cell.endswith('**missed**') for cell in row)
        assert missed == bool(row[-1]), f'what is missed is said to be, with a reason: {row}'
        assert not missed or row[1], row


def write_results(path):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(json.dumps({'machine': 'a machine of the test', 'scenarios': []}) + '\n')
        for subject, cpu, memory in (('sync', (0.1, 0.3, 0.2), 50), ('async', (0.9, 0.8, 1.0), 50), ('bird', (2.0,), 100)):
            for repetition, value in enumerate(cpu):
                figures = {'received.cpu': value, 'received.memory': memory}
                file.write(json.dumps({'scenario': 'received', 'subject': subject, 'size': 1000000, 'repetition': repetition, 'seconds': 1, 'machine': 0.5, 'figures': figures}) + '\n')


def main():
    program, document = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        results, page = os.path.join(folder, 'results'), os.path.join(folder, 'page.md')
        write_results(results)

        def run(*words):
            return subprocess.run([program, 'print', '--results', results, '--subjects', 'sync,async,bird', *words], capture_output=True, text=True, check=False)

        with open(page, 'w', encoding='utf-8') as file:
            file.write(f'before\n{BEGIN}: how it is written -->\nFORMER\n{END}\nbehind\n')
        done = run('--into', page)
        assert done.returncode == 0, done.stderr
        with open(page, encoding='utf-8') as file:
            text = file.read()
        assert text.startswith(f'before\n{BEGIN}: how it is written -->\n\na machine of the test; 7 measurements;') and text.endswith(f'{END}\nbehind\n') and 'FORMER' not in text, text
        rows = table_of(text)
        check_form(rows)
        by_work = {row[0]: row for row in rows}
        cpu = next(row for work, row in by_work.items() if 'received and kept' in work and work.endswith('CPU, us a route'))
        assert cpu[1:5] == ['0.2, 0.3 x BIRD', '0.20 (0.10 to 0.30)', '0.90 (0.80 to 1.00) **missed**', '2.00'], cpu
        memory = next(row for work, row in by_work.items() if 'received and kept' in work and work.endswith('memory, octets a route'))
        assert memory[2].startswith('50 (50 to 50) **missed**'), f'64 octets, but half of what BIRD needs: {memory}'
        assert len(rows) > 45 and sum(bool(row[1]) for row in rows[2:]) >= 30, 'every row is there, measured or not'
        with open(page, 'w', encoding='utf-8') as file:
            file.write('nothing that says where\n')
        done = run('--into', page)
        assert done.returncode == 1 and 'there is no place for a table in it' in done.stderr, done.stderr
    with open(document, encoding='utf-8') as file:
        check_form(table_of(file.read()))
    return 0


if __name__ == '__main__':
    sys.exit(main())
