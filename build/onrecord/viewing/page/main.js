// Addresses, keys, light and dark. `view` is what the main part shows, `#claim=…` opens a row beside it.

const VIEWS = { story: 'Story', articles: 'Articles', find: 'Find', correct: 'Correct' };
let view = { name: null, hash: '' };

function setView(name, hash, node, more = {}) {
  view = { name, hash, ...more };
  document.getElementById('main').replaceChildren(node);
  for (const item of document.querySelectorAll('#nav a')) {
    const mine = item.dataset.view === name || (name === 'article' && item.dataset.view === 'articles') || (name === 'lines' && item.dataset.view === 'correct');
    if (mine) item.setAttribute('aria-current', 'page'); else item.removeAttribute('aria-current');
  }
}
function showArticle(source, row = null) {
  if (view.name !== 'article' || mounted?.source !== source.source_id) {
    setView('article', `#article=${source.source_id}`, articleView(source));
    if (!row) window.scrollTo(0, 0);
  }
  document.title = `${articleName(source)} · ${DATA.title}`;
  if (row) { showCard(row); showWords(row); }
}

// A row asked for by its address, or by a click on its words.
let clicked = [];
function openRow(row, others = [row]) {
  clicked = others;
  if (location.hash === addressOf(row)) route(); else location.hash = addressOf(row);
}
function leaveRow() { if (view.hash && location.hash !== view.hash) history.replaceState(null, '', view.hash); }

function route() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const [name, value] = [...asked][0] || ['story', ''];
  document.title = DATA.title;
  if (name in KINDS && name !== 'article') {
    const row = T(KINDS[name]).get(value);
    if (row) { routeRow(row); return; }
  }
  if (name === 'article' && T('sources').get(value)) {
    const at = asked.get('at');
    const row = at && Object.values(KINDS).map((table) => T(table).get(at)).find(Boolean);
    if (!row) closeCard();
    showArticle(T('sources').get(value), row);
    return;
  }
  const main = document.getElementById('main');
  if (name === 'find') { closeCard(); setView('find', location.hash, findView(asked)); document.getElementById('q').value = asked.get('q') || ''; return; }
  if (name === 'lines') { closeCard(); setView('lines', '#lines', linesView()); window.scrollTo(0, 0); return; }
  if (name === 'correct') {
    const place = Math.max(0, Math.min(queue().length - 1, Number(value) || 0));
    closeCard();
    setView('correct', `#correct=${place}`, correctView(place), { place });
    const row = queue()[place]?.at;
    if (row && row.table !== 'claim_relations') { showCard(row); showWords(mentionsOf(row)[0] && row.table !== 'claims' ? mentionsOf(row)[0] : row, Boolean(row.source_id)); }
    return;
  }
  if (name === 'articles') { closeCard(); setView('articles', '#articles', articlesView()); window.scrollTo(0, 0); return; }
  const known = !location.hash || name === 'story';
  closeCard();
  if (view.name !== 'story') { setView('story', '#story', storyView()); window.scrollTo(0, 0); }
  if (!known && value) main.prepend(h('p', { class: 'notice', role: 'alert' }, 'This page has no row at that address; the package may have been built anew.'));
}
function routeRow(row) {
  const others = clicked.includes(row) ? clicked : [row];
  clicked = [];
  const source = sourceOf(row);
  if (!view.name) {
    if (source) setView('article', `#article=${row.source_id}`, articleView(source));
    else setView('story', '#story', storyView());
  } else if (view.name === 'article' && source && mounted?.source !== row.source_id) {
    setView('article', `#article=${row.source_id}`, articleView(source));
  }
  showCard(row, others);
  if (source && mounted?.source === row.source_id) showWords(row, others.length <= 1 || view.name !== 'article');
}

function step(by) {
  const listed = [...document.querySelectorAll('.rowlink')];
  if (!listed.length) return;
  const now = listed.findIndex((node) => node.classList.contains('here'));
  const next = listed[Math.max(0, Math.min(listed.length - 1, now + by))];
  next.scrollIntoView({ block: 'nearest' });
  location.hash = next.getAttribute('href');
}
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') { closeCard(); document.getElementById('main').focus({ preventScroll: true }); return; }
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const press = (selector) => document.querySelector(selector)?.click();
  const keys = {
    '/': () => document.getElementById('q').focus(), j: () => step(1), k: () => step(-1), '?': () => say('Keys: slash search, j and k next and previous row, Escape close'),
    ...(view.name === 'correct' ? { n: () => press('#queue .next'), p: () => press('#queue button'), r: () => press('#card .right'), x: () => press('#card .drop, #main .drop') } : {}),
  };
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
}

const THEMES = ['auto', 'light', 'dark'];
function theme(name) {
  const root = document.documentElement;
  if (name === 'auto') root.removeAttribute('data-theme'); else root.dataset.theme = name;
  document.getElementById('theme').textContent = `Colours: ${name}`;
  try { localStorage.setItem('onrecord theme', name); } catch { /* kept for this visit alone */ }
}
function start() {
  const nav = document.getElementById('nav');
  for (const [name, title] of Object.entries(VIEWS)) {
    nav.append(h('a', { href: name === 'correct' ? '#correct=0' : `#${name}`, data: { view: name } }, title, name === 'correct' ? h('span', { id: 'line-count' }) : ''));
  }
  document.getElementById('notice').append(hasTexts
    ? 'This page holds the texts of articles. They belong to their publishers: do not publish the page.'
    : 'This page shows quotations from the tables alone, no whole article: it may be published.');
  let saved = 'auto';
  try { saved = localStorage.getItem('onrecord theme') || 'auto'; } catch { /* nothing kept */ }
  theme(THEMES.includes(saved) ? saved : 'auto');
  document.getElementById('theme').addEventListener('click', () => theme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || 'auto') + 1) % 3]));
  document.getElementById('search').addEventListener('submit', (event) => event.preventDefault());
  let typing;
  document.getElementById('q').addEventListener('input', (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      const asked = view.name === 'find' ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams();
      asked.set('q', event.target.value);
      const next = findAddress(asked);
      if (view.name === 'find') { history.replaceState(null, '', next); route(); } else location.hash = next;
    }, 180);
  });
  document.querySelector('.skip').addEventListener('click', (event) => { event.preventDefault(); document.getElementById('main').focus(); });
  document.addEventListener('keydown', onKey);
  window.addEventListener('hashchange', route);
  window.addEventListener('beforeunload', (event) => { if (!store.saved) event.preventDefault(); });
  recall();
  countLines();
  route();
}
// Printed whole: parts that wait to be seen are made first.
window.addEventListener('beforeprint', () => document.querySelectorAll('.later').forEach((box) => box.make?.()));
start();
