#!/usr/bin/env python3
"""The report says what was measured, its plots hold the data (seen by headless Chromium), and a comparison flags what is beyond the noise.

    report_test.py [BROWSER]      without a browser the page itself is looked at only
"""

import json
import os
import re
import subprocess
import sys
import tempfile

REPORT = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'report.py')
SIZES = [1000, 10000, 100000]
ABOUT = {'machine': 'a machine <of the test>', 'engines': ['sync', 'async', 'uring'], 'scenarios': [
    {'id': 'one', 'title': 'routes & more', 'grows': 'routes', 'figures': [
        {'id': 'one.cpu', 'title': 'CPU', 'unit': 'us', 'goal': 1.5, 'digits': 2}, {'id': 'one.memory', 'title': 'memory', 'unit': 'MiB', 'goal': 0, 'digits': 0}]},
    {'id': 'none', 'title': 'never measured', 'grows': 'sessions', 'figures': [{'id': 'none.cpu', 'title': 'CPU', 'unit': 's', 'goal': 1, 'digits': 1}]}]}


def write(path, factor=1.0):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(json.dumps(ABOUT) + '\n')
        for subject, base in (('sync', 1.0), ('async', 2.0), ('uring', 1.2)):
            for size in SIZES:
                for repetition in range(3):
                    figures = {'one.cpu': base * factor + repetition / 100, 'one.memory': size / 1000}
                    figures.update({f'one.at.{percent:g}': percent / 10 for percent in (0, 50, 99, 100)})
                    file.write(json.dumps({'scenario': 'one', 'subject': subject, 'size': size, 'repetition': repetition, 'machine': 1.0, 'figures': figures}) + '\n')
        file.write('{"scenario": "one", "subj')  # a run that was interrupted


def run(*words):
    return subprocess.run([sys.executable, REPORT, *words], capture_output=True, text=True, check=False)


def main():
    with tempfile.TemporaryDirectory() as folder:
        results, page = os.path.join(folder, 'results'), os.path.join(folder, 'page.html')
        write(results)
        done = run(results, page)
        assert done.returncode == 0, done.stderr
        with open(page, encoding='utf-8') as file:
            text = file.read()
        for expected in ('a machine &lt;of the test&gt;', 'routes &amp; more', '<td title="1.00 to 1.02">1.01</td>', 'sync reached, async missed, uring reached', 'async / sync', 'uring / sync'):
            assert expected in text, expected
        assert 'never measured' not in text
        assert not re.search(r'(src|href)="', text), 'the page must not need anything else'
        if len(sys.argv) > 1:
            dumped = subprocess.run([sys.argv[1], '--no-sandbox', '--disable-gpu', '--virtual-time-budget=5000', '--dump-dom', 'file://' + page],
                                    capture_output=True, text=True, check=False, timeout=100)
            points = re.findall(r'data-plot="\d+" data-points="(\d+)"', dumped.stdout)
            assert points == ['9', '9', '12'], f'{points}\n{dumped.stderr[-2000:]}'
            assert dumped.stdout.count('<canvas') == 3
        changed = os.path.join(folder, 'changed')
        write(changed, 1.5)
        same, worse, better = run('--compare', results, results), run('--compare', results, changed), run('--compare', changed, results)
        assert (same.returncode, same.stdout) == (0, ''), same.stdout
        assert worse.returncode == 1 and worse.stdout.count('worse  ') == 9 and 'CPU 1.01 -> 1.51 us' in worse.stdout, worse.stdout
        assert better.returncode == 0 and better.stdout.count('better ') == 9, better.stdout
        foreign = run(page, page)
        assert foreign.returncode != 0 and 'not written by scripts/bench table' in foreign.stderr, foreign.stderr
    return 0


if __name__ == '__main__':
    sys.exit(main())
