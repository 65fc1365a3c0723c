// Elements and words. All text goes through `words`, which never makes markup of it and shows hidden signs.

const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

function codeOf(sign) { return `U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`; }

// Text with each sign that would steer the text around it shown by its code; `data-units` keeps its length.
function words(text, keep = false) {
  const part = document.createDocumentFragment();
  const whole = String(text ?? '');
  if (!HIDDEN.test(whole)) { part.append(whole); return part; }
  for (const piece of whole.split(new RegExp(`(${HIDDEN.source})`))) {
    if (piece.length === 1 && HIDDEN.test(piece)) {
      const sign = document.createElement('span');
      sign.className = 'hidden-sign';
      sign.textContent = codeOf(piece);
      sign.title = 'a sign that is not seen and would change how the text around it reads';
      if (keep) sign.dataset.units = '1';
      part.append(sign);
    } else if (piece) part.append(piece);
  }
  return part;
}

function fill(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === '') continue;
    node.append(child instanceof Node ? child : words(child));
  }
  return node;
}

function h(tag, traits = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'data') Object.assign(node.dataset, value);
    else if (name === 'class') node.className = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  return fill(node, children);
}

function svg(tag, traits = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(traits)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : visible(child));
  }
  return node;
}
// Text for places that hold no elements, such as drawings and titles.
function visible(text) {
  return String(text ?? '').replace(new RegExp(HIDDEN.source, 'g'), (sign) => `[${codeOf(sign)}]`);
}

const count = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
const plain = (name) => String(name).replace(/_/g, ' ');
function cut(text, most) {
  const whole = String(text ?? '').replace(/\s+/g, ' ').trim();
  if (whole.length <= most) return whole;
  const space = whole.lastIndexOf(' ', most - 1);
  return `${whole.slice(0, space > most / 2 ? space : most - 1)}…`;
}
const quote = (text) => h('q', { dir: 'auto' }, text);
function say(text) { document.getElementById('said').textContent = text; }
function link(row, ...children) {
  const shown = children.length ? children : [wordsOf(row)];
  return h('a', { href: addressOf(row), dir: 'auto' }, shown);
}
function badge(table, column, value) {
  if (value === null || value === undefined) return null;
  return h('span', { class: `badge ${column}-${value}`, title: meaning(table, column, value) }, plain(value));
}
function byline(source) {
  if (!source) return null;
  const told = [source.publisher || source.name, source.published_edtf && dateWords(source.published_edtf)];
  return told.filter(Boolean).join(', ');
}
// A long list a piece at a time: what is not asked for is not made.
function lazily(items, make, { step = 30, tag = 'ul', traits = {}, what = 'more' } = {}) {
  const list = h(tag, traits);
  const box = h('div', {}, list);
  let shown = 0;
  const button = h('button', { type: 'button', class: 'more', onclick: () => add() });
  function add() {
    const first = shown;
    for (const item of items.slice(shown, shown + step)) list.append(make(item));
    shown = Math.min(items.length, shown + step);
    if (shown < items.length) {
      button.textContent = `Show more ${what === 'more' ? '' : `${what} `}(${items.length - shown} left)`;
      box.append(button);
    } else button.remove();
    if (first) list.children[first]?.querySelector('a, button, summary')?.focus();
  }
  add();
  return box;
}
// A part that is made when it is first opened.
function folded(summary, make, traits = {}) {
  const box = h('details', traits, h('summary', {}, summary));
  const open = () => { if (box.open && !box.dataset.made) { box.dataset.made = '1'; box.append(make()); } };
  box.addEventListener('toggle', open);
  if (traits.open) open();
  return box;
}

// Dates in EDTF, levels 0 and 1, as far as packages hold them.
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
  'October', 'November', 'December'];
const SEASONS = { 21: ['spring', 2], 22: ['summer', 5], 23: ['autumn', 8], 24: ['winter', 11] };
const EDTF_PART = /^(?:\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d(?::\d\d)?)?)?)?)?|\d{3}X|\d\dXX)[?~%]?$/;

function utc(year, month = 0, day = 1) {
  const date = new Date(Date.UTC(2000, month, day));
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}
function periodPart(value) {
  if (!EDTF_PART.test(value)) return null;
  const bare = value.replace(/[?~%]$/, '');
  const fuzzy = bare !== value;
  if (/X/.test(bare)) {
    const years = bare.endsWith('XX') ? 100 : 10;
    const first = Number(bare.replace(/X/g, '0'));
    return { from: utc(first), to: utc(first + years), fuzzy };
  }
  const [year, month, day] = bare.slice(0, 10).split('-').map(Number);
  if (day !== undefined) {
    const from = utc(year, month - 1, day);
    const right = month >= 1 && month <= 12 && new Date(from).getUTCDate() === day;
    return right ? { from, to: from + 864e5, fuzzy } : null;
  }
  if (month > 20 && month < 25) {
    const start = SEASONS[month][1];
    return { from: utc(year, start), to: utc(year, start + 3), fuzzy };
  }
  if (month !== undefined) return month >= 1 && month <= 12 ? { from: utc(year, month - 1), to: utc(year, month), fuzzy } : null;
  return { from: utc(year), to: utc(year + 1), fuzzy };
}
// When a value begins and ends (milliseconds, the end not counted), and whether it is sure; null for no date.
function period(value) {
  if (!value) return null;
  const [first, last] = String(value).split('/');
  const begin = periodPart(first);
  if (!begin || last === undefined) return begin;
  const end = periodPart(last);
  if (!end || end.to <= begin.from) return null;
  return { from: begin.from, to: end.to, fuzzy: begin.fuzzy || end.fuzzy, interval: true };
}
function partWords(value) {
  const bare = value.replace(/[?~%]$/, '');
  let told;
  if (bare.endsWith('XX')) told = `the ${bare.slice(0, 2)}00s`;
  else if (bare.endsWith('X')) told = `the ${bare.slice(0, 3)}0s`;
  else {
    const [year, month, day] = bare.slice(0, 10).split('-');
    if (SEASONS[Number(month)]) told = `${SEASONS[Number(month)][0]} ${year}`;
    else told = [day && String(Number(day)), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(' ');
    if (bare.length > 10) told += `, ${bare.slice(11, 16)}`;
  }
  if (value.endsWith('~')) return `about ${told}`;
  if (value.endsWith('?')) return `perhaps ${told}`;
  return value.endsWith('%') ? `perhaps about ${told}` : told;
}
function dateWords(value) {
  if (!period(value)) return String(value ?? '');
  return String(value).split('/').map(partWords).join(' to ');
}
