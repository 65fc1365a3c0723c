// The text of an article with highlights that may overlap, and the words a person selects in it.

const LAYERS = {
  speaker: ['who says it', 'Speakers'],
  cue: ['the words that attribute it', 'Cues'],
  claim: ['what is said', 'Said'],
  own: ['what the article states itself', 'Own statements'],
  name: ['a name or who is meant', 'Names'],
  event: ['an event', 'Events'],
  date: ['a date', 'Dates'],
  figure: ['a figure', 'Figures'],
};
const hiddenLayers = new Set(['own']);

// Marks of an article: layer, start and end in UTF-16 units, and the row they belong to.
function marksOf(sourceId) {
  const rows = rowsIn(sourceId);
  const marks = [];
  const add = (layer, span, row) => {
    marks.push({ layer, start: unit(sourceId, span.start), end: unit(sourceId, span.end), row });
  };
  for (const claim of rows.claims) {
    const spans = T('claim_spans').where('claim_id', claim.claim_id);
    for (const span of spans.length ? spans : [{ ...claim, role: 'content' }]) {
      const layer = span.role === 'content' ? (isOwn(claim) ? 'own' : 'claim') : span.role;
      add(layer, span, claim);
    }
  }
  for (const row of rows.names) add('name', row, row);
  for (const row of rows.events) add('event', row, row);
  for (const row of rows.dates) add('date', row, row);
  for (const row of rows.figures) add('figure', row, row);
  return marks;
}

// The text as spans between all borders of marks; each tells its marks by number in `data-marks`.
function markedText(sourceId) {
  const text = textOf(sourceId);
  const marks = marksOf(sourceId);
  const furniture = DATA.texts[sourceId].furniture.map((span) => span.map((point) => unit(sourceId, point)));
  const turns = new Map([[0, []], [text.length, []]]);
  const turn = (place, change) => { if (!turns.has(place)) turns.set(place, []); turns.get(place).push(change); };
  marks.forEach((mark, n) => { turn(mark.start, [n, true]); turn(mark.end, [n, false]); });
  for (const [start, end] of furniture) { turn(start, ['f', true]); turn(end, ['f', false]); }
  const borders = [...turns.keys()].sort((a, b) => a - b);
  const active = new Set();
  const body = h('div', { class: 'text', dir: 'auto', data: { source: sourceId } });
  borders.forEach((start, place) => {
    for (const [n, on] of turns.get(start)) { if (on) active.add(n); else active.delete(n); }
    const end = borders[place + 1];
    if (end === undefined || end === start) return;
    const piece = words(text.slice(start, end), true);
    if (!active.size) { body.append(piece); return; }
    const numbers = [...active].filter((n) => n !== 'f');
    const span = document.createElement('span');
    span.className = [...new Set(numbers.map((n) => `m-${marks[n].layer}`)), active.has('f') && 'furniture']
      .filter(Boolean).join(' ');
    if (numbers.length) span.dataset.marks = numbers.join(' ');
    span.append(piece);
    body.append(span);
  });
  return { body, marks };
}

// The rows whose words hold this place, the shortest first, each once.
function rowsAt(marks, numbers) {
  const held = numbers.map((n) => marks[n]).filter((mark) => !hiddenLayers.has(mark.layer));
  held.sort((a, b) => (a.end - a.start) - (b.end - b.start));
  return [...new Set(held.map((mark) => mark.row))];
}

function legend(onchange) {
  const box = h('fieldset', { class: 'legend' }, h('legend', { class: 'unseen' }, 'What is highlighted'));
  for (const [layer, [told, title]] of Object.entries(LAYERS)) {
    if (layer === 'figure' && !T('figures').size) continue;
    const tick = h('input', {
      type: 'checkbox',
      checked: !hiddenLayers.has(layer),
      onchange: () => {
        if (tick.checked) hiddenLayers.delete(layer); else hiddenLayers.add(layer);
        onchange();
      },
    });
    box.append(h('label', { title: told }, tick, h('span', { class: `m-${layer}` }, title)));
  }
  return box;
}
function showLayers(body) {
  for (const layer of Object.keys(LAYERS)) body.classList.toggle(`no-${layer}`, hiddenLayers.has(layer));
}

// Where a place in the page stands in the article's text, in UTF-16 units; null outside of it.
function placeIn(body, node, offset) {
  if (!body.contains(node)) return null;
  let length = 0;
  const stop = document.createRange();
  stop.selectNodeContents(body);
  stop.setEnd(node, offset);
  const walk = document.createTreeWalker(stop.cloneContents(), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const units = walk.currentNode.parentElement?.dataset?.units;
    length += units ? Number(units) : walk.currentNode.data.length;
  }
  return length;
}
// The words a person has selected: source, start, end and text, without blanks at their ends; null for none.
function selectedWords() {
  const selection = window.getSelection();
  const body = document.querySelector('.text');
  if (!body || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  let start = placeIn(body, range.startContainer, range.startOffset);
  let end = placeIn(body, range.endContainer, range.endOffset);
  if (start === null || end === null) return null;
  const text = textOf(body.dataset.source);
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return start < end ? { source: body.dataset.source, start, end, text: text.slice(start, end) } : null;
}
