// The package's tables, read here and nowhere else. What a package lacks is an empty table or column.

const DATA = JSON.parse(document.getElementById('data').textContent);
document.getElementById('data').remove();

const KEYS = {
  sources: 'source_id', entities: 'entity_id', origins: 'origin_id', claims: 'claim_id', events: 'event_id',
  claim_groups: 'group_id', entity_mentions: 'mention_id', event_mentions: 'mention_id', dates: 'date_id',
  figures: 'figure_id',
};
// What a row is called in an address (#claim=clm-…), and in what table it stands.
const KINDS = {
  article: 'sources', entity: 'entities', origin: 'origins', claim: 'claims', event: 'events',
  group: 'claim_groups', name: 'entity_mentions', told: 'event_mentions', date: 'dates', figure: 'figures',
};
const KIND_OF = Object.fromEntries(Object.entries(KINDS).map(([kind, table]) => [table, kind]));

class Table {
  constructor(name) {
    const raw = DATA.tables[name] || { rows: 0, columns: {} };
    this.name = name;
    this.size = raw.rows;
    this.columns = raw.columns;
    this.cache = new Array(raw.rows);
    this.indexes = new Map();
  }
  has(column) { return column in this.columns; }
  cell(column, n) {
    const held = this.columns[column];
    if (held === undefined) return null;
    if (Array.isArray(held)) return held[n];
    return held.of[n] < 0 ? null : held.words[held.of[n]];
  }
  row(n) {
    if (this.cache[n] === undefined) {
      const row = { table: this.name, n };
      for (const column of Object.keys(this.columns)) row[column] = this.cell(column, n);
      this.cache[n] = row;
    }
    return this.cache[n];
  }
  all() { return Array.from({ length: this.size }, (_, n) => this.row(n)); }
  where(column, value) {
    if (value === null || value === undefined) return [];
    if (!this.indexes.has(column)) {
      const index = new Map();
      for (let n = 0; n < this.size; n += 1) {
        const cell = this.cell(column, n);
        if (index.has(cell)) index.get(cell).push(n); else index.set(cell, [n]);
      }
      this.indexes.set(column, index);
    }
    return (this.indexes.get(column).get(value) || []).map((n) => this.row(n));
  }
  get(id) { return this.where(KEYS[this.name], id)[0] || null; }
}

const opened = new Map();
function T(name) {
  if (!opened.has(name)) opened.set(name, new Table(name));
  return opened.get(name);
}

const idOf = (row) => row[KEYS[row.table]];
const addressOf = (row) => `#${KIND_OF[row.table]}=${idOf(row)}`;
const meaning = (table, column, value) => DATA.meanings[table]?.[column]?.values?.[value] || '';
const valuesOf = (table, column) => Object.keys(DATA.meanings[table]?.[column]?.values || {});
const textOf = (sourceId) => DATA.texts?.[sourceId]?.text;
const hasTexts = Boolean(DATA.texts);

// Offsets of the tables count code points; those of the script count UTF-16 units.
const places = new Map();
function unitsOf(sourceId) {
  if (!places.has(sourceId)) {
    const text = textOf(sourceId);
    let map = null;
    if (/[\ud800-\udfff]/.test(text)) {
      map = [];
      for (let unit = 0; unit < text.length; unit += text.codePointAt(unit) > 0xffff ? 2 : 1) map.push(unit);
      map.push(text.length);
    }
    places.set(sourceId, map);
  }
  return places.get(sourceId);
}
function unit(sourceId, point) {
  const map = unitsOf(sourceId);
  return map ? map[point] : point;
}

// What several rows tell together.
const entityName = (id) => (id ? T('entities').get(id)?.name || '' : '');
const isOwn = (claim) => claim.quote_type === 'none';
function chainOf(claim) {
  return T('attributions').where('claim_id', claim.claim_id).sort((a, b) => a.hop - b.hop);
}
function spansOf(claim, role) {
  return T('claim_spans').where('claim_id', claim.claim_id)
    .filter((span) => span.role === role).sort((a, b) => a.seq - b.seq);
}
function contentOf(claim) {
  const spans = spansOf(claim, 'content');
  return spans.length ? spans.map((span) => span.text).join(' … ') : claim.text;
}
function speakerOf(claim) {
  if (isOwn(claim)) return 'the article itself';
  const named = entityName(claim.speaker_entity_id);
  const words = claim.speaker || chainOf(claim).find((hop) => hop.agent)?.agent || '';
  if (!words) return named || 'somebody not shown';
  if (!named || words.toLowerCase().includes(named.toLowerCase())) return words;
  return `${words} (${named})`;
}
function articleName(source) { return source?.title || source?.name || ''; }
function outletOf(source) { return source?.publisher || source?.name || ''; }
function originOf(claim) { return claim.origin_id ? T('origins').get(claim.origin_id)?.label || '' : ''; }
function wordsOf(row) {
  switch (row.table) {
    case 'sources': return articleName(row);
    case 'entities': return row.name;
    case 'events': return row.label;
    case 'origins': return row.label;
    case 'claims': return contentOf(row);
    default: return row.text || '';
  }
}
function sourceOf(row) { return row.source_id ? T('sources').get(row.source_id) : null; }
// The rows of an article that point at its words, by layer.
function rowsIn(sourceId) {
  return {
    claims: T('claims').where('source_id', sourceId),
    names: T('entity_mentions').where('source_id', sourceId),
    events: T('event_mentions').where('source_id', sourceId),
    dates: T('dates').where('source_id', sourceId),
    figures: T('figures').where('source_id', sourceId),
  };
}
function mentionsOf(row) {
  if (row.table === 'entities') return T('entity_mentions').where('entity_id', row.entity_id);
  if (row.table === 'events') return T('event_mentions').where('event_id', row.event_id);
  if (row.table === 'claim_groups') return T('claims').where('group_id', row.group_id);
  return [];
}
