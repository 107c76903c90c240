// The timelines of the engines, one above the other on one axis of time. Wheel, + and -: zoom; drag, left and right: move; 0: all of it.
'use strict';
(() => {
  const place = document.getElementById('timeline');
  if (!place) return;
  const { names, runs } = JSON.parse(document.getElementById('timelines').textContent);
  const lanes = [['begin', 'wait', 'driver', 'step'], ['turn'], ['work', 'lost']];
  const causes = { 'woken: ready': 'driver', 'woken: deadline': 'turn', 'woken: again': 'step', 'woken: signal': 'lost' };
  const laneNames = ['loop', 'turns', 'work'];
  const laneHeight = 18, rowGap = 26, left = 118, axis = 22;
  const rowHeight = lanes.length * (laneHeight + 2) + rowGap;
  const end = Math.max(...runs.map(run => run.end));
  const view = { from: 0, to: end };
  const canvas = document.createElement('canvas');
  const tip = document.createElement('div');
  tip.className = 'tip';
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'What the loops of the engines did, over time');
  place.append(canvas, tip);
  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const time = us => us >= 1e6 ? (us / 1e6).toFixed(3) + ' s' : us >= 1e3 ? (us / 1e3).toFixed(3) + ' ms' : us.toFixed(1) + ' µs';
  const width = () => canvas.clientWidth - left;
  const toX = us => left + (us - view.from) / (view.to - view.from) * width();
  const toTime = x => view.from + (x - left) / width() * (view.to - view.from);

  // Slices of a lane follow each other: the first that ends behind a moment is found by halving.
  for (const run of runs) {
    run.lanes = lanes.map(kinds => run.slices.filter(([kind]) => kinds.includes(kind)));
  }
  function firstBehind(slices, moment) {
    let low = 0, high = slices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (slices[middle][1] + slices[middle][2] < moment) low = middle + 1; else high = middle;
    }
    return low;
  }

  function drawRow(context, run, top, colours) {
    context.fillStyle = colours.text;
    context.font = 'bold 12px system-ui, sans-serif';
    context.fillText('started with ' + run.engine, 2, top + 12);
    context.font = '11px system-ui, sans-serif';
    run.lanes.forEach((slices, lane) => {
      const y = top + 18 + lane * (laneHeight + 2);
      context.fillStyle = colours.text;
      context.fillText(laneNames[lane], 60, y + 13);
      let drawn = -1;
      for (let i = firstBehind(slices, view.from); i < slices.length && slices[i][1] <= view.to; ++i) {
        const [kind, begin, length, name, detail] = slices[i];
        const x = Math.max(toX(begin), left), right = Math.min(toX(begin + length), left + width());
        const wide = Math.max(right - x, 1);
        if (kind === 'wait' && wide < 1.5) continue;
        if (wide <= 1 && x < drawn + 0.5) continue;
        drawn = x;
        context.fillStyle = colours[kind];
        context.fillRect(x, y, wide, laneHeight);
        if (kind === 'wait' && wide > 4) {  // what has ended it
          context.fillStyle = colours[causes[names[detail]]];
          context.fillRect(right - 2, y, 2, laneHeight);
        }
        if (wide > 34 && kind !== 'wait') {
          context.save();
          context.beginPath();
          context.rect(x, y, wide, laneHeight);
          context.clip();
          context.fillStyle = colours.back;
          context.fillText(names[name], x + 3, y + 13);
          context.restore();
        }
      }
    });
    let said = -1;
    for (const [at, engine] of run.switches) {
      if (at < view.from || at > view.to) continue;
      context.fillStyle = colours.switch;
      context.fillRect(toX(at), top + 4, 1.5, rowHeight - 14);
      if (toX(at) > said) context.fillText('→ ' + engine, toX(at) + 4, top + 13);
      said = Math.max(said, toX(at) + 60);
    }
  }

  function draw() {
    const scale = window.devicePixelRatio || 1;
    const tall = axis + runs.length * rowHeight;
    canvas.style.height = tall + 'px';
    canvas.width = canvas.clientWidth * scale;
    canvas.height = tall * scale;
    const context = canvas.getContext('2d');
    context.scale(scale, scale);
    const colours = { text: colour('--text'), back: colour('--back'), faint: colour('--faint'), switch: colour('--exabgp') };
    for (const kind of lanes.flat()) colours[kind] = colour('--slice-' + kind);
    const step = 10 ** Math.floor(Math.log10((view.to - view.from) / 3));
    context.font = '11px system-ui, sans-serif';
    for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
      context.fillStyle = colours.faint;
      context.fillRect(toX(at), axis - 4, 1, tall);
      context.fillStyle = colours.text;
      if (Math.round(at / step) % 5 === 0 || (view.to - view.from) / step < 12) context.fillText(time(at), toX(at) + 2, 12);
    }
    runs.forEach((run, i) => drawRow(context, run, axis + i * rowHeight, colours));
    place.dataset.slices = runs.map(run => run.engine + ':' + run.slices.length).join(' ');
    place.dataset.view = Math.round(view.from) + '-' + Math.round(view.to);
  }

  function show(from, to) {
    const wide = Math.min(Math.max(to - from, 1), end);
    view.from = Math.min(Math.max(from, 0), end - wide);
    view.to = view.from + wide;
    draw();
  }
  function zoom(factor, x) {
    const at = toTime(x);
    show(at - (at - view.from) * factor, at + (view.to - at) * factor);
  }

  // The slice under a point, or nothing; where slices are thinner than a pixel, the nearest.
  function sliceAt(x, y) {
    const row = Math.floor((y - axis) / rowHeight);
    const lane = Math.floor((y - axis - row * rowHeight - 18) / (laneHeight + 2));
    if (x < left || !runs[row] || !runs[row].lanes[lane]) return null;
    const slices = runs[row].lanes[lane], slack = (view.to - view.from) / width();
    const slice = slices[firstBehind(slices, toTime(x) - slack)];
    return slice && slice[1] <= toTime(x) + slack ? { run: runs[row], slice } : null;
  }
  const engineAt = (run, at) => run.switches.reduce((engine, [when, next]) => when <= at ? next : engine, run.engine);
  function hover(event) {
    const found = sliceAt(event.offsetX, event.offsetY);
    tip.style.display = found ? 'block' : 'none';
    if (!found) return;
    const [kind, begin, length, name, detail] = found.slice;
    tip.textContent = `${engineAt(found.run, begin)}: ${kind} ${names[name]}${detail === null ? '' : ', ' + names[detail]}; ${time(length)} from ${time(begin)}`;
    tip.style.left = Math.min(event.offsetX + 12, canvas.clientWidth - 260) + 'px';
    tip.style.top = event.offsetY + 16 + 'px';
  }

  let dragged = null;
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.3 : 1 / 1.3, Math.max(event.offsetX, left));
  }, { passive: false });
  canvas.addEventListener('mousedown', event => { dragged = event.offsetX; });
  window.addEventListener('mouseup', () => { dragged = null; });
  canvas.addEventListener('mousemove', event => {
    if (dragged !== null) {
      const by = toTime(dragged) - toTime(event.offsetX);
      dragged = event.offsetX;
      show(view.from + by, view.to + by);
    }
    hover(event);
  });
  canvas.addEventListener('mouseleave', () => { tip.style.display = 'none'; });
  canvas.addEventListener('keydown', event => {
    const wide = view.to - view.from, middle = left + width() / 2;
    const keys = {
      '+': () => zoom(1 / 1.5, middle), '-': () => zoom(1.5, middle), 0: () => show(0, end),
      ArrowLeft: () => show(view.from - wide / 5, view.to - wide / 5), ArrowRight: () => show(view.from + wide / 5, view.to + wide / 5),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  window.addEventListener('resize', draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  draw();
})();
