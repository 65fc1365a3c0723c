// Correct: a walk through what most deserves a look, what a person would do with a row, and the lines to download.

const CORRECTED = new Set(['claims', 'events', 'entities', 'entity_mentions', 'event_mentions', 'dates']);
const needsText = (row) => Boolean(row.source_id) || row.table === 'claim_relations';

// Takes a decision down and shows the form anew; what cannot be written as a line is told in the form.
function attempt(row, box, make) {
  try {
    decide(row, make());
    say('Taken down');
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    box.querySelector('.unfit')?.remove();
    box.append(h('p', { class: 'unfit', role: 'alert' }, error.message));
    return;
  }
  refresh(row, box);
}
const act = (row, decision, box) => attempt(row, box, () => decision);
function refresh(row, box) {
  box.replaceWith(correctForm(row));
  drawQueue();
}
// A button that uses the words selected in the text; the selection stays when it is pressed.
function useSelected(title, row, use) {
  return h('button', { type: 'button', class: 'use-selected', onmousedown: (event) => event.preventDefault(), onclick: (event) => {
    const box = event.target.closest('.form');
    const chosen = selectedWords();
    if (!chosen || chosen.source !== row.source_id) {
      attempt(row, box, () => { throw new Unfit('Select the words in the article’s text first.'); });
      return;
    }
    use(chosen, box);
  } }, title);
}
function picker(row, field, title, table = row.table) {
  const values = valuesOf(table, field);
  if (!values.length || !T(table).has(field)) return null;
  const now = drafted(row)?.fields?.[field] ?? row[field];
  return h('label', {}, title, ' ', h('select', { data: { field }, onchange: (event) => act(row, {
    action: 'change', fields: { [field]: event.target.value || null }, reason: `${title} read again`,
  }, event.target.closest('.form')) },
  row[field] === null && h('option', { value: '', selected: now === null }, 'none'),
  values.map((value) => h('option', { value, selected: value === now, title: meaning(table, field, value) }, plain(value)))));
}
function typed(row, title, { value = '', list = [], hint = '', use }) {
  const id = `list-${Math.random().toString(36).slice(2)}`;
  const field = h('input', { type: 'text', list: list.length ? id : null, placeholder: hint, value, 'aria-label': title });
  return h('form', { class: 'typed', onsubmit: (event) => {
    event.preventDefault();
    const box = event.target.closest('.form');
    attempt(row, box, () => use(field.value.trim()));
  } }, h('label', {}, title, ' ', field), list.length ? h('datalist', { id }, list.map((name) => h('option', { value: name }))) : '',
  h('button', { type: 'submit' }, 'Use'));
}
function namesIn(sourceId) {
  const counted = new Map();
  for (const row of T('entity_mentions').where('source_id', sourceId)) if (row.form === 'name') counted.set(row.text, (counted.get(row.text) || 0) + 1);
  return [...counted].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}
const change = (fields, reason) => ({ action: 'change', fields, reason });

const OFFERS = {
  claims: (row) => [
    typed(row, 'Said by', { hint: 'words of the article', list: namesIn(row.source_id), use: (name) => change({ speaker: speakerCell(row, name) }, `said by ${name}`) }),
    h('div', { class: 'buttons' },
      useSelected('Selected words say it', row, (chosen, box) => attempt(row, box, () => change({ speaker: speakerCell(row, chosen.text, chosen.start) }, `said by ${chosen.text}`))),
      !isOwn(row) && row.speaker && h('button', { type: 'button', onclick: (event) => act(row, change({ speaker: null }, 'nobody is shown to say it'), event.target.closest('.form')) }, 'Nobody is shown'),
      !isOwn(row) && h('button', { type: 'button', onclick: (event) => act(row, change({ quote_type: 'none' }, 'the article’s own statement'), event.target.closest('.form')) }, 'The article’s own'),
      useSelected('Selected words are what is said', row, (chosen, box) => attempt(row, box, () => change({ content: borderCell(row, chosen) }, 'begins or ends elsewhere')))),
    h('div', { class: 'controls' }, picker(row, 'kind', 'Kind'), picker(row, 'certainty', 'Certainty'), picker(row, 'polarity', 'Polarity'), picker(row, 'time', 'Time'), picker(row, 'quote_type', 'Quoted')),
  ],
  event_mentions: (row) => [
    h('div', { class: 'buttons' }, useSelected('Selected words tell it', row, (chosen, box) => attempt(row, box, () => change({ text: borderCell(row, chosen) }, 'begins or ends elsewhere')))),
    h('div', { class: 'controls' }, picker(row, 'certainty', 'Certainty'), picker(row, 'polarity', 'Polarity'), picker(row, 'time', 'Time')),
  ],
  entity_mentions: (row) => [
    typed(row, 'Means', { hint: 'a name', list: T('entities').all().sort((a, b) => b.mentions - a.mentions).slice(0, 400).map((entity) => entity.name),
      use: (name) => { if (!name) throw new Unfit('Type the name of whom it means.'); return change({ entity: name }, `means ${name}`); } }),
    h('div', { class: 'buttons' }, useSelected('Selected words are the name', row, (chosen, box) => attempt(row, box, () => change({ text: borderCell(row, chosen) }, 'begins or ends elsewhere')))),
    h('div', { class: 'controls' }, picker(row, 'type', 'Kind'), picker(row, 'form', 'Refers')),
  ],
  dates: (row) => [
    typed(row, 'Value', { value: row.value || '', hint: '2026-04-29, 2026-04, P3D', use: (value) => {
      if (value && !period(value) && !/^(R\/)?P[\dT]/.test(value)) throw new Unfit('Write it in EDTF, as 2026-04-29, 2026-04, 2026 or 2026-04-01/2026-04-05.');
      return change({ value: value || null }, value ? `means ${value}` : 'the article does not settle it');
    } }),
    h('div', { class: 'buttons' }, useSelected('Selected words are the date', row, (chosen, box) => attempt(row, box, () => change({ text: borderCell(row, chosen) }, 'begins or ends elsewhere')))),
  ],
  events: (row) => [
    h('div', { class: 'controls' }, picker(row, 'status', 'Status'), picker(row, 'type', 'Type')),
    typed(row, 'Date', { value: row.date || '', hint: '2026-04-29, 2026-04~', use: (value) => {
      if (value && !period(value)) throw new Unfit('Write it in EDTF, as 2026-04-29, 2026-04, 2026 or 2026-04-01/2026-04-05.');
      return change({ date: value || null }, value ? `the articles settle ${dateWords(value)}` : 'the articles do not settle it');
    } }),
    typed(row, 'Label', { value: row.label, use: (value) => { if (!value) throw new Unfit('An event needs a label.'); return change({ label: value }, 'a better label'); } }),
  ],
  entities: (row) => [
    typed(row, 'Is one with', { hint: 'another name', list: T('entities').all().filter((other) => other !== row).sort((a, b) => b.mentions - a.mentions).slice(0, 400).map((entity) => entity.name),
      use: (name) => {
        const found = T('entities').where('name', name).filter((other) => other !== row);
        const other = found.find((held) => held.type === row.type) || found[0];
        if (!other) throw new Unfit(`There is no other entity called “${name}”.`);
        return { action: 'merge', into: other.entity_id, reason: `the same as ${other.name}` };
      } }),
    h('div', { class: 'controls' }, picker(row, 'type', 'Kind')),
    typed(row, 'Name', { value: row.name, use: (value) => { if (!value) throw new Unfit('An entity needs a name.'); return change({ name: value }, 'its fuller name'); } }),
  ],
  claim_relations: () => [],
};
const DROPPED = { claims: 'nobody says or states this', event_mentions: 'tells no event', entity_mentions: 'names nobody', dates: 'no date', claim_relations: 'they do not belong together' };

function correctForm(row) {
  const draft = drafted(row);
  const table = row.table;
  const box = h('div', { class: 'form', data: { of: draftKey(row) } });
  if (needsText(row) && textOf(row.source_id ?? T('claims').get(row.claim_id).source_id) === undefined) {
    return fill(box, [h('p', { class: 'minor' }, 'To correct this row the page needs the articles: onrecord view with --articles.')]);
  }
  if (draft) {
    const { line, unfit } = tryLine(draft);
    const reason = h('input', { type: 'text', value: draft.reason, 'aria-label': 'Reason', onchange: (event) => {
      if (event.target.value.trim()) { draft.reason = event.target.value.trim(); keep(); refresh(row, box); drawQueue(); } } });
    fill(box, [h('p', { class: 'taken' }, h('b', {}, 'Taken down: '), line ? h('code', { dir: 'auto' }, written(line)) : h('span', { class: 'unfit' }, unfit)),
      h('p', {}, h('label', {}, 'Reason ', reason), ' ', h('button', { type: 'button', onclick: () => { undo(row); refresh(row, box); } }, 'Undo'))]);
  }
  const top = h('div', { class: 'buttons' },
    !['events', 'entities', 'claim_relations'].includes(table) && h('button', { type: 'button', class: 'right', onclick: () => act(row, { action: 'confirm', reason: 'checked: right' }, box) }, 'Right'),
    table in DROPPED && h('button', { type: 'button', class: 'drop', onclick: () => act(row, { action: 'drop', reason: DROPPED[table] }, box) }, table === 'claim_relations' ? 'They do not belong together' : 'Drop'));
  return fill(box, [top.children.length ? top : null, OFFERS[table](row)]);
}
function correctPart(row) {
  const parts = [];
  if (CORRECTED.has(row.table)) parts.push([TITLES[row.table].split(',')[0], row]);
  if (row.table === 'entity_mentions' && T('entities').get(row.entity_id)) parts.push(['The entity, in all articles', T('entities').get(row.entity_id)]);
  if (row.table === 'event_mentions' && T('events').get(row.event_id)) parts.push(['The event, in all articles', T('events').get(row.event_id)]);
  if (row.table === 'claims') {
    for (const relation of T('claim_relations').where('claim_id', row.claim_id).concat(T('claim_relations').where('other_claim_id', row.claim_id))) {
      const other = T('claims').get(relation.claim_id === row.claim_id ? relation.other_claim_id : relation.claim_id);
      if (other) parts.push([`${RELATION[relation.relation] || plain(relation.relation)}: “${cut(contentOf(other), 50)}”`, relation]);
    }
  }
  if (!parts.length) return null;
  return h('section', { class: 'correct' }, h('h3', {}, 'Correct'), parts.map(([title, target], n) => (
    folded(title, () => correctForm(target), { open: n === 0 && (view.name === 'correct' || Boolean(drafted(target))) }))));
}

// The walk.
const DONE = new Set();
function findingRow(finding) {
  if (finding.table === 'claim_relations') {
    return T('claim_relations').where('claim_id', finding.row).find((row) => row.other_claim_id === finding.other) || null;
  }
  return KIND_OF[finding.table] ? T(finding.table).get(finding.row) : null;
}
const queue = () => DATA.findings.map((finding) => ({ ...finding, at: findingRow(finding) })).filter((finding) => finding.at);
const isDone = (finding) => drafts.has(draftKey(finding.at)) || DONE.has(draftKey(finding.at));

function countLines() {
  const node = document.getElementById('line-count');
  if (node) node.textContent = drafts.size ? ` (${drafts.size})` : '';
}
function drawQueue() {
  const bar = document.getElementById('queue');
  if (bar) bar.replaceWith(queueBar(view.place));
}
function queueBar(place) {
  const all = queue();
  const finding = all[place];
  const go = (n) => { location.hash = `#correct=${n}`; };
  return h('div', { id: 'queue' },
    h('p', {}, finding ? [h('b', {}, `${place + 1} of ${all.length}: `), finding.why, isDone(finding) ? h('span', { class: 'badge' }, 'looked at') : ''] : 'Nothing here needs a look.'),
    h('div', { class: 'buttons' },
      h('button', { type: 'button', disabled: place <= 0, onclick: () => go(place - 1), title: 'p' }, 'Back'),
      h('button', { type: 'button', class: 'next', disabled: place >= all.length - 1, onclick: () => { DONE.add(draftKey(finding.at)); go(place + 1); }, title: 'n' }, 'Next'),
      h('a', { class: 'button', href: '#lines' }, `Lines to download (${drafts.size})`)));
}
function correctView(place) {
  mounted = null;
  const finding = queue()[place];
  const box = h('section', {}, h('h1', {}, 'Correct'),
    h('p', { class: 'minor' }, 'What most deserves a look comes first. What you take down becomes lines of corrections.csv, which the next build carries out. Any other row can be corrected too: open its card. Keys: n next, p back, r right, x drop.'),
    queueBar(place));
  if (!finding) return box;
  const row = finding.at;
  if (row.table === 'claim_relations') {
    box.append(h('ul', { class: 'items' }, pair(row)), correctForm(row));
    return box;
  }
  const other = finding.other && T(finding.table).get(finding.other);
  if (other) {
    box.append(h('div', { class: 'sides' }, [row, other].map((entity) => h('div', {}, h('h3', {}, link(entity), ' ', badge('entities', 'type', entity.type)), told(mentionsOf(entity))))),
      h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'merge', onclick: (event) => {
        const form = document.querySelector(`#card .form[data-of="${CSS.escape(draftKey(row))}"]`);
        act(row, { action: 'merge', into: idOf(other), reason: `the same as ${other.name}` }, form || event.target.parentElement);
      } }, `One: ${row.name} is ${other.name}`), h('span', { class: 'minor' }, ' If they are two, go on to the next.')));
    return box;
  }
  const source = sourceOf(row) || sourceOf(mentionsOf(row)[0] || {});
  if (source) box.append(h('h2', { dir: 'auto' }, articleName(source)), articlePane(source));
  return box;
}
function linesView() {
  mounted = null;
  const box = h('section', {}, h('h1', {}, 'Lines of corrections.csv'));
  if (!drafts.size) return fill(box, [h('p', {}, 'Nothing has been taken down yet.'), h('p', {}, h('a', { href: '#correct=0' }, 'Begin with what most deserves a look'))]);
  const text = fileText();
  const download = h('a', { class: 'button', download: 'corrections.csv', href: URL.createObjectURL(new Blob([text], { type: 'text/csv' })), onclick: () => { store.saved = true; } }, 'Download corrections.csv');
  const only = lines().filter(({ line }) => line).map(({ line }) => written(line)).join('\n');
  const copyButton = h('button', { type: 'button', onclick: () => copy(only, copyButton) }, 'Copy');
  return fill(box, [
    h('p', {}, DATA.corrections ? 'The file holds the lines the package was built with, and yours after them. ' : '',
      'Put it beside the articles and build again: each line is carried out, or the build tells which one does not fit.'),
    h('p', { class: 'buttons' }, download, copyButton),
    h('ol', { class: 'items' }, lines().map(({ draft, line, unfit }) => h('li', { class: 'item' },
      line ? h('code', { dir: 'auto' }, written(line)) : h('span', { class: 'unfit' }, `${cut(wordsOf(draft.row), 60)}: ${unfit}`), ' ',
      draft.row.table === 'claim_relations' ? '' : link(draft.row, 'the row'), ' ',
      h('button', { type: 'button', onclick: () => { undo(draft.row); route(); } }, 'Take out'))))]);
}
