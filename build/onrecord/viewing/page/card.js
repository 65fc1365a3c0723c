// The card: one row with all that is known of it.

const SHOWN_ELSEWHERE = new Set(['table', 'n', 'text', 'start', 'end', 'label', 'name', 'what', 'source_id', 'title', 'sha256']);
const TITLES = {
  sources: 'Article', entities: 'Entity', origins: 'Origin', claims: 'Claim', events: 'Event', claim_groups: 'Claims that say the same',
  entity_mentions: 'Name', event_mentions: 'Event, as told here', dates: 'Date', figures: 'Figure',
};

// Every other column that holds something, so that none is lost; null is never shown.
function traits(row, skip = []) {
  const list = h('dl');
  for (const column of Object.keys(T(row.table).columns)) {
    const value = row[column];
    if (value === null || value === undefined || SHOWN_ELSEWHERE.has(column) || skip.includes(column) || column.endsWith('_id')) continue;
    const told = DATA.meanings[row.table]?.[column]?.tells || '';
    const name = plain(column.replace(/_edtf$/, ''));
    list.append(h('dt', { title: told }, name), h('dd', {}, typeof value === 'boolean' ? (value ? 'yes' : 'no')
      : column === 'confidence' || column === 'similarity' || column === 'score' ? confidence(value)
        : (column.endsWith('_edtf') || (row.table === 'dates' && /^(value|anchor)$/.test(column))) ? [dateWords(value), dateWords(value) === value ? '' : h('span', { class: 'minor' }, ` (${value})`)]
          : [typeof value === 'number' ? value.toLocaleString('en') : plainValue(row.table, column, value),
            meaning(row.table, column, value) && h('span', { class: 'minor' }, `: ${meaning(row.table, column, value)}`)]));
  }
  return list.children.length ? list : null;
}
const plainValue = (table, column, value) => (meaning(table, column, value) ? plain(value) : value);
function confidence(value) {
  return [h('meter', { min: 0, max: 1, value }), ` ${Math.round(value * 100)} of 100`];
}

function chainList(claim) {
  const hops = chainOf(claim);
  const source = sourceOf(claim);
  if (!hops.length) return h('p', {}, isOwn(claim) ? 'The article says it itself.' : 'No voice is shown.');
  return h('ol', { class: 'chain' }, hops.map((hop) => h('li', {},
    h('b', { dir: 'auto' }, hop.agent || 'somebody not shown'),
    hop.entity_id && entityName(hop.entity_id) && [' = ', link(T('entities').get(hop.entity_id))],
    h('span', { class: 'minor' }, ' ', [hop.kind && hop.kind !== 'other' && plain(hop.kind), hop.anonymity, hop.standing].filter(Boolean).join(', ')),
    hop.cue && h('div', { class: 'minor' }, 'by the words “', hop.cue, '”'))),
  source && h('li', {}, link(source, 'this article'), h('span', { class: 'minor' }, ` ${byline(source)}`)));
}

function part(title, ...children) {
  const held = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== '');
  return held.length ? h('section', {}, h('h3', {}, title), held) : null;
}

function claimCard(claim) {
  const others = claim.group_id ? T('claims').where('group_id', claim.group_id).filter((other) => other !== claim) : [];
  const group = claim.group_id && T('claim_groups').get(claim.group_id);
  const related = T('claim_relations').where('claim_id', claim.claim_id)
    .concat(T('claim_relations').where('other_claim_id', claim.claim_id)).filter((row) => row.relation !== 'same');
  const about = T('claim_entities').where('claim_id', claim.claim_id).map((row) => T('entities').get(row.entity_id)).filter(Boolean);
  const events = [...new Set(T('event_mentions').where('claim_id', claim.claim_id).map((told) => told.event_id))]
    .map((id) => T('events').get(id)).filter(Boolean);
  return [
    h('blockquote', { dir: 'auto' }, contentOf(claim)),
    h('p', {}, h('b', { dir: 'auto' }, speakerOf(claim)), claim.cue && [' “', claim.cue, '”']),
    part('How it came here', chainList(claim), originOf(claim) && h('p', { class: 'minor' }, 'Origin: ', link(T('origins').get(claim.origin_id)))),
    part('Said by others', others.length ? [
      group && h('p', { class: 'minor' }, `${count(group.sources, 'article')}, ${count(group.origins, 'known independent origin')} · `, link(group, 'all of them')),
      lazily(others, claimItem, { step: 5, what: 'wordings', traits: { class: 'items' } })] : null),
    part('Disputes', related.length ? h('ul', { class: 'items' }, related.map(pair)) : null),
    part('About', about.length ? h('p', {}, about.map((entity, n) => [n ? ', ' : '', link(entity)])) : null),
    part('Events in it', events.length ? h('ul', {}, events.map((event) => h('li', {}, glyph(event.status), ' ', link(event)))) : null),
    part('Figures in it', T('figures').where('claim_id', claim.claim_id).map((row) => h('p', {}, link(row, figureWords(row) || row.text)))),
    part('How it was read', traits(claim, ['speaker', 'cue'])),
  ];
}

function around(row) {
  const text = textOf(row.source_id);
  if (text === undefined) return h('b', { dir: 'auto' }, row.text);
  const [start, end] = [unit(row.source_id, row.start), unit(row.source_id, row.end)];
  const before = text.slice(Math.max(0, start - 60), start).replace(/\s+/g, ' ');
  const after = text.slice(end, end + 60).replace(/\s+/g, ' ');
  return h('span', { dir: 'auto' }, `…${before}`, h('b', {}, row.text), `${after}…`);
}
function told(rows) {
  return lazily([...rows].sort((a, b) => a.source_id.localeCompare(b.source_id) || a.start - b.start), (row) => h('li', {},
    h('a', { href: addressOf(row) }, around(row)), h('span', { class: 'minor' }, ` ${byline(sourceOf(row)) || ''}`)),
  { step: 10, what: 'places', traits: { class: 'items' } });
}

function eventCard(event, here = null) {
  const parts = T('event_participants').where('event_id', event.event_id).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const mentions = mentionsOf(event);
  const figures_ = T('figures').where('event_id', event.event_id);
  return [
    h('p', { class: 'lead' }, glyph(event.status), ' ', here ? link(event) : h('b', { dir: 'auto' }, event.label)),
    h('p', {}, `${STATUS[event.status] || plain(event.status ?? '')}, `, event.date ? dateWords(event.date) : 'no date that the articles settle'),
    here && part('Told here', h('p', {}, around(here)), traits(here)),
    part('Who takes part', parts.length ? h('ul', {}, parts.map((row) => {
      const entity = row.entity_id && T('entities').get(row.entity_id);
      const name = entity ? entity.name : row.text;
      return name && h('li', {}, entity ? link(entity) : h('span', { dir: 'auto' }, row.text), h('span', { class: 'minor' },
        ` ${meaning('event_participants', 'role', row.role) || row.role}`));
    })) : null),
    part('Figures', figures_.map((row) => h('p', {}, link(row, figureWords(row) || row.text)))),
    part(`Told in ${count(mentions.length, 'place')}`, told(mentions)),
    part('How it was read', traits(event, ['status', 'date'])),
  ];
}

function entityCard(entity, here = null) {
  const mentions = mentionsOf(entity);
  const says = T('claims').where('speaker_entity_id', entity.entity_id);
  const events = T('event_participants').where('entity_id', entity.entity_id).map((row) => T('events').get(row.event_id)).filter(Boolean);
  const names = [...new Set(mentions.filter((row) => row.form === 'name').map((row) => row.text))].filter((name) => name !== entity.name);
  return [
    h('p', { class: 'lead' }, here ? link(entity) : h('b', { dir: 'auto' }, entity.name), ' ', badge('entities', 'type', entity.type)),
    names.length ? h('p', { class: 'minor', dir: 'auto' }, `also: ${names.slice(0, 8).join(', ')}`) : null,
    here && part('Here', h('p', {}, around(here)), traits(here)),
    part('Says', says.length ? lazily(says, claimItem, { step: 5, what: 'claims', traits: { class: 'items' } }) : null),
    part('Takes part in', events.length ? lazily([...new Set(events)], (event) => h('li', {}, glyph(event.status), ' ', link(event)), { step: 8, what: 'events' }) : null),
    part(`Meant in ${count(mentions.length, 'place')}`, told(mentions)),
    part('How it was read', traits(entity, ['type'])),
  ];
}

function cardOf(row) {
  switch (row.table) {
    case 'claims': return claimCard(row);
    case 'events': return eventCard(row);
    case 'event_mentions': {
      const event = T('events').get(row.event_id);
      return event ? eventCard(event, row) : [h('p', {}, around(row)), traits(row)];
    }
    case 'entities': return entityCard(row);
    case 'entity_mentions': {
      const entity = T('entities').get(row.entity_id);
      return entity ? entityCard(entity, row) : [h('p', {}, around(row)), traits(row)];
    }
    case 'claim_groups': return [h('ul', { class: 'items' }, groupItem(row)), traits(row)];
    case 'origins': return [h('p', { class: 'lead', dir: 'auto' }, h('b', {}, row.label), ' ', badge('origins', 'kind', row.kind)),
      row.entity_id && entityName(row.entity_id) && h('p', {}, link(T('entities').get(row.entity_id))),
      part('What comes from it', lazily(T('claims').where('origin_id', row.origin_id), claimItem, { step: 10, what: 'claims', traits: { class: 'items' } }))];
    case 'figures': return [h('p', { class: 'lead' }, figureWords(row)), h('p', {}, around(row)),
      row.claim_id && T('claims').get(row.claim_id) && part('Said in', h('p', {}, link(T('claims').get(row.claim_id)))),
      row.event_id && T('events').get(row.event_id) && part('Of the event', h('p', {}, link(T('events').get(row.event_id)))),
      part('How it was read', traits(row, ['unit', 'bound']))];
    case 'dates': return [h('p', { class: 'lead' }, row.value ? dateWords(row.value) : 'The article does not settle a value.'), h('p', {}, around(row)),
      part('How it was read', traits(row))];
    default: return [h('p', { class: 'lead' }, wordsOf(row)), traits(row)];
  }
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = h('textarea', { class: 'unseen' });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
  button.textContent = 'Copied';
  say('Copied');
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

// In the walk through what to correct, the form stands right below what the row says.
function cardParts(row) {
  const parts = cardOf(row).filter((node) => node instanceof Node);
  const form = correctPart(row) || '';
  if (view.name !== 'correct') return [...parts, form];
  const lead = row.table === 'claims' ? 3 : row.table.endsWith('mentions') ? 2 : 1;
  return [...parts.slice(0, lead), form, ...parts.slice(lead)];
}

let cardRow = null;
function showCard(row, others = []) {
  cardRow = row;
  const card = document.getElementById('card');
  const source = sourceOf(row);
  const id = idOf(row);
  const copyButton = h('button', { type: 'button', onclick: () => copy(id, copyButton) }, 'Copy');
  card.replaceChildren(
    h('div', { class: 'cardhead' }, h('h2', {}, TITLES[row.table]),
      h('button', { type: 'button', class: 'close', onclick: closeCard, title: 'Close (Esc)' }, 'Close')),
    others.length > 1 ? h('nav', { class: 'here-too', 'aria-label': 'Rows at these words' }, h('span', { class: 'minor' }, 'At these words: '),
      others.map((other) => h('button', {
        type: 'button', 'aria-pressed': String(other === row), onclick: () => openRow(other, others),
      }, TITLES[other.table].split(',')[0], ' ', h('span', { class: 'minor', dir: 'auto' }, cut(wordsOf(other), 24))))) : '',
    ...cardParts(row),
    source ? h('p', { class: 'minor' }, h('a', { href: `#article=${row.source_id}&at=${id}` }, 'Read it in the article'),
      ` ${byline(source) || ''}`, row.start !== undefined ? `, characters ${row.start} to ${row.end}` : '') : '',
    h('p', { class: 'id minor' }, h('code', {}, id), ' ', copyButton));
  card.hidden = false;
  document.body.classList.add('with-card');
  card.scrollTop = 0;
}
function closeCard() {
  const card = document.getElementById('card');
  if (card.hidden) return;
  card.hidden = true;
  cardRow = null;
  document.body.classList.remove('with-card');
  document.querySelectorAll('.here').forEach((node) => node.classList.remove('here'));
  leaveRow();
}
