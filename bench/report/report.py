#!/usr/bin/env python3
"""One page of HTML that needs nothing else, from the measurements of `scripts/bench table --results FILE`.

    report.py FILE PAGE.html          writes the page; timelines that stand in FILE.timelines are in it
    report.py --compare OLD NEW       says what differs by more than the noise of both; status 1 when something got worse
"""

import html
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.realpath(__file__))


def load(path):
    """What is measured, and the values: (figure, subject, size) -> one a repetition."""
    about, values, speeds = None, {}, []
    with open(path, encoding='utf-8') as lines:
        for number, text in enumerate(lines, 1):
            try:
                line = json.loads(text)
            except ValueError:
                print(f'{path}:{number}: this line was cut, it is left out', file=sys.stderr)
                continue
            if 'scenarios' in line:
                about = line
                continue
            speeds.append(line['machine'])
            for figure, value in line['figures'].items():
                values.setdefault((figure, line['subject'], line['size']), []).append(value)
    if about is None:
        sys.exit(f'{path}: not written by scripts/bench table --results: the first line says nothing about the scenarios')
    return about, values, speeds


def subjects_of(values, ours):
    """In the order they are drawn in: the engines as tandem has them, and what they are measured with."""
    found = {subject for _, subject, _ in values}
    first = ours + ['bird']
    return [s for s in first if s in found] + sorted(found - set(first))


def series(values, figure, subjects):
    sizes = sorted({size for name, _, size in values if name == figure})
    lines = []
    for subject in subjects:
        at = [values.get((figure, subject, size)) for size in sizes]
        lines.append({'subject': subject, 'median': [statistics.median(v) if v else None for v in at],
                      'low': [min(v) if v else None for v in at], 'high': [max(v) if v else None for v in at]})
    return sizes, lines


def distribution(values, scenario, subjects):
    """The percentiles at the largest size, median of the repetitions; empty when the scenario has none."""
    prefix = scenario + '.at.'
    sizes = {size for name, _, size in values if name.startswith(prefix)}
    if not sizes:
        return None
    percents = sorted({float(name[len(prefix):]) for name, _, _ in values if name.startswith(prefix)})
    lines = []
    for subject in subjects:
        at = [values.get((f'{prefix}{percent:g}', subject, max(sizes))) for percent in percents]
        median = [statistics.median(v) if v else None for v in at]
        lines.append({'subject': subject, 'median': median, 'low': median, 'high': median})
    return {'percents': percents, 'lines': lines}


def number(value, digits):
    return '-' if value is None else f'{value:.{digits}f}'


def table(figure, sizes, lines, ours):
    out = ['<table><tr><th></th>' + ''.join(f'<th>{size:,}</th>' for size in sizes) + '</tr>']
    for line in lines:
        cells = []
        for median, low, high in zip(line['median'], line['low'], line['high']):
            spread = '' if median is None or low == high else f' title="{number(low, figure["digits"])} to {number(high, figure["digits"])}"'
            cells.append(f'<td{spread}>{number(median, figure["digits"])}</td>')
        out.append(f'<tr><th>{html.escape(line["subject"])}</th>{"".join(cells)}</tr>')
    by_name = {line['subject']: line['median'] for line in lines}
    for other in ours[1:]:
        if ours[0] in by_name and other in by_name:
            ratios = [number(b / a, 2) if a and b is not None else '-' for a, b in zip(by_name[ours[0]], by_name[other])]
            out.append(f'<tr class="ratio"><th>{other} / {ours[0]}</th>' + ''.join(f'<td>{ratio}</td>' for ratio in ratios) + '</tr>')
    return '\n'.join(out) + '</table>'


def verdict(figure, lines, ours):
    """What became of each goal; those of an engine of its own stand before those of all the others."""
    last = {line['subject']: line['median'][-1] for line in lines if line['median'] and line['median'][-1] is not None}
    own = {goal['engine'] for goal in figure['goals']}
    out = []
    for goal in figure['goals']:
        limit = goal['value'] * (last.get('bird', float('inf')) if goal['of_bird'] else 1)
        engines = [engine for engine in ours if engine in last and (engine == goal['engine'] or not goal['engine'] and engine not in own)]
        words = [f'{engine} {"missed" if last[engine] > limit else "reached"}' for engine in engines]
        why = f' Why: {html.escape(goal["missed"])}.' if any(last[engine] > limit for engine in engines) else ''
        if words:
            out.append(f'<p class="goal">Goal at the largest size: {html.escape(goal["text"])} {html.escape(figure["unit"])}. {", ".join(words)}.{why}</p>')
    return ''.join(out)


def loop_of(about, values, scenario, subjects):
    """What the loops did (scripts/bench loop), if it was looked at."""
    out = []
    for figure in about.get('loop', []):
        found = {subject: (size, median) for (name, subject, size), at in values.items() if name == f'{scenario["id"]}.{figure["id"]}' for median in [statistics.median(at)]}
        if not found:
            continue
        if not out:
            size = next(iter(found.values()))[0]
            head = ''.join(f'<th>{html.escape(subject)}</th>' for subject in subjects if subject in found)
            out.append(f'<h3>what the loop did, {size:,} {html.escape(scenario["grows"])}</h3><table class="loop"><tr><th></th>{head}</tr>')
        title = figure['title'] + (f', {figure["unit"]}' if figure['unit'] else '')
        out.append(f'<tr><th>{html.escape(title)}</th>' + ''.join(f'<td>{number(found[s][1], figure["digits"])}</td>' for s in subjects if s in found) + '</tr>')
    return '\n'.join(out) + '</table>' if out else ''


class Names:
    """Texts, each once, by its number."""

    def __init__(self):
        self.all, self.numbers = [], {}

    def number(self, text):
        if text not in self.numbers:
            self.numbers[text] = len(self.all)
            self.all.append(text)
        return self.numbers[text]


def timeline(path, engine, names):
    """The slices of one engine's run: kind, beginning and length in microseconds, and what else is said of it by number."""
    with open(path, encoding='utf-8') as file:
        events = json.load(file)
    rows, slices, switches, running = {}, [], [], None
    for event in events:
        if event['ph'] == 'M':
            rows[event['tid']] = event['args']['name'].removeprefix('engine ')
            continue
        if running not in (None, event['tid']) and event['cat'] == 'begin':
            switches.append([round(event['ts'], 1), rows[event['tid']]])
        running = event['tid']
        detail = ', '.join(f'{key}: {value}' for key, value in event.get('args', {}).items())
        slices.append([event['cat'], round(event['ts'], 2), round(event.get('dur', 0), 2), names.number(event['name']), names.number(detail) if detail else None])
    slices.sort(key=lambda each: each[1])
    return {'engine': engine, 'slices': slices, 'switches': switches, 'end': max((begin + length for _, begin, length, _, _ in slices), default=0)}


def timelines(folder, ours):
    """The viewer with the timelines of that folder; nothing when there are none."""
    names = Names()
    runs = [timeline(path, engine, names) for engine in ours for path in [os.path.join(folder, engine + '.json')] if os.path.exists(path)]
    if not runs:
        return ''
    kinds = ['begin', 'wait', 'driver', 'step', 'turn', 'work', 'lost']
    legend = ''.join(f'<span class="{kind}" style="background: var(--slice-{kind})">{kind}</span>' for kind in kinds)
    data = json.dumps({'names': names.all, 'runs': runs}, separators=(',', ':')).replace('</', '<\\/')
    return f'''<section id="loops"><h2>The same short scenario, loop by loop</h2>
<p>Three sessions come up and are announced 2,000 routes; one of them announces 2,000; a client gives 20 commands, one at a time, and asks for the routes;
a reload changes twenty of them; the engine is changed for the next one and back; everything is sent again. The mark at the end of a wait says what has ended it, in the colours of
driver (ready), turn (deadline), step (again) and lost (signal). Wheel, + and -: zoom; drag, arrows: move; 0: all of it.</p>
<p class="legend">{legend}</p><div id="timeline"></div><p class="command"><code>tandem server --trace FILE</code></p></section>
<script id="timelines" type="application/json">{data}</script>
'''


def page(path):
    about, values, speeds = load(path)
    ours = about.get('engines', ['sync', 'async'])  # older files do not say
    subjects = subjects_of(values, ours)
    plots, body = [], []
    for scenario in about['scenarios']:
        if not any(name == figure['id'] for figure in scenario['figures'] for name, _, _ in values):
            continue
        body.append(f'<section id="{scenario["id"]}"><h2>{html.escape(scenario["title"])}</h2>')
        for figure in scenario['figures']:
            sizes, lines = series(values, figure['id'], subjects)
            if not sizes:
                continue
            title = figure['title'] + (f', {figure["unit"]}' if figure['unit'] else '')
            body.append(f'<h3>{html.escape(title)}</h3><div class="plot" data-plot="{len(plots)}"></div>{table(figure, sizes, lines, ours)}{verdict(figure, lines, ours)}')
            plots.append({'x': sizes, 'across': scenario['grows'], 'up': title, 'logarithmic': True, 'lines': lines})
        spread = distribution(values, scenario['id'], subjects)
        if spread:
            body.append(f'<h3>distribution at the largest size, ms</h3><div class="plot" data-plot="{len(plots)}"></div>')
            plots.append({'x': spread['percents'], 'across': 'percent of the samples', 'up': 'ms', 'logarithmic': False, 'lines': spread['lines']})
        body.append(loop_of(about, values, scenario, subjects))
        body.append(f'<p class="command"><code>scripts/bench sweep --scenarios {scenario["id"]}</code></p></section>')
    def read(name):
        with open(os.path.join(HERE, name), encoding='utf-8') as file:
            return file.read()
    speed = f'{statistics.median(speeds):.2f} ({min(speeds):.2f} to {max(speeds):.2f})' if speeds else '-'
    data = json.dumps(plots).replace('</', '<\\/')
    return f'''<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>tandem-bench</title><meta name="viewport" content="width=device-width">
<style>{read('uplot/uPlot.min.css')}{read('report.css')}</style></head>
<body><h1>tandem-bench</h1>
<p>{html.escape(about["machine"])}; steps of the reference work, thousand millions a second: {speed}.
Values are medians; low and high of the repetitions are the bands of the plots. Less is better everywhere.</p>
{chr(10).join(body)}
{timelines(path + '.timelines', ours)}
<script id="data" type="application/json">{data}</script>
<script>{read('uplot/uPlot.iife.min.js')}</script><script>{read('report.js')}</script><script>{read('timeline.js')}</script></body></html>
'''


def compare(old_path, new_path):
    about, new, _ = load(new_path)
    _, old, _ = load(old_path)
    worse = 0
    for scenario in about['scenarios']:
        for figure in scenario['figures']:
            for key in sorted(k for k in new if k[0] == figure['id'] and k in old):
                before, after = old[key], new[key]
                # Beyond the noise: the ranges do not touch, and the medians are 5 % apart.
                apart = max(before) < min(after) or max(after) < min(before)
                a, b = statistics.median(before), statistics.median(after)
                if not apart or abs(b - a) <= 0.05 * max(abs(a), abs(b)):
                    continue
                word = 'worse' if b > a else 'better'
                worse += b > a
                print(f'{word:7}{key[1]:7}{scenario["title"]} ({key[2]} {scenario["grows"]}): {figure["title"]} {number(a, figure["digits"])} -> {number(b, figure["digits"])} {figure["unit"]}')
    return 1 if worse else 0


def main():
    if len(sys.argv) == 4 and sys.argv[1] == '--compare':
        return compare(sys.argv[2], sys.argv[3])
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    text = page(sys.argv[1])
    with open(sys.argv[2], 'w', encoding='utf-8') as file:
        file.write(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
