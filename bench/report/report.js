// Draws each plot of the page from the data that the page carries. A line a subject, with a band from the lowest to the highest value.
'use strict';
(() => {
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plots = JSON.parse(document.getElementById('data').textContent);

  function draw(place) {
    const plot = plots[place.dataset.plot];
    const values = [plot.x];
    const series = [{ label: plot.across }];
    const bands = [];
    for (const line of plot.lines) {
      const stroke = colour('--' + line.subject) || colour('--other');
      const first = values.length;
      values.push(line.high, line.median, line.low);
      const edge = { stroke: 'transparent', points: { show: false } };
      series.push({ ...edge, label: line.subject + ' high' }, { label: line.subject, stroke, width: 2, points: { show: true } }, { ...edge, label: line.subject + ' low' });
      bands.push({ series: [first, first + 2], fill: stroke + '30' });
    }
    const axis = { stroke: colour('--text'), grid: { stroke: colour('--faint') }, ticks: { stroke: colour('--faint') } };
    const many = number => number >= 1e6 ? number / 1e6 + 'M' : number >= 1e3 ? number / 1e3 + 'k' : String(number);
    place.replaceChildren();
    new uPlot({
      width: Math.min(place.clientWidth || 900, 900), height: 260, series, bands,
      legend: { show: true },
      scales: { x: { time: false, distr: plot.logarithmic && plot.x.length > 1 ? 3 : 1 }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] } },
      axes: [{ ...axis, label: plot.across, values: (_, at) => at.map(v => v === null ? '' : many(v)) }, { ...axis, label: plot.up, size: 70 }],
    }, values, place);
    // What a test can look at: how many values are drawn.
    place.dataset.points = plot.lines.reduce((sum, line) => sum + line.median.filter(value => value !== null).length, 0);
  }

  const all = () => document.querySelectorAll('.plot').forEach(draw);
  all();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', all);
})();
