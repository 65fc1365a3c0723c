// Articles: the list of them, and one with its text and rows, or with its quotations alone.

function sourceLine(source) {
  const tied = T('source_relations').where('source_id', source.source_id)
    .concat(T('source_relations').where('other_source_id', source.source_id));
  return tied.map((row) => {
    const other = T('sources').get(row.source_id === source.source_id ? row.other_source_id : row.source_id);
    const told = { reprint: 'much of the text is also in', shared_origin: 'shares an origin with' }[row.relation]
      || (row.source_id === source.source_id ? 'cites' : 'is cited by');
    return other && h('li', {}, `${told} `, link(other, articleName(other)), row.basis ? ` (${row.basis})` : '');
  });
}

function articlesView() {
  const rows = T('sources').all().sort((a, b) => (
    (a.published_edtf || '~').localeCompare(b.published_edtf || '~') || articleName(a).localeCompare(articleName(b))));
  return h('section', {}, h('h1', {}, count(rows.length, 'article')), lazily(rows, (source) => h('li', { class: 'item' },
    h('p', { class: 'lead' }, link(source, articleName(source))),
    h('p', { class: 'minor' }, [
      source.publisher, source.published_edtf && dateWords(source.published_edtf), source.author,
      source.credit && `credits ${source.credit}`, count(source.words ?? 0, 'word'),
      count(T('claims').where('source_id', source.source_id).length, 'claim'),
    ].filter(Boolean).join(' · ')),
    h('ul', { class: 'minor' }, sourceLine(source)),
  ), { what: 'articles', traits: { class: 'items' } }));
}

// What a row is, in a line: its words and what they are.
function rowLine(row) {
  if (row.table === 'claims') {
    return [quote(cut(contentOf(row), 220)), h('span', { class: 'minor' }, ` ${speakerOf(row)}`,
      row.cue ? `, “${row.cue}”` : '')];
  }
  if (row.table === 'entity_mentions') return [h('b', { dir: 'auto' }, row.text), ` ${entityName(row.entity_id)}`];
  if (row.table === 'event_mentions') {
    const event = T('events').get(row.event_id);
    return [h('b', { dir: 'auto' }, row.text), event ? [' ', glyph(event.status), ` ${event.label}`] : ''];
  }
  if (row.table === 'dates') return [h('b', {}, row.text), row.value ? ` ${dateWords(row.value)}` : ' no value settled'];
  if (row.table === 'figures') return [h('b', {}, row.text), ` ${figureWords(row)}`];
  return [wordsOf(row)];
}
function figureWords(row) {
  const bound = { at_least: 'at least ', at_most: 'at most ', about: 'about ', between: 'between ' }[row.bound] || '';
  const value = typeof row.value === 'number' ? row.value.toLocaleString('en') : row.value;
  return [row.what, row.what && ': ', bound, value, row.unit && ` ${row.unit}`].filter(Boolean).join('');
}

const LISTS = { claims: 'Claims', events: 'Events', names: 'Names', dates: 'Dates', figures: 'Figures' };
let listShown = 'claims';

function rowList(sourceId) {
  const rows = rowsIn(sourceId);
  const box = h('div', { class: 'rows' });
  const draw = () => {
    const held = [...rows[listShown]].sort((a, b) => a.start - b.start || a.end - b.end);
    const tabs = Object.entries(LISTS).filter(([name]) => rows[name].length || name === 'claims').map(([name, title]) => (
      h('button', {
        type: 'button', 'aria-pressed': String(name === listShown),
        onclick: () => { listShown = name; draw(); },
      }, `${title} ${rows[name].length}`)));
    box.replaceChildren(h('div', { class: 'tabs' }, tabs), lazily(held, (row) => h('li', {},
      h('a', { href: addressOf(row), data: { row: idOf(row) }, class: 'rowlink' }, rowLine(row)),
    ), { what: 'rows', step: 80, tag: 'ol', traits: { class: 'rowlist' } }));
  };
  if (!rows[listShown].length) listShown = 'claims';
  draw();
  return box;
}

function sourceHead(source) {
  const url = /^https?:\/\//i.test(source.url || '') ? source.url : null;
  return h('header', {},
    h('h1', { dir: 'auto' }, articleName(source)),
    h('p', { class: 'minor' }, [
      source.publisher, source.author, source.published_edtf && dateWords(source.published_edtf), source.name,
      source.license,
    ].filter(Boolean).join(' · '),
    url && [' · ', h('a', { href: url, rel: 'noopener noreferrer' }, 'published here')]),
    h('ul', { class: 'minor' }, sourceLine(source)));
}

// The pane with an article's text; `mounted` tells which one stands in the page.
let mounted = null;
function articlePane(source) {
  const sourceId = source.source_id;
  mounted = { source: sourceId };
  if (textOf(sourceId) === undefined) {
    return h('div', { class: 'pane' }, h('p', { class: 'notice' },
      'The text of this article is not in the page; these are its quotations.'), rowList(sourceId));
  }
  const { body, marks } = markedText(sourceId);
  mounted = { source: sourceId, body, marks };
  showLayers(body);
  body.addEventListener('click', (event) => {
    if (!window.getSelection().isCollapsed) return;
    const piece = event.target.closest('[data-marks]');
    const rows = piece ? rowsAt(marks, piece.dataset.marks.split(' ').map(Number)) : [];
    if (rows.length) openRow(rows[0], rows);
  });
  return h('div', { class: 'pane' }, legend(() => showLayers(body)),
    h('div', { class: 'columns' }, body, rowList(sourceId)));
}

function articleView(source) {
  return h('article', {}, sourceHead(source), articlePane(source));
}

// On a narrow page the card lies over the lower part.
const CARD_BELOW = window.matchMedia('(max-width: 60rem)');

// Shows where a row's words stand, in the pane that is mounted.
function showWords(row, scroll = true) {
  document.querySelectorAll('.here').forEach((node) => node.classList.remove('here'));
  if (!mounted) return;
  const listed = document.querySelector(`.rowlink[data-row="${CSS.escape(idOf(row))}"]`);
  listed?.classList.add('here');
  if (!mounted.body) { if (scroll) listed?.scrollIntoView({ block: 'center' }); return; }
  const mine = new Set();
  mounted.marks.forEach((mark, n) => { if (mark.row === row) mine.add(String(n)); });
  let first = null;
  for (const piece of mounted.body.querySelectorAll('[data-marks]')) {
    if (piece.dataset.marks.split(' ').some((n) => mine.has(n))) {
      piece.classList.add('here');
      first ??= piece;
    }
  }
  if (scroll) first?.scrollIntoView({ block: CARD_BELOW.matches ? 'start' : 'center' });
}
