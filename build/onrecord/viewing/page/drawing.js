// Drawings: the signs of a status, the timeline, and who relays whom.

const STATUS = {
  occurred: 'took place', ongoing: 'under way', planned: 'planned', hypothetical: 'possible', denied: 'denied',
};
function shapes(status, x, y, r) {
  const ring = { cx: x, cy: y, r, class: `sign sign-${status}` };
  if (status === 'occurred') return [svg('circle', { ...ring, class: 'sign full' })];
  if (status === 'ongoing') {
    return [svg('circle', ring), svg('path', { d: `M${x} ${y - r} A${r} ${r} 0 0 0 ${x} ${y + r} Z`, class: 'sign full' })];
  }
  if (status === 'planned') return [svg('circle', ring)];
  if (status === 'denied') {
    const c = r * 0.7;
    return [svg('circle', ring), svg('path', {
      d: `M${x - c} ${y - c} L${x + c} ${y + c} M${x + c} ${y - c} L${x - c} ${y + c}`, class: 'sign' })];
  }
  return [svg('path', { d: `M${x} ${y - r} L${x + r} ${y} L${x} ${y + r} L${x - r} ${y} Z`, class: 'sign open' })];
}
function glyph(status) {
  return svg('svg', { class: 'glyph', viewBox: '0 0 16 16', width: 16, height: 16, role: 'img',
    'aria-label': STATUS[status] || plain(status ?? '') }, shapes(status, 8, 8, 6));
}

const TICKS = [[1, 'day'], [7, 'day'], [31, 'month'], [92, 'month'], [366, 'year'], [3653, 'year'], [36525, 'year']];
function ticks(from, to, most) {
  const days = (to - from) / 864e5;
  const step = TICKS.find(([size]) => days / size <= most) || TICKS[TICKS.length - 1];
  const found = [];
  const date = new Date(from);
  const years = step[0] < 366 ? 1 : Math.round(step[0] / 365.25);
  const months = step[0] === 92 ? 3 : 1;
  let at = step[1] === 'year' ? utc(Math.ceil(date.getUTCFullYear() / years) * years)
    : step[1] === 'month' ? utc(date.getUTCFullYear(), Math.ceil(date.getUTCMonth() / months) * months)
      : Math.ceil(from / 864e5) * 864e5;
  while (at <= to && found.length < 40) {
    if (at >= from) {
      const now = new Date(at);
      const month = MONTHS[now.getUTCMonth()].slice(0, 3);
      const label = step[1] === 'year' ? String(now.getUTCFullYear())
        : step[1] === 'month' ? `${month} ${now.getUTCFullYear()}` : `${now.getUTCDate()} ${month}`;
      found.push([at, label]);
    }
    const now = new Date(at);
    at = step[1] === 'year' ? utc(now.getUTCFullYear() + years)
      : step[1] === 'month' ? utc(now.getUTCFullYear(), now.getUTCMonth() + months) : at + step[0] * 864e5;
  }
  return found;
}

// The time that an axis covers: when the articles were published, if many events are of then; else the middle
// four fifths of all. Far-off dates would press all others together.
const OF_THEN = 0.4;
function axisOf(order) {
  const published = T('sources').all().map((source) => period(source.published_edtf)).filter(Boolean);
  if (published.length) {
    const from = Math.min(...published.map((when) => when.from)) - 60 * 864e5;
    const to = Math.max(...published.map((when) => when.to)) + 120 * 864e5;
    const inside = order.filter(({ when }) => when.from >= from && when.to <= to);
    if (inside.length >= OF_THEN * order.length) {
      return [Math.min(...inside.map(({ when }) => when.from)), Math.max(...inside.map(({ when }) => when.to))];
    }
  }
  const ends = order.map(({ when }) => when.to).sort((a, b) => a - b);
  return [order[Math.floor(order.length * 0.1)].when.from, ends[Math.ceil(order.length * 0.9) - 1]];
}
// Events with dates on one axis: a sign for a day, a bar for a longer time, dashed where it is not sure.
function strip(dated, width) {
  const order = [...dated].sort((a, b) => a.when.from - b.when.from);
  const [low, high] = axisOf(order);
  const room = Math.max((high - low) * 0.06, 3 * 864e5);
  const from = low - room;
  const to = high + room;
  const inside = order.filter(({ when }) => when.from >= from && when.to <= to);
  const x = (time) => 8 + ((time - from) / (to - from)) * (width - 16);
  const lanes = [];
  const drawn = inside.map(({ event, when }) => {
    const bar = when.to - when.from > 864e5;
    const start = x(when.from);
    const end = bar ? Math.max(x(when.to), start + 10) : start + 14;
    const before = width - end < 6.6 * Math.min(64, event.label.length) && start > width - end;
    const label = cut(event.label, Math.max(8, Math.min(64, Math.floor((before ? start : width - end) / 6.6) - 2)));
    const left = before ? start - 8 - label.length * 6.6 : start;
    const right = before ? end + 4 : end + 6 + label.length * 6.6;
    let lane = lanes.findIndex((taken) => taken < left);
    if (lane < 0) { lane = lanes.length; lanes.push(0); }
    lanes[lane] = right + 8;
    const y = 14 + lane * 22;
    const look = when.fuzzy ? 'bar fuzzy' : 'bar';
    const mark = bar
      ? [svg('rect', { x: start, y: y - 5, width: end - start, height: 10, rx: 5, class: look }),
        shapes(event.status, (start + end) / 2, y, 5)]
      : [when.fuzzy && svg('circle', { cx: start + 7, cy: y, r: 9, class: 'bar fuzzy' }), shapes(event.status, start + 7, y, 5.5)];
    const words_ = svg('text', before
      ? { x: start - 6, y: y + 4, 'text-anchor': 'end' } : { x: end + 6, y: y + 4 }, label);
    return svg('a', { href: addressOf(event), class: 'onstrip', 'aria-label': visible(
      `${event.label}: ${dateWords(event.date)}, ${STATUS[event.status] || event.status}`) }, mark, words_);
  });
  const height = lanes.length * 22 + 34;
  const axis = ticks(from, to, Math.max(3, Math.floor(width / 90))).map(([at, label]) => [
    svg('path', { d: `M${x(at)} 0 V${height - 20}`, class: 'tick' }),
    svg('text', { x: x(at), y: height - 6, 'text-anchor': 'middle', class: 'axis' }, label)]);
  const early = order.filter(({ when }) => when.from < from).length;
  const late = order.length - inside.length - early;
  return h('div', { class: 'scroll' },
    svg('svg', { class: 'strip', width, height, viewBox: `0 0 ${width} ${height}`, role: 'group',
      'aria-label': 'Timeline' }, axis, drawn),
    (early || late) ? h('p', { class: 'minor' }, [early && `${early} earlier`, late && `${late} later`]
      .filter(Boolean).join(', '), ' are in the list below.') : null);
}

// Voices, who relays them, articles: from left to right, as wide as the claims that go that way.
const SHOWN = 12;
function relays() {
  const nodes = new Map();
  const ways = new Map();
  const node = (column, key, label, row) => {
    const id = `${column} ${key}`;
    if (!nodes.has(id)) nodes.set(id, { id, column, label, row, claims: 0 });
    nodes.get(id).claims += 1;
    return id;
  };
  const voice = (hop, column) => {
    if (hop.entity_id) return node(column, hop.entity_id, entityName(hop.entity_id), T('entities').get(hop.entity_id));
    const kind = hop.kind === 'document' || hop.kind === 'outlet' ? hop.agent : null;
    const label = kind || { unnamed: 'sources without a name', collective: 'groups of people',
      described: 'people described, not named' }[hop.anonymity] || hop.agent || 'somebody not shown';
    return node(column, label.toLowerCase(), label, null);
  };
  for (const claim of T('claims').all()) {
    const hops = isOwn(claim) ? [] : chainOf(claim);
    if (hops.length < 2 && hops[0]?.kind !== 'outlet' && hops[0]?.kind !== 'document') continue;
    const source = T('sources').get(claim.source_id);
    const last = hops[hops.length - 1];
    const path = [
      ...(hops.length > 1 ? [voice(hops[0], 0)] : []), voice(last, 1),
      node(2, source.publisher || source.source_id, outletOf(source), source.publisher ? null : source)];
    for (let n = 1; n < path.length; n += 1) {
      const key = `${path[n - 1]}\n${path[n]}`;
      ways.set(key, (ways.get(key) || 0) + 1);
    }
  }
  return { nodes: [...nodes.values()], ways: [...ways].map(([key, claims]) => [...key.split('\n'), claims]) };
}
function relayGraph(width) {
  const { nodes, ways } = relays();
  if (!ways.length) return null;
  const columns = [0, 1, 2].map((column) => nodes.filter((node) => node.column === column)
    .sort((a, b) => b.claims - a.claims || a.label.localeCompare(b.label)).slice(0, SHOWN));
  const held = new Map();
  const room = 190;
  columns.forEach((column, number) => column.forEach((node, place) => {
    held.set(node.id, { ...node, x: number * ((width - room) / 2), y: 18 + place * 30 });
  }));
  const height = Math.max(...columns.map((column) => column.length)) * 30 + 10;
  const most = Math.max(...ways.map((way) => way[2]));
  const lines = ways.filter(([a, b]) => held.has(a) && held.has(b)).map(([a, b, claims]) => {
    const [one, other] = [held.get(a), held.get(b)];
    const x1 = one.x + room; const x2 = other.x;
    return svg('path', {
      d: `M${x1} ${one.y} C${(x1 + x2) / 2} ${one.y} ${(x1 + x2) / 2} ${other.y} ${x2} ${other.y}`,
      class: 'way', 'stroke-width': 1 + 9 * (claims / most),
    }, svg('title', {}, `${one.label} to ${other.label}: ${count(claims, 'claim')}`));
  });
  const boxes = [...held.values()].map((node) => {
    const parts = [
      svg('rect', { x: node.x, y: node.y - 12, width: room, height: 24, rx: 4, class: `node col${node.column}` }),
      svg('text', { x: node.x + 8, y: node.y + 4 }, cut(node.label, 22)),
      svg('text', { x: node.x + room - 8, y: node.y + 4, 'text-anchor': 'end', class: 'axis' }, node.claims),
      svg('title', {}, `${node.label}: ${count(node.claims, 'claim')}`)];
    return node.row ? svg('a', { href: addressOf(node.row), 'aria-label': visible(node.label) }, parts) : svg('g', {}, parts);
  });
  const left = nodes.length - held.size;
  return h('div', {},
    h('div', { class: 'scroll' }, svg('svg', { class: 'graph', width, height, viewBox: `0 0 ${width} ${height}`,
      role: 'group', 'aria-label': 'Who relays whom' }, lines, boxes)),
    left > 0 && h('p', { class: 'minor' }, `${left} more with fewer claims are in the list.`),
    folded('The same as a list', () => lazily([...ways].sort((a, b) => b[2] - a[2]), ([a, b, claims]) => h('li', {},
      `${nodes.find((n) => n.id === a).label} → ${nodes.find((n) => n.id === b).label}: ${count(claims, 'claim')}`))));
}
