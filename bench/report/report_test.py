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
        {'id': 'one.cpu', 'title': 'CPU', 'unit': 'us', 'digits': 2, 'goals': [
            {'engine': '', 'value': 1.5, 'of_bird': False, 'text': '1.5', 'missed': 'it is <slow>'}, {'engine': 'uring', 'value': 1, 'of_bird': False, 'text': '1', 'missed': 'its own'}]},
        {'id': 'one.memory', 'title': 'memory', 'unit': 'MiB', 'goals': [], 'digits': 0}]},
    {'id': 'none', 'title': 'never measured', 'grows': 'sessions', 'figures': [{'id': 'none.cpu', 'title': 'CPU', 'unit': 's', 'goals': [], 'digits': 1}]}],
    'loop': [{'id': 'loop.turn', 'title': 'longest turn', 'unit': 'ms', 'goals': [], 'digits': 2}]}

# A loop that sleeps, is woken, takes commands in a step, and is exchanged.
def write_timeline(path):
    def event(category, name, begin, length, row=1, **arguments):
        said = {'args': arguments} if arguments else {}  # as the daemon does
        return {'name': name, 'cat': category, 'ph': 'X', 'pid': 1, 'tid': row, 'ts': begin, 'dur': length, **said}
    def engine(name, row):
        return {'name': 'thread_name', 'cat': 'engine', 'ph': 'M', 'pid': 1, 'tid': row, 'ts': 0, 'args': {'name': 'engine ' + name}}
    events = [engine('sync', 1), event('begin', 'begin', 0, 100), event('wait', 'wait', 100, 600, woken='ready'), event('driver', 'client 1', 700, 50),
              event('step', 'commands', 750, 150), event('work', 'commands', 760, 100, of='client </script>', octets=120), event('step', 'peers', 900, 50),
              event('turn', 'neighbor 127.0.0.1', 910, 30, **{'messages in': 1, 'messages out': 2}),
              engine('async', 2), event('begin', 'begin', 950, 20, 2), event('wait', 'wait', 970, 30, 2, woken='deadline')]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(events, file)


# What somebody does who looks closely: five steps of the wheel towards the commands, and the pointer stays there.
LOOK_CLOSELY = '''<script>
const canvas = document.querySelector('#timeline canvas'), at = { offsetX: 118 + 0.8 * (canvas.clientWidth - 118), offsetY: 22 + 18 + 2 * 20 + 9 };
function tell(kind, more) {
  const event = new Event(kind, { cancelable: true, bubbles: true });
  canvas.dispatchEvent(Object.defineProperties(event, Object.fromEntries(Object.entries({ ...at, ...more }).map(([key, value]) => [key, { value }]))));
}
for (let i = 0; i < 5; ++i) tell('wheel', { deltaY: -1 });
tell('mousemove', {});
</script></body>'''


def look_at_timelines(browser, page, text):
    closer = page.replace('.html', '-closer.html')
    with open(closer, 'w', encoding='utf-8') as file:
        file.write(text.replace('</body>', LOOK_CLOSELY))
    dumped = browse(browser, closer).stdout
    assert 'data-slices="sync:9 uring:9"' in dumped, re.findall('data-slices="[^"]*"', dumped)
    begin, end = map(int, re.search(r'data-view="(\d+)-(\d+)"', dumped).groups())
    assert 0 < begin < 800 < end < 1000 and end - begin < 300, (begin, end)
    assert 'sync: work commands, of: client &lt;/script&gt;, octets: 120; 100.0 µs from 760.0 µs</div>' in dumped, re.findall('class="tip".*?</div>', dumped)


def write(path, factor=1.0):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(json.dumps(ABOUT) + '\n')
        for subject, base in (('sync', 1.0), ('async', 2.0), ('uring', 1.2)):
            for size in SIZES:
                for repetition in range(3):
                    figures = {'one.cpu': base * factor + repetition / 100, 'one.memory': size / 1000}
                    figures.update({f'one.at.{percent:g}': percent / 10 for percent in (0, 50, 99, 100)})
                    file.write(json.dumps({'scenario': 'one', 'subject': subject, 'size': size, 'repetition': repetition, 'machine': 1.0, 'figures': figures}) + '\n')
            file.write(json.dumps({'scenario': 'one.loop', 'subject': subject, 'size': 10000, 'repetition': 0, 'machine': 1.0, 'figures': {'one.loop.turn': base}}) + '\n')
        file.write('{"scenario": "one", "subj')  # a run that was interrupted


def browse(browser, page):
    return subprocess.run([browser, '--no-sandbox', '--disable-gpu', '--virtual-time-budget=5000', '--dump-dom', 'file://' + page],
                          capture_output=True, text=True, check=False, timeout=100)


def run(*words):
    return subprocess.run([sys.executable, REPORT, *words], capture_output=True, text=True, check=False)


def main():
    with tempfile.TemporaryDirectory() as folder:
        results, page = os.path.join(folder, 'results'), os.path.join(folder, 'page.html')
        write(results)
        write_timeline(results + '.timelines/sync.json')
        write_timeline(results + '.timelines/uring.json')
        done = run(results, page)
        assert done.returncode == 0, done.stderr
        with open(page, encoding='utf-8') as file:
            text = file.read()
        for expected in ('a machine &lt;of the test&gt;', 'routes &amp; more', '<td title="1.00 to 1.02">1.01</td>', 'sync reached, async missed. Why: it is &lt;slow&gt;.', 'Goal at the largest size: 1 us. uring missed. Why: its own.',
                         '<tr><th>longest turn, ms</th><td>1.00</td><td>2.00</td><td>1.20</td></tr>', 'async / sync', 'uring / sync'):
            assert expected in text, expected
        assert 'never measured' not in text
        assert not re.search(r'(src|href)="', text), 'the page must not need anything else'
        if len(sys.argv) > 1:
            dumped = browse(sys.argv[1], page)
            points = re.findall(r'data-plot="\d+" data-points="(\d+)"', dumped.stdout)
            assert points == ['9', '9', '12'], f'{points}\n{dumped.stderr[-2000:]}'
            assert dumped.stdout.count('<canvas') == 4
            look_at_timelines(sys.argv[1], page, text)
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
