'use strict';
// The timeline: a chart to zoom and a table to filter. Without this script the table stands as the
// page has it. Text from the data becomes text of the page by textContent alone.
(() => {
  const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational'];
  const PAGE = 100;     // lines of the table at once
  const LANES = 12;     // hosts with a lane of their own
  const WIDTH = 1200, LEFT = 190, RIGHT = 20, LANE = 30, BOTTOM = 26;
  const [TIME, RANK, HOST, CODE, CHANNEL, HITS, RULES, PROCESS, DETAIL, USER, EVIDENCE, RECORD, BYTE] =
      Array.from({length: 13}, (_, i) => i);

  const data = JSON.parse(document.getElementById('data').textContent);
  const body = document.getElementById('events');
  const place = document.getElementById('chart');
  if (!body || !place || !data.events.length) return;
  const say = (number) => number.toLocaleString('en-US');
  const textOf = (event, column) => data.texts[event[column]];

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const shape = (name, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Times to the millisecond, for the chart; NaN where an event has none.
  const at = data.events.map((event) => Date.parse(event[TIME].slice(0, 23) + 'Z'));
  const known = at.filter((time) => !Number.isNaN(time));
  const least = known.reduce((a, b) => Math.min(a, b), Infinity);
  const most = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const margin = Math.max((most - least) * 0.01, 500);
  const all = known.length ? [least - margin, most + margin] : [0, 1];
  // What the search looks through, in lower case, each text once.
  const lower = data.texts.map((text) => text.toLowerCase());
  const searched = [HOST, CHANNEL, HITS, RULES, PROCESS, DETAIL, USER, EVIDENCE];

  const state = {from: all[0], to: all[1], words: [], host: '', kind: '', ranks: new Set(SEVERITIES.keys()), page: 0};
  let shown = [];   // numbers of the events that pass the filters and the zoom
  let passed = [];  // those that pass the filters

  // The controls.
  const search = element('input', {type: 'search', placeholder: 'host, domain, command …'});
  const counts = new Map();
  for (const event of data.events) counts.set(event[HOST], (counts.get(event[HOST]) || 0) + 1);
  const hosts = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (lower[a] < lower[b] ? -1 : 1));
  const host = element('select', {}, element('option', {value: '', textContent: 'all hosts'}));
  for (const number of hosts) {
    host.append(element('option', {value: String(number),
      textContent: `${data.texts[number] || '(not named)'} (${say(counts.get(number))})`}));
  }
  const kind = element('select', {}, element('option', {value: '', textContent: 'hits and detections'}),
    element('option', {value: 'hits', textContent: 'with a hit'}),
    element('option', {value: 'rules', textContent: 'with a detection'}));
  const severities = element('fieldset', {}, element('legend', {textContent: 'Severity'}));
  SEVERITIES.forEach((name, rank) => {
    if (!data.events.some((event) => event[RANK] === rank)) return;
    const box = element('input', {type: 'checkbox', checked: true});
    box.addEventListener('change', () => {
      state.ranks[box.checked ? 'add' : 'delete'](rank);
      filter();
    });
    severities.append(element('label', {}, box, ' ', element('span', {className: 'sev ' + name, textContent: name})));
  });
  const button = (label, title, act) => {
    const made = element('button', {type: 'button', textContent: label, title});
    made.addEventListener('click', act);
    return made;
  };
  const field = (name, input) => element('label', {className: 'field'}, name, input);
  const zoomIn = button('Zoom in', 'Half of the span', () => zoom(0.5));
  const zoomOut = button('Zoom out', 'Twice the span', () => zoom(2));
  const back = button('◀', 'Earlier', () => move(-0.5));
  const forth = button('▶', 'Later', () => move(0.5));
  const whole = button('Whole span', 'All of the time', () => span(all[0], all[1]));
  const status = element('p', {className: 'status'});
  status.setAttribute('role', 'status');
  back.setAttribute('aria-label', 'Earlier');
  forth.setAttribute('aria-label', 'Later');
  const chart = shape('svg', {class: 'chart', role: 'img'});
  place.append(
    element('div', {className: 'controls'}, field('Search', search), field('Host', host), field('What', kind), severities),
    chart,
    element('div', {className: 'controls'}, zoomIn, zoomOut, back, forth, whole,
      element('small', {textContent: 'Drag over the chart to zoom into a span. Times are UTC.'})),
    status);
  place.hidden = false;
  const earlier = button('Previous', 'Previous lines', () => { state.page--; list(); });
  const later = button('Next', 'Next lines', () => { state.page++; list(); });
  const where = element('span', {className: 'note'});
  const cut = document.getElementById('cut');
  if (cut) cut.parentElement.hidden = true;
  body.closest('.scroll').after(element('div', {className: 'pager'}, earlier, where, later));

  const iso = (time) => {
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? '–' : date.toISOString().replace('T', ' ').slice(0, 19);
  };

  function filter() {
    state.page = 0;
    const holds = new Map();  // number of a text -> which of the words it has
    const wordsOf = (number) => {
      let bits = holds.get(number);
      if (bits === undefined) {
        bits = state.words.map((word) => lower[number].includes(word));
        holds.set(number, bits);
      }
      return bits;
    };
    passed = [];
    data.events.forEach((event, i) => {
      if (!state.ranks.has(event[RANK])) return;
      if (state.host !== '' && event[HOST] !== Number(state.host)) return;
      if (state.kind === 'hits' && !textOf(event, HITS)) return;
      if (state.kind === 'rules' && !textOf(event, RULES)) return;
      const own = String(event[CODE]) + ' ' + event[RECORD] + ' ' + event[TIME].toLowerCase();
      if (state.words.every((word, w) => own.includes(word) || searched.some((column) => wordsOf(event[column])[w]))) passed.push(i);
    });
    draw();
  }

  function span(from, to) {
    const least = 10;  // milliseconds
    const middle = (from + to) / 2;
    const half = Math.min(Math.max(to - from, least), all[1] - all[0]) / 2;
    state.from = Math.max(all[0], middle - half);
    state.to = Math.min(all[1], middle + half);
    state.page = 0;
    draw();
  }
  const zoom = (factor) => {
    const middle = (state.from + state.to) / 2, half = (state.to - state.from) / 2 * factor;
    span(middle - half, middle + half);
  };
  const move = (part) => {
    const width = state.to - state.from;
    const from = Math.min(Math.max(state.from + part * width, all[0]), all[1] - width);
    span(from, from + width);
  };

  const x = (time) => LEFT + (time - state.from) / (state.to - state.from) * (WIDTH - LEFT - RIGHT);
  const timeAt = (px) => state.from + (px - LEFT) / (WIDTH - LEFT - RIGHT) * (state.to - state.from);

  // A step of the axis that gives some six marks.
  function step() {
    const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
    const steps = [1, 10, 100, second, 5 * second, 15 * second, minute, 5 * minute, 15 * minute, hour,
      3 * hour, 6 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 91 * day, 365 * day, 3650 * day, 36500 * day];
    const wanted = (state.to - state.from) / 7;
    return steps.find((size) => size >= wanted) || steps[steps.length - 1];
  }

  function draw() {
    const isWhole = state.from <= all[0] && state.to >= all[1];
    shown = isWhole ? passed : passed.filter((i) => at[i] >= state.from && at[i] <= state.to);
    const lanes = new Map();
    const inUse = hosts.filter((number) => passed.some((i) => data.events[i][HOST] === number));
    const own = inUse.length > LANES ? inUse.slice(0, LANES - 1) : inUse;
    own.forEach((number, lane) => lanes.set(number, lane));
    const rows = Math.max(own.length + (inUse.length > own.length ? 1 : 0), 1);
    const height = 10 + rows * LANE + BOTTOM;
    chart.replaceChildren();
    chart.setAttribute('viewBox', `0 0 ${WIDTH} ${height}`);
    chart.setAttribute('aria-label', `${say(shown.length)} events on ${inUse.length} hosts from ${iso(state.from)} to ${iso(state.to)} UTC; the table below lists them`);
    const size = step();
    for (let time = Math.ceil(state.from / size) * size; time <= state.to; time += size) {
      chart.append(shape('line', {class: 'axis', x1: x(time), x2: x(time), y1: 6, y2: height - BOTTOM}));
      const label = shape('text', {x: x(time), y: height - 9, 'text-anchor': 'middle'});
      label.textContent = size >= 86400000 ? iso(time).slice(0, 10) : size >= 60000 ? iso(time).slice(5, 16)
        : size >= 1000 ? iso(time).slice(11) : new Date(time).toISOString().slice(14, 23);
      chart.append(label);
    }
    for (let lane = 0; lane < rows; lane++) {
      const y = 10 + lane * LANE + LANE / 2;
      chart.append(shape('line', {class: 'lane', x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y}));
      const name = shape('text', {x: 10, y: y + 4});
      const full = lane < own.length ? data.texts[own[lane]] || '(not named)' : `${inUse.length - own.length} other hosts`;
      name.textContent = full.length > 25 ? full.slice(0, 24) + '…' : full;
      chart.append(name);
    }
    // Events that fall together become one mark, as large as they are many, of the worst severity.
    const marks = new Map();
    for (const i of shown) {
      if (Number.isNaN(at[i])) continue;
      const event = data.events[i];
      const lane = lanes.has(event[HOST]) ? lanes.get(event[HOST]) : rows - 1;
      const column = Math.round(x(at[i]) / 8);
      const key = lane * 1000 + column;
      const mark = marks.get(key) || {lane, column, count: 0, rank: 9, first: i, last: i};
      mark.count++;
      mark.rank = Math.min(mark.rank, event[RANK]);
      mark.last = i;
      marks.set(key, mark);
    }
    const drawn = [...marks.values()].sort((a, b) => b.rank - a.rank);
    for (const mark of drawn) {
      const circle = shape('circle', {class: 's' + mark.rank, cx: mark.column * 8, cy: 10 + mark.lane * LANE + LANE / 2,
        r: Math.min(4 + 1.6 * Math.log2(mark.count), LANE / 2 - 1)});
      const title = shape('title', {});
      title.textContent = `${say(mark.count)} ${mark.count === 1 ? 'event' : 'events'}, ${SEVERITIES[mark.rank]}, ${data.events[mark.first][TIME]}` +
        (mark.count > 1 ? ` to ${data.events[mark.last][TIME]}` : '');
      circle.append(title);
      chart.append(circle);
    }
    zoomOut.disabled = whole.disabled = back.disabled = forth.disabled = isWhole;
    status.textContent = `${say(shown.length)} of ${say(data.events.length)} events, ${iso(state.from)} to ${iso(state.to)}.`;
    list();
  }

  function list() {
    const pages = Math.max(Math.ceil(shown.length / PAGE), 1);
    state.page = Math.min(Math.max(state.page, 0), pages - 1);
    const from = state.page * PAGE;
    const lines = shown.slice(from, from + PAGE).map((i) => {
      const event = data.events[i];
      const cell = (className, ...parts) => {
        const made = element('td', {className});
        parts.filter((part) => part !== '').forEach((part, n) => {
          if (n > 0) made.append(element('br'));
          made.append(part);
        });
        return made;
      };
      const time = element('time', {textContent: event[TIME].slice(0, 19).replace('T', ' ')});
      time.dateTime = event[TIME];
      time.title = event[TIME];
      const name = SEVERITIES[event[RANK]];
      const code = element('span', {}, event[CODE] === null ? '' : event[CODE] + ' ', element('small', {textContent: textOf(event, CHANNEL)}));
      return element('tr', {}, cell('when', time), cell('', element('span', {className: 'sev ' + name, textContent: name})),
        cell('mono', textOf(event, HOST)), cell('', code),
        cell('found', textOf(event, RULES), textOf(event, HITS)),
        cell('long mono', textOf(event, PROCESS), textOf(event, DETAIL)),
        cell('long', textOf(event, EVIDENCE), element('small', {textContent: `record ${event[RECORD]}, byte 0x${event[BYTE].toString(16)}`})));
    });
    body.replaceChildren(...lines);
    earlier.disabled = state.page === 0;
    later.disabled = state.page >= pages - 1;
    where.textContent = shown.length ? `Lines ${say(from + 1)} to ${say(Math.min(from + PAGE, shown.length))} of ${say(shown.length)}` : 'No event passes the filters.';
  }

  search.addEventListener('input', () => {
    state.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    filter();
  });
  host.addEventListener('change', () => { state.host = host.value; filter(); });
  kind.addEventListener('change', () => { state.kind = kind.value; filter(); });

  // Dragging over the chart marks a span.
  let begun = null;
  const brush = shape('rect', {class: 'brush', y: 4});
  const inChart = (event) => {
    const box = chart.getBoundingClientRect();
    return Math.min(Math.max((event.clientX - box.left) / box.width * WIDTH, LEFT), WIDTH - RIGHT);
  };
  chart.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    begun = inChart(event);
    chart.setPointerCapture(event.pointerId);
  });
  chart.addEventListener('pointermove', (event) => {
    if (begun === null) return;
    const now = inChart(event);
    brush.setAttribute('x', Math.min(begun, now));
    brush.setAttribute('width', Math.abs(now - begun));
    brush.setAttribute('height', chart.viewBox.baseVal.height - BOTTOM);
    chart.append(brush);
  });
  const drop = (event) => {
    if (begun === null) return;
    const now = inChart(event), from = timeAt(Math.min(begun, now)), to = timeAt(Math.max(begun, now));
    const wide = Math.abs(now - begun) > 5;
    begun = null;
    brush.remove();
    if (wide) span(from, to);
  };
  chart.addEventListener('pointerup', drop);
  chart.addEventListener('pointercancel', () => { begun = null; brush.remove(); });
  chart.addEventListener('dblclick', () => span(all[0], all[1]));

  // On paper nothing can be opened.
  window.addEventListener('beforeprint', () => {
    for (const closed of document.querySelectorAll('details')) closed.open = true;
  });
  filter();
})();
