// Find: search over everything, with filters; both stand in the address.

const bare = (text) => String(text ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const FOUND = {
  claims: 'Claims', events: 'Events', entities: 'People, bodies, places', sources: 'Articles', claim_groups: 'Groups', figures: 'Figures',
  dates: 'Dates',
};
const haystacks = new Map();
function haystack(table) {
  if (!haystacks.has(table)) {
    haystacks.set(table, T(table).all().map((row) => {
      const parts = [wordsOf(row), idOf(row)];
      if (table === 'claims') parts.push(speakerOf(row), row.cue, originOf(row), ...chainOf(row).map((hop) => hop.agent));
      if (table === 'entities') parts.push(row.wikidata, ...mentionsOf(row).filter((told_) => told_.form === 'name').map((told_) => told_.text));
      if (table === 'events') parts.push(row.type, row.date, ...mentionsOf(row).map((told_) => told_.text));
      if (table === 'sources') parts.push(row.name, row.publisher, row.author, row.credit, textOf(row.source_id));
      if (table === 'dates') parts.push(row.value);
      if (table === 'figures') parts.push(figureWords(row));
      return [row, bare(parts.filter(Boolean).join(' \n '))];
    }));
  }
  return haystacks.get(table);
}

// The filters: a name, what it is called, which values there are, and which rows have one of them.
function options(table, column) {
  const held = new Set();
  for (let n = 0; n < T(table).size; n += 1) { const cell = T(table).cell(column, n); if (cell !== null) held.add(cell); }
  const order = valuesOf(table, column);
  return [...held].sort((a, b) => order.indexOf(a) - order.indexOf(b) || String(a).localeCompare(String(b)));
}
const disputed = () => {
  const held = new Set();
  for (const row of T('claim_relations').all()) if (row.relation !== 'same') { held.add(row.claim_id); held.add(row.other_claim_id); }
  return held;
};
let disputedClaims = null;
function speakers() {
  const counted = new Map();
  for (const claim of T('claims').all()) if (claim.speaker_entity_id) counted.set(claim.speaker_entity_id, (counted.get(claim.speaker_entity_id) || 0) + 1);
  return [...counted].sort((a, b) => b[1] - a[1]).map(([id]) => [id, entityName(id)]).filter(([, name]) => name);
}
const simple = (name, title, table, column = name) => ({
  name, title, table, there: () => T(table).has(column) && options(table, column).length > 1,
  values: () => options(table, column).map((value) => [value, plain(value)]), holds: (row, value) => row.table === table && String(row[column]) === value,
});
const FILTERS = [
  { name: 'what', title: 'What', there: () => true, values: () => Object.entries(FOUND).filter(([table]) => T(table).size), holds: (row, value) => row.table === value },
  { name: 'outlet', title: 'Outlet', there: () => options('sources', 'publisher').length > 1, values: () => options('sources', 'publisher').map((value) => [value, value]),
    holds: (row, value) => (row.table === 'sources' ? row.publisher === value : row.source_id ? sourceOf(row)?.publisher === value
      : mentionsOf(row).some((told_) => sourceOf(told_)?.publisher === value)) },
  { name: 'speaker', title: 'Speaker', there: () => speakers().length > 0, values: speakers, holds: (row, value) => row.speaker_entity_id === value },
  simple('kind', 'Kind of claim', 'claims'),
  simple('quote', 'Quoted', 'claims', 'quote_type'),
  simple('anonymity', 'Speaker is', 'claims'),
  simple('certainty', 'Certainty', 'claims'),
  simple('status', 'Status of event', 'events'),
  simple('type', 'Kind of entity', 'entities'),
  { name: 'dispute', title: 'Dispute', there: () => T('claim_relations').size > 0, values: () => [['yes', 'disputed only']],
    holds: (row) => { disputedClaims ??= disputed(); return row.table === 'claims' && disputedClaims.has(row.claim_id); } },
  { name: 'sure', title: 'Confidence', there: () => true, values: () => [['0.9', '90 or more'], ['0.7', '70 or more'], ['-0.7', 'below 70'], ['-0.5', 'below 50']],
    holds: (row, value) => typeof row.confidence === 'number' && (Number(value) > 0 ? row.confidence >= Number(value) : row.confidence < -Number(value)) },
];

function search(asked) {
  const terms = bare(asked.get('q') || '').match(/"[^"]+"|\S+/g)?.map((term) => term.replace(/^"|"$/g, '')) || [];
  const chosen = FILTERS.filter((filter) => asked.get(filter.name)).map((filter) => [filter, asked.get(filter.name)]);
  const found = [];
  for (const table of Object.keys(FOUND)) {
    const hits = [];
    for (const [row, hay] of haystack(table)) {
      if (terms.every((term) => hay.includes(term)) && chosen.every(([filter, value]) => filter.holds(row, value))) hits.push(row);
    }
    if (table === 'entities') hits.sort((a, b) => b.mentions - a.mentions);
    if (table === 'events') hits.sort((a, b) => b.sources - a.sources || b.mentions - a.mentions);
    found.push(...(table === 'claim_groups' ? hits.filter((group) => group.claims > 1) : hits));
  }
  return { found, terms };
}

// Text with the words that were searched for marked; `bare` keeps no places, so they are looked for in the text itself.
function lit(text, terms) {
  const plainTerms = terms.filter((term) => term.length > 1).map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (!plainTerms.length) return text;
  return text.split(new RegExp(`(${plainTerms.join('|')})`, 'i')).map((piece, n) => (n % 2 ? h('mark', {}, piece) : piece));
}
function snippet(row, terms) {
  const text = textOf(row.source_id);
  const place = text && terms.length ? text.toLowerCase().indexOf(terms[0]) : -1;
  return place < 0 ? null : h('p', { class: 'minor', dir: 'auto' }, '…', lit(text.slice(Math.max(0, place - 80), place + 120).replace(/\s+/g, ' '), terms), '…');
}
function hit(row, terms) {
  const minor = {
    claims: () => [speakerOf(row), row.cue && `“${row.cue}”`, byline(sourceOf(row))],
    events: () => [STATUS[row.status], row.date && dateWords(row.date), count(row.sources ?? 0, 'article')],
    entities: () => [plain(row.type), count(row.mentions ?? 0, 'mention')],
    sources: () => [byline(row)], claim_groups: () => [count(row.claims, 'claim'), count(row.origins, 'known origin')],
    dates: () => [row.value && dateWords(row.value), byline(sourceOf(row))], figures: () => [figureWords(row), byline(sourceOf(row))],
  }[row.table]();
  return h('li', { class: 'item' }, h('p', { class: /^claim/.test(row.table) ? 'lead said' : 'lead' }, row.table === 'events' ? [glyph(row.status), ' '] : '',
    h('a', { href: addressOf(row), dir: 'auto' }, lit(cut(wordsOf(row), 300), terms))),
  h('p', { class: 'minor' }, h('span', { class: 'badge' }, TITLES[row.table]), ' ', minor.filter(Boolean).join(' · ')),
  row.table === 'sources' ? snippet(row, terms) : null);
}

function findAddress(asked) {
  const kept = [...asked].filter(([name, value]) => value && name !== 'find');
  return `#find${kept.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('')}`;
}
function findView(asked) {
  mounted = null;
  const { found, terms } = search(asked);
  const change = (name, value) => { const next = new URLSearchParams(asked); next.set(name, value); location.hash = findAddress(next); };
  const filters = h('details', { class: 'filters', open: FILTERS.some((filter) => asked.get(filter.name)) || window.innerWidth > 700 }, h('summary', {}, 'Filters'),
    h('div', { class: 'controls' }, FILTERS.filter((filter) => filter.there()).map((filter) => h('label', {}, filter.title, ' ',
      h('select', { data: { filter: filter.name }, onchange: (event) => change(filter.name, event.target.value) }, h('option', { value: '' }, 'any'),
        filter.values().map(([value, title]) => h('option', { value, selected: asked.get(filter.name) === value }, cut(title, 50))))))));
  say(`${found.length} rows found`);
  return h('section', {}, h('h1', {}, asked.get('q') ? [`Found for `, quote(asked.get('q'))] : 'Find'), filters,
    h('p', { class: 'minor', id: 'found' }, count(found.length, 'row'), asked.size > 1 ? [' · ', h('a', { href: '#find' }, 'take all filters away')] : ''),
    lazily(found, (row) => hit(row, terms), { step: 40, what: 'rows', traits: { class: 'items' } }));
}
