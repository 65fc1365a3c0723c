// Lines of corrections.csv: what a person decided of a row, written so that the next build carries it out.
// The grammar is docs/corrections.md: a row is found by its words, what it holds now is its guard.

const COLUMNS = ['date', 'action', 'table', 'source', 'text', 'occurrence', 'expects', 'value', 'reason'];
const GAP = ' … ';
const FEW_WORDS = 5;
// Fields whose present value need not be told: the words that find the row tell it.
const FREE = new Set(['content', 'text', 'entity']);

class Unfit extends Error {}

const nameOfSource = (row) => T('sources').get(row.source_id).name;
const fieldCell = (value) => (value === null || value === undefined ? '-' : String(value).replace(/(\\*)\|/g, '$1\\|'));
const writePairs = (pairs) => pairs.map(([name, value]) => `${name}: ${fieldCell(value)}`).join(' | ');
const csvCell = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

// How many places with these words there are up to `start`; places may overlap.
function occurrence(text, part_, start) {
  let number = 0;
  for (let at = text.indexOf(part_); at >= 0 && at <= start; at = text.indexOf(part_, at + 1)) number += 1;
  return number;
}
const unitsOfSpan = (row) => [unit(row.source_id, row.start), unit(row.source_id, row.end)];
function contentUnits(claim) {
  const spans = spansOf(claim, 'content');
  return (spans.length ? spans : [claim]).map(unitsOfSpan);
}

// The words and occurrence that find a claim: its first words, where no other claim begins so at that place.
function findsClaim(claim) {
  const text = textOf(claim.source_id);
  const whole = contentOf(claim);
  const [[start, end]] = contentUnits(claim);
  const rivals = T('claims').where('source_id', claim.source_id)
    .filter((other) => other !== claim && contentUnits(other)[0][0] === start).map(contentOf);
  const first = text.slice(start, end);
  const stops = [...first.matchAll(/\s+/g)].map((blank) => blank.index).filter((place) => place > 0);
  for (const stop of stops.slice(FEW_WORDS - 1)) {
    const few = first.slice(0, stop);
    if (!rivals.some((rival) => rival.startsWith(few))) return { text: few, nth: occurrence(text, few, start), alone: true };
  }
  const piece = text.includes(whole) ? whole : first;
  return { text: whole, nth: occurrence(text, piece, start), alone: !rivals.includes(whole) };
}
function findsSpan(row) {
  const text = textOf(row.source_id);
  const [start, end] = unitsOfSpan(row);
  const held = text.slice(start, end);
  return { text: held, nth: occurrence(text, held, start) };
}

// As onrecord looks for a speaker: the place nearest to the content, outside of it if it can be.
function nearest(text, part_, content) {
  let best = null;
  for (let at = text.indexOf(part_); at >= 0; at = text.indexOf(part_, at + part_.length)) {
    const end = at + part_.length;
    const inside = content.some(([from, to]) => at < to && from < end);
    const gap = Math.min(...content.map(([from, to]) => Math.max(from - end, at - to, 0)));
    if (!best || inside < best.inside || (inside === best.inside && gap < best.gap)) best = { at, inside, gap };
  }
  return best?.at ?? -1;
}
// The cell that names a speaker: its words, with the number of the place where they are not the nearest.
function speakerCell(claim, part_, start = null) {
  const text = textOf(claim.source_id);
  if (!part_.trim() || !text.includes(part_)) throw new Unfit(`The article does not have the words “${part_}”. A speaker is words of the article.`);
  if (part_.includes(GAP)) throw new Unfit('Select words without “ … ” between blanks.');
  const near = nearest(text, part_, contentUnits(claim));
  if (start === null || near === start) return part_;
  const numbered = `${part_}#${occurrence(text, part_, start)}`;
  if (text.includes(numbered)) throw new Unfit('Select a few more words: these cannot be told apart.');
  return numbered;
}
// The cell that moves a border: the new words, which onrecord looks for where they are nearest to the old ones.
function borderCell(row, chosen) {
  const text = textOf(row.source_id);
  const old = row.table === 'claims' ? contentUnits(row) : [unitsOfSpan(row)];
  if (!old.some(([from, to]) => chosen.start < to && from < chosen.end)) throw new Unfit('Select words that share something with the old ones.');
  const furniture = DATA.texts[row.source_id].furniture.map((span) => span.map((point) => unit(row.source_id, point)));
  if (furniture.some(([from, to]) => chosen.start < to && from < chosen.end)) throw new Unfit('Select words of the article alone: some of these are furniture, which is not read.');
  let best = null;
  for (let at = text.indexOf(chosen.text); at >= 0; at = text.indexOf(chosen.text, at + chosen.text.length)) {
    const apart = old.every(([from, to]) => at + chosen.text.length <= from || to <= at);
    const away = Math.abs(at - old[0][0]);
    if (!best || apart < best.apart || (apart === best.apart && away < best.away)) best = { at, apart, away };
  }
  if (best.at !== chosen.start) throw new Unfit('Select a few more words: the same ones stand nearer to the old place.');
  return chosen.text;
}

function same(table, column, row) { return T(table).where(column, row[column]); }
// Whether a mention will be elsewhere, or another's, once the lines are carried out.
function leaves(told_) {
  const draft = drafts.get(idOf(told_));
  return draft?.action === 'drop' || ['text', 'entity'].some((field) => draft?.fields && field in draft.fields);
}
// The mention by which an event or entity is found: one that no other line drops or moves.
function mentionFor(row) {
  const free = mentionsOf(row).filter((told_) => textOf(told_.source_id) !== undefined && !leaves(told_));
  free.sort((a, b) => b.text.length - a.text.length || a.mention_id.localeCompare(b.mention_id));
  return free.find((told_) => mentionTable(row).where('source_id', told_.source_id)
    .filter((other) => other.start === told_.start && other.end === told_.end).length === 1);
}
const mentionTable = (row) => T(row.table === 'events' ? 'event_mentions' : 'entity_mentions');

// Source, text, occurrence and what else must be expected, so that exactly this row is found.
function finds(row) {
  if (row.table === 'claims') {
    const found = findsClaim(row);
    if (found.alone) return { source: nameOfSource(row), ...found, expects: [] };
    const twins = T('claims').where('source_id', row.source_id).filter((other) => contentOf(other) === contentOf(row));
    if (twins.some((other) => other !== row && other.speaker === row.speaker)) throw new Unfit('Two claims have these words and speaker; no line can tell them apart.');
    return { source: nameOfSource(row), ...found, expects: [['speaker', row.speaker]] };
  }
  if (row.source_id) {
    const twins = T(row.table).where('source_id', row.source_id).filter((other) => other.start === row.start && other.end === row.end);
    if (twins.length > 1) throw new Unfit('Several rows stand at exactly these words; no line can tell them apart.');
    return { source: nameOfSource(row), ...findsSpan(row), expects: [] };
  }
  if (row.table === 'entities') {
    const namesakes = same('entities', 'name', row);
    if (namesakes.length === 1) return { source: '', text: row.name, nth: 1, expects: [] };
    if (namesakes.filter((other) => other.type === row.type).length === 1) return { source: '', text: row.name, nth: 1, expects: [['type', row.type]] };
  }
  const told_ = mentionFor(row);
  if (told_) return { source: nameOfSource(told_), ...findsSpan(told_), expects: [] };
  if (row.table === 'events' && same('events', 'label', row).length === 1) return { source: '', text: row.label, nth: 1, expects: [] };
  throw new Unfit('No line can tell this row from others of its name.');
}

// What a person decided, by row. A row has one line, whatever was changed of it.
const drafts = new Map();
const store = { name: `onrecord ${DATA.key}`, saved: true };
const drafted = (row) => drafts.get(draftKey(row));
const draftKey = (row) => (row.table === 'claim_relations' ? `${row.claim_id} ${row.other_claim_id} ${row.relation}` : idOf(row));

// A merge goes to where the other entity goes.
function endOf(id, seen = new Set()) {
  const next = drafts.get(id);
  if (next?.action !== 'merge' || seen.has(id)) return id;
  return endOf(next.into, seen.add(id));
}

function lineOf(draft) {
  const { row, action } = draft;
  const cells = { date: draft.date, action, table: row.table, reason: draft.reason };
  if (row.table === 'claim_relations') {
    const [one, other] = [T('claims').get(row.claim_id), T('claims').get(row.other_claim_id)].map((claim) => ({ claim, found: findsClaim(claim) }));
    if (!one.found.alone || !other.found.alone) throw new Unfit('Two claims have these words; no line can tell them apart.');
    const pairs = [['relation', row.relation], ['other_source', nameOfSource(other.claim)], ['other_text', `${other.found.text}#${other.found.nth}`]];
    return { ...cells, source: nameOfSource(one.claim), text: one.found.text, occurrence: one.found.nth, expects: writePairs(pairs), value: '' };
  }
  const found = finds(row);
  const expects = [...found.expects];
  let value = Object.entries(draft.fields || {});
  if (action === 'merge') {
    const other = T('entities').get(endOf(draft.into));
    const namesakes = same('entities', 'name', other).filter((held) => held !== row && held !== other && drafts.get(idOf(held))?.action !== 'merge');
    if (other === row) throw new Unfit('These are one already.');
    if (namesakes.length && (namesakes.some((held) => held.type === row.type) || other.type !== row.type)) throw new Unfit(`Several entities are called ${other.name}; merge those first.`);
    value = [['into', other.name]];
  } else {
    // What other lines change of an event's mentions may change the event: its words alone are the guard then.
    const shaken = row.table === 'events' && found.source && mentionsOf(row).some((told_) => drafts.has(idOf(told_)));
    for (const [name] of shaken ? [] : value) if (!FREE.has(name) && !expects.some(([held]) => held === name)) expects.push([name, row[`${name}_edtf`] ?? row[name]]);
  }
  return { ...cells, source: found.source, text: found.text, occurrence: found.nth, expects: writePairs(expects), value: writePairs(value) };
}
const ORDER = ['confirm', 'drop', 'change', 'merge'];
function lines() {
  return [...drafts.values()].sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action)).map((draft) => ({ draft, ...tryLine(draft) }));
}
// The line of a decision; what stands in its way where later decisions have taken away what finds its row.
function tryLine(draft) {
  try { return { line: lineOf(draft) }; } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { unfit: error.message };
  }
}
const written = (line, columns = COLUMNS) => columns.map((column) => csvCell(String(line[column]))).join(',');

// The whole file: the lines the package was built with, and the new ones after them.
function fileText() {
  const held = DATA.corrections;
  const columns = held ? held.split(/\r?\n/, 1)[0].split(',').map((name) => name.replace(/"/g, '')) : COLUMNS;
  const before = held ? (held.endsWith('\n') ? held : `${held}\n`) : `${COLUMNS.join(',')}\n`;
  return before + lines().filter(({ line }) => line).map(({ line }) => `${written(line, columns)}\n`).join('');
}

function today() {
  const now = new Date();
  return [now.getFullYear(), String(now.getMonth() + 1).padStart(2, '0'), String(now.getDate()).padStart(2, '0')].join('-');
}
// Takes a decision, if a line can be written of it; throws Unfit with what to do where none can.
function decide(row, decision) {
  const old = drafted(row);
  const fields = decision.action === 'change' ? { ...(old?.action === 'change' ? old.fields : {}), ...decision.fields } : {};
  const draft = { row, date: today(), ...decision, fields };
  lineOf(draft);
  drafts.set(draftKey(row), draft);
  keep();
}
function undo(row) { drafts.delete(draftKey(row)); keep(); }
function keep() {
  store.saved = drafts.size === 0;
  const plain_ = [...drafts].map(([key, { row, ...draft }]) => ({ key, table: row.table, n: row.n, ...draft }));
  try { localStorage.setItem(store.name, JSON.stringify(plain_)); } catch { /* a browser that keeps nothing */ }
  countLines();
}
function recall() {
  try {
    for (const { key, table, n, ...draft } of JSON.parse(localStorage.getItem(store.name) || '[]')) {
      const row = n < T(table).size ? T(table).row(n) : null;
      if (row && draftKey(row) === key) drafts.set(key, { row, ...draft });
    }
  } catch { /* nothing kept, or not ours */ }
  store.saved = drafts.size === 0;
}
