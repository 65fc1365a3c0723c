// The story: its timeline, who says what, disputes, what several say, and who relays whom.

function section(id, title, told, ...children) {
  return h('section', { id: `part-${id}`, class: 'part' }, h('h2', {}, title), told && h('p', { class: 'minor' }, told), children);
}

function storyHead() {
  const sources = T('sources').all();
  const outlets = new Set(sources.map((source) => source.publisher).filter(Boolean));
  const claims = T('claims').all();
  const said = claims.filter((claim) => !isOwn(claim));
  const dates = sources.map((source) => source.published_edtf).filter(Boolean).sort();
  const told = [
    count(sources.length, 'article'), outlets.size > 1 && `from ${outlets.size} outlets`,
    dates.length && (dates[0] === dates[dates.length - 1] ? `of ${dateWords(dates[0])}`
      : `from ${dateWords(dates[0])} to ${dateWords(dates[dates.length - 1])}`)].filter(Boolean).join(' ');
  const named = said.filter((claim) => claim.anonymity === 'named').length;
  return h('header', {}, h('h1', {}, DATA.title),
    h('p', {}, `${told}. ${count(said.length, 'claim')} that somebody is said to make, `
      + `${named.toLocaleString('en')} of them by people and bodies with a name; ${count(claims.length - said.length, 'statement')} `
      + `in the articles’ own voice; ${count(T('events').size, 'event')}; ${count(T('origins').size, 'known origin')}.`),
    T('rejects').size ? h('p', { class: 'minor' }, `${count(T('rejects').size, 'input')} could not be used.`) : null);
}

function eventLine(event) {
  const told = [count(event.mentions ?? 0, 'mention'), count(event.sources ?? 0, 'article'),
    event.origins ? count(event.origins, 'known origin') : null].filter(Boolean).join(' · ');
  return h('li', { class: 'item event' }, glyph(event.status),
    h('div', {}, h('p', { class: 'lead' }, link(event)),
      h('p', { class: 'minor' }, `${STATUS[event.status] || plain(event.status ?? '')}`,
        event.date ? ` · ${dateWords(event.date)}` : '', ` · ${told}`)));
}

function timeline() {
  const events = T('events').all();
  const choice = { reports: false, least: events.length > 60 ? 2 : 1, status: '' };
  const box = h('div');
  const draw = () => {
    const held = events.filter((event) => (choice.reports || event.kind !== 'report')
      && (event.sources ?? 1) >= choice.least && (!choice.status || event.status === choice.status));
    const dated = held.map((event) => ({ event, when: period(event.date) })).filter(({ when }) => when);
    dated.sort((a, b) => a.when.from - b.when.from || a.when.to - b.when.to);
    const undated = held.filter((event) => !period(event.date)).sort((a, b) => b.sources - a.sources || b.mentions - a.mentions);
    const most = [...dated].sort((a, b) => b.event.sources - a.event.sources || b.event.mentions - a.event.mentions).slice(0, 40);
    const width = Math.max(560, Math.min(1100, (document.getElementById('main').clientWidth || 900) - 40));
    box.replaceChildren(
      most.length ? strip(most, width) : '',
      dated.length ? lazily(dated, ({ event }) => eventLine(event), { tag: 'ol', what: 'events', traits: { class: 'items' } })
        : h('p', {}, 'No event of these has a date that the articles settle.'),
      undated.length ? folded(`${count(undated.length, 'event')} without a date`, () => lazily(undated, eventLine,
        { what: 'events', traits: { class: 'items' } }), { open: dated.length < 3 }) : '');
  };
  const kinds = T('events').has('kind');
  const controls = h('p', { class: 'controls' },
    h('label', {}, 'told by at least ', h('select', { onchange: (e) => { choice.least = Number(e.target.value); draw(); } },
      [1, 2, 3, 5, 10].map((n) => h('option', { value: n, selected: n === choice.least }, count(n, 'article'))))),
    h('label', {}, 'status ', h('select', { onchange: (e) => { choice.status = e.target.value; draw(); } },
      h('option', { value: '' }, 'any'), Object.entries(STATUS).map(([value, told]) => h('option', { value }, told)))),
    kinds && h('label', {}, h('input', { type: 'checkbox', onchange: (e) => { choice.reports = e.target.checked; draw(); } }),
      ' also that somebody said something'));
  const key = h('p', { class: 'minor key' }, Object.entries(STATUS).map(([status, told]) => h('span', {}, glyph(status), ` ${told}`)),
    h('span', {}, 'dashed: about then, or uncertain'));
  draw();
  let resized;
  window.addEventListener('resize', () => { clearTimeout(resized); resized = setTimeout(() => { if (box.isConnected) draw(); }, 200); });
  return section('timeline', 'Timeline', null, controls, key, box);
}

function claimItem(claim) {
  const source = sourceOf(claim);
  return h('li', { class: 'item' }, h('blockquote', { dir: 'auto' }, link(claim, contentOf(claim))),
    h('p', { class: 'minor' }, [speakerOf(claim), claim.cue && `“${claim.cue}”`, byline(source)].filter(Boolean).join(' · ')));
}

function people() {
  const by = new Map();
  for (const claim of T('claims').all()) {
    if (isOwn(claim)) continue;
    const key = claim.speaker_entity_id || `- ${claim.anonymity || 'unnamed'}`;
    if (!by.has(key)) by.set(key, []);
    by.get(key).push(claim);
  }
  const groups = [...by].map(([key, claims]) => ({
    key, claims, entity: T('entities').get(key), articles: new Set(claims.map((claim) => claim.source_id)).size,
  })).sort((a, b) => Boolean(b.entity) - Boolean(a.entity) || b.claims.length - a.claims.length);
  const most = Math.max(1, ...groups.map((group) => group.claims.length));
  const nobody = { '- named': 'Named, but no entity here', '- described': 'Described, without a name',
    '- unnamed': 'Sources without a name, or nobody shown', '- collective': 'Groups, such as critics or officials' };
  const line = (group) => {
    const bar = h('meter', { min: 0, max: most, value: group.claims.length, title: count(group.claims.length, 'claim') });
    const name = group.entity ? group.entity.name : nobody[group.key] || plain(group.key.slice(2));
    return h('li', {}, folded([h('b', { dir: 'auto' }, name), ' ', group.entity && badge('entities', 'type', group.entity.type), ' ', bar,
      h('span', { class: 'minor' }, ` ${count(group.claims.length, 'claim')} in ${count(group.articles, 'article')}`)],
    () => h('div', {}, group.entity && h('p', {}, link(group.entity, 'All that is known of ', group.entity.name)),
      lazily(group.claims, claimItem, { step: 20, what: 'claims', traits: { class: 'items' } }))));
  };
  return section('people', 'Who says what', 'People and bodies by the number of claims they are said to make; then those without a name.',
    groups.length ? lazily(groups, line, { step: 15, what: 'speakers', traits: { class: 'folds' } }) : h('p', {}, 'Nobody is said to say anything.'));
}

// A text with the phrases that a basis quotes (“…”) marked.
function quoted(text, basis) {
  const phrases = [...basis.matchAll(/“([^”]+)”/g)].map((found) => found[1]).filter((phrase) => text.includes(phrase));
  if (!phrases.length) return [text];
  const start = text.indexOf(phrases[0]);
  const end = start + phrases[0].length;
  return [text.slice(0, start), h('mark', {}, phrases[0]), ...quoted(text.slice(end), basis)];
}
// Two wordings with the words that only one of them has marked; where they share too few, what the basis quotes.
const ALIKE = 0.6;
function differing(one, other, basis) {
  const split = (text) => text.split(/(\s+)/).filter(Boolean);
  const [a, b] = [split(one), split(other)];
  if (a.length * b.length > 60000) return [quoted(one, basis), quoted(other, basis)];
  const bare = (word) => word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '') || word;
  const size = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      size[i][j] = bare(a[i]) === bare(b[j]) ? size[i + 1][j + 1] + 1 : Math.max(size[i + 1][j], size[i][j + 1]);
    }
  }
  if (size[0][0] < ALIKE * Math.min(a.length, b.length)) return [quoted(one, basis), quoted(other, basis)];
  const marked = [[], []];
  const put = (side, word, same) => marked[side].push(same || !word.trim() ? word : h('mark', {}, word));
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && bare(a[i]) === bare(b[j])) { put(0, a[i], true); put(1, b[j], true); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && size[i + 1][j] >= size[i][j + 1])) { put(0, a[i], false); i += 1; }
    else { put(1, b[j], false); j += 1; }
  }
  return marked;
}
const RELATION = {
  conflict: 'Both cannot be so', quote_variant: 'Quoted differently', revision: 'Revised in a later version',
  denial: 'Denied', corrects: 'Corrected', same: 'Said alike',
};
function pair(row) {
  const [one, other] = [T('claims').get(row.claim_id), T('claims').get(row.other_claim_id)];
  if (!one || !other) return h('li');
  const named = row.relation === 'quote_variant' ? null : [one, other].map((claim) => quoted(contentOf(claim), row.basis || ''));
  const marked = named?.every((parts) => parts.length > 1) ? named : differing(contentOf(one), contentOf(other), row.basis || '');
  const side = (claim, shown) => h('div', {}, h('blockquote', { dir: 'auto' }, link(claim, shown)),
    h('p', { class: 'minor' }, [speakerOf(claim), byline(sourceOf(claim))].filter(Boolean).join(' · ')));
  return h('li', { class: `item pair rel-${row.relation}` },
    h('p', {}, h('b', { title: meaning('claim_relations', 'relation', row.relation) }, RELATION[row.relation] || plain(row.relation)),
      row.basis ? `: ${row.basis}` : ''),
    h('div', { class: 'sides' }, side(one, marked[0]), side(other, marked[1])));
}
function disputes() {
  const order = ['conflict', 'denial', 'corrects', 'revision', 'quote_variant'];
  const rank = (row) => (order.indexOf(row.relation) + order.length + 1) % (order.length + 1);
  const rows = T('claim_relations').all().filter((row) => row.relation !== 'same')
    .sort((a, b) => rank(a) - rank(b) || (b.score ?? 1) - (a.score ?? 1));
  return section('disputes', 'Disputes', rows.length
    ? 'Two wordings side by side; what sets them apart is marked.' : null,
  rows.length ? lazily(rows, pair, { step: 12, what: 'disputes', traits: { class: 'items' } }) : h('p', {}, 'None were found.'));
}

function groupItem(group) {
  const claims = T('claims').where('group_id', group.group_id);
  const most = (group.origins || 0) + (group.unknown_origins || 0);
  const origins = group.origins ? `${count(group.origins, 'known independent origin')}${most > group.origins ? `, at most ${most}` : ''}`
    : `origins that are not shown, at most ${most}`;
  const by = new Map();
  for (const claim of claims) {
    const label = originOf(claim) ? `From ${originOf(claim)}` : 'No origin shown';
    if (!by.has(label)) by.set(label, []);
    by.get(label).push(claim);
  }
  return h('li', { class: 'item' }, h('blockquote', { dir: 'auto' }, link(group, group.text)),
    h('p', { class: 'minor' }, `${count(group.claims, 'claim')} in ${count(group.sources, 'article')}, from `,
      h('b', {}, origins), ' ',
      group.in_conflict && h('span', { class: 'badge relation-conflict' }, 'disputed')),
    folded('Each wording, by its origin', () => h('div', {}, [...by].map(([label, held]) => [h('h4', {}, label),
      h('ul', { class: 'items' }, held.map(claimItem))]))));
}
function repeated() {
  const rows = T('claim_groups').all().filter((group) => group.claims > 1)
    .sort((a, b) => b.origins - a.origins || b.sources - a.sources || b.claims - a.claims);
  return section('groups', 'What several say', 'Claims that say the same. Articles that relay one origin do not confirm one another.',
    rows.length ? lazily(rows, groupItem, { step: 12, what: 'groups', traits: { class: 'items' } }) : h('p', {}, 'No claim is made twice.'));
}
function figures() {
  if (!T('figures').size) return null;
  const rows = T('figures').all().sort((a, b) => String(a.what ?? '').localeCompare(String(b.what ?? '')) || (a.as_of_edtf || '').localeCompare(b.as_of_edtf || ''));
  return section('figures', 'Figures', null, lazily(rows, (row) => h('li', { class: 'item' }, h('p', {}, link(row, figureWords(row) || row.text)),
    h('p', { class: 'minor' }, [`“${row.text}”`, row.as_of_edtf && dateWords(row.as_of_edtf), byline(sourceOf(row))].filter(Boolean).join(' · '))),
  { step: 20, what: 'figures', traits: { class: 'items' } }));
}
function storyView() {
  mounted = null;
  const later = (make) => {
    const box = h('div', { class: 'later' });
    const seen = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) box.make(); }, { rootMargin: '600px' });
    box.make = () => { seen.disconnect(); box.replaceWith(make() || ''); };
    seen.observe(box);
    return box;
  };
  const width = Math.max(640, Math.min(1000, (document.getElementById('main').clientWidth || 900) - 40));
  return h('div', {}, storyHead(), timeline(), people(), later(disputes), later(repeated), later(figures), later(() => {
    const graph = relayGraph(width);
    return graph && section('relays', 'Who relays whom', 'Voices on the left, who passed them on in the middle, articles on the right; by the number of claims.', graph);
  }));
}
