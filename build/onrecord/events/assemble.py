"""From words that may tell events to the list of an article: gathered, chosen, dated, with who takes part."""

from collections.abc import Iterator, Mapping, Sequence

from onrecord.claims import sure
from onrecord.events.labels import Label, write_labels
from onrecord.events.likeness import compare
from onrecord.events.phrases import noun_phrase
from onrecord.events.scene import (
    ROLES,
    STATUSES,
    Cluster,
    Scene,
    be_when,
    judge,
    summed,
    take_part,
    weigh,
)
from onrecord.events.scorer import least_of, logit, score
from onrecord.events.wording import Named, Wording
from onrecord.gather import Scores, find_parts, gather
from onrecord.model import (
    EventMention,
    EventStatus,
    LocalEntity,
    LocalEvent,
    Mention,
    Participant,
    ParticipantRole,
    Span,
    Unnamed,
)

TYPES = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE",
    "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)  # fmt: skip
"""PLOVER's, in the order of the network."""

UNLIKE = -4.0
"""Log odds that two words tell one event where the network sees no chance of it."""


def list_events(
    scene: Scene, entities: Sequence[LocalEntity], method: str
) -> tuple[tuple[EventMention, ...], tuple[LocalEvent, ...]]:
    """The mentions of the events that an editor would list, in order of the text, and the events.

    A mention's ``local`` is the number of its event; events are in order of their first mentions.
    """
    chosen: list[tuple[Cluster, float]] = []
    for cluster in gather_words(scene):
        chance = score("listed", dict(weigh(scene, cluster)))
        if chance >= least_of("listed"):
            chosen.append((trim(scene, cluster), chance))
    chosen.sort(key=lambda item: item[0][0])
    mentions: list[EventMention] = []
    for local, (cluster, chance) in enumerate(chosen):
        shown = show_participants(scene, cluster)
        mentions += [_mention(scene, number, local, shown[number], chance, method) for number in cluster]
    mentions.sort(key=lambda mention: (mention.start, mention.end))
    wording = word_article(scene, entities)
    return tuple(mentions), tuple(_event(scene, cluster, wording) for cluster, _ in chosen)


def gather_words(scene: Scene) -> Sequence[Cluster]:
    """The event words of each event, joined while their mean chance of being one is high enough."""
    free = [n for n, word in enumerate(scene.told) if not scene.taken.over(word.start, word.end)]
    place = {number: index for index, number in enumerate(free)}
    pairs = (
        (place[one], place[two], logit(score("same", dict(compare(scene, one, two)))))
        for two in free
        for one in scene.told[two].same
        if one in place
    )
    roots = gather(Scores(pairs), len(free), UNLIKE, logit(least_of("same")))
    return [[free[index] for index in part] for part in find_parts(roots)]


def trim(scene: Scene, cluster: Cluster) -> Cluster:
    """The words of an event that are likely enough by themselves, the likeliest always."""
    best = max(cluster, key=lambda number: scene.told[number].likely)
    least = least_of("mention")
    return [number for number in cluster if number == best or scene.told[number].likely >= least]


def find_participants(scene: Scene, cluster: Cluster) -> dict[int, ParticipantRole]:
    """Who takes part in an event as a whole, in what role: at any of its mentions."""
    found: dict[int, ParticipantRole] = {}
    for chain, features in sorted(take_part(scene, cluster).items()):
        chances = {role: score(role, features) for role in ROLES}
        role = max(ROLES, key=chances.__getitem__)
        if chances[role] >= least_of("participant"):
            found[chain] = role
    return found


def show_participants(scene: Scene, cluster: Cluster) -> Mapping[int, tuple[Participant, ...]]:
    """Who takes part in an event, by the mentions that show it: those at which the role is likely, or else
    the one at which it is likeliest."""
    shown: dict[int, list[Participant]] = {number: [] for number in cluster}
    for chain, role in find_participants(scene, cluster).items():
        place = ROLES.index(role)
        likely = {n: scene.parts[n].get(chain, NOBODY)[place] for n in cluster}
        best = max(likely, key=lambda n: (likely[n], -n))
        for number, chance in likely.items():
            if number == best or chance >= SHOWN:
                shown[number].append(Participant(chain, role))
    return {number: tuple(parts) for number, parts in shown.items()}


SURE_AGENT = 0.7
"""How likely an agent must be to be named in a label whose sentence leaves the subject out."""
SHOWN = 0.5
"""How likely a role must be at a mention for it to show the role; a choice, not measured."""
NOBODY = (0.0,) * len(ROLES)


def find_unnamed(scene: Scene, number: int) -> tuple[Unnamed, ...]:
    """Who or what does an event, or has it done, without a name: subject and object of the verb that tells
    it, where no entity is meant ("two protesters", "the victims")."""
    text, word = scene.text, scene.told[number].token
    if text.tokens[word].tag != "VERB":
        return ()
    telling = {other.token for other in scene.told if other.likely >= 0.5}
    found = []
    for child in text.children[word]:
        role = SLOTS.get(text.tokens[child].relation)
        if role is None or text.tokens[child].tag != "NOUN" or child in telling:
            continue
        phrase = text.span(noun_phrase(text, child))
        if not any(m.start < phrase.end and phrase.start < m.end for m in scene.mentions):
            found.append(Unnamed(phrase, role))
    return tuple(found)


SLOTS: Mapping[str, ParticipantRole] = {
    "nsubj": "agent",
    "obl:agent": "agent",
    "nsubj:pass": "patient",
    "obj": "patient",
    "iobj": "recipient",
}
"""What a noun is to an event by its relation to the verb (Universal Dependencies)."""


def find_date(scene: Scene, cluster: Cluster) -> int | None:
    """The date phrase that most likely tells when an event is, if one does."""
    chances = {day: score("date", features) for day, features in be_when(scene, cluster).items()}
    day = max(chances, key=lambda d: (chances[d], -d), default=None)
    return day if day is not None and chances[day] >= least_of("date") else None


def judge_status(scene: Scene, cluster: Cluster) -> EventStatus:
    """The likeliest status of an event; that it occurred only where that is sure enough."""
    features = summed(judge(scene, cluster))
    chances = {status: score(f"status {status}", features) for status in STATUSES}
    if chances["occurred"] < least_of("status occurred"):
        del chances["occurred"]
    return max(chances, key=chances.__getitem__)


def judge_type(scene: Scene, cluster: Cluster) -> str | None:
    """PLOVER's type on which the mentions agree most, null where none is likeliest."""
    words = [scene.told[number] for number in cluster]
    weights = [sum(w.likely * w.types[place] for w in words) for place in range(len(TYPES) + 1)]
    best = max(range(len(weights)), key=weights.__getitem__)
    return TYPES[best - 1] if best else None


def _event(scene: Scene, cluster: Cluster, wording: Wording) -> LocalEvent:
    words = [scene.told[number] for number in cluster]
    date = find_date(scene, cluster)
    value = scene.dates[date].value if date is not None else None
    report = sum(w.likely * w.report for w in words) > 0.5 * sum(w.likely for w in words)
    status = judge_status(scene, cluster)
    return LocalEvent(
        label=find_label(scene, cluster, wording, status),
        kind="report" if report else "happening",
        status=status,
        date=value.partition("T")[0] if value else None,
        type=judge_type(scene, cluster),
    )


def find_label(scene: Scene, cluster: Cluster, wording: Wording, status: EventStatus) -> str:
    """The label that says most of what a desk would say, of all that an event's mentions give."""
    labels = list(write_all(scene, cluster, wording, status))
    told = max(labels, key=lambda label: label.worth).text
    first = scene.told[cluster[0]]
    return told or scene.text.text[first.start : first.end]


def write_all(scene: Scene, cluster: Cluster, wording: Wording, status: EventStatus) -> Iterator[Label]:
    """The labels that the mentions of an event give."""
    said = status in ("occurred", "ongoing")
    for number in cluster:
        doers = {
            score("agent", features): wording.entities[chain].name
            for chain, features in take_part(scene, [number]).items()
            if score("agent", features) >= SURE_AGENT
        }
        agent = doers[max(doers)] if doers else None
        yield from write_labels(wording, scene.told[number].token, agent, said=said)


def is_sure(scene: Scene, mention: Mention) -> bool:
    """Whether a label may call by name who words mean. A person's description stays; a pronoun too where
    somebody else is named nearer before it, or somebody without a name and nobody else, in its sentence; and
    the "I" of a quotation that names its speaker otherwise."""
    if mention.form == "nominal":
        return mention.type != "person" and mention.method == "described"
    inside = scene.text.within(mention.start, mention.end)
    if mention.form == "name" or not inside:
        return True
    tokens = scene.text.tokens
    start = scene.text.document.sentences[tokens[inside[0]].sentence].start
    named = [m for m in scene.mentions if m.form == "name" and start <= m.start < mention.start]
    if mention.method == "speaker":
        before = scene.text.text[start : mention.start]
        opened = start + max(before.rfind("“"), before.rfind('"'), 0)
        return not any(opened < m.start and m.chain == mention.chain for m in named)
    if mention.method != "person":
        return True
    people = [m.chain for m in named if m.type == "person"]
    if people:
        return people[-1] == mention.chain
    unnamed = scene.text.within(start, mention.start)
    return not any(
        tokens[n].tag == "NOUN" and tokens[n].form == "sing" and tokens[n].relation in SLOTS for n in unnamed
    )


def word_article(scene: Scene, entities: Sequence[LocalEntity]) -> Wording:
    """An article's words, with who is surely meant by each word that leads a mention."""
    found: dict[int, Named] = {}
    several: set[int] = set()
    for mention in sorted(scene.mentions, key=lambda m: m.form == "name"):
        inside = scene.text.within(mention.start, mention.end)
        head = scene.text.head_of(mention.start, mention.end)
        if head is None or not is_sure(scene, mention):
            continue
        name = entities[mention.chain].name
        if head in found and found[head].name != name and mention.form != "name":
            several.add(head)
        found[head] = Named(name, inside[0], inside[-1], mention.form)
    named = {head: who for head, who in found.items() if head not in several}
    days = {n for d in scene.dates if d.anchor is not None for n in scene.text.within(d.start, d.end)}
    return Wording(scene.text, named, days, entities)


def _mention(
    scene: Scene, number: int, local: int, shown: tuple[Participant, ...], chance: float, method: str
) -> EventMention:
    word = scene.told[number]
    judged = sure.judge_event(scene.text.document, Span(word.start, word.end))
    return EventMention(
        start=word.start,
        end=word.end,
        certainty=judged.certainty,
        polarity=judged.polarity,
        time=judged.time,
        date=find_date(scene, [number]),
        claim=scene.claim_around(Span(word.start, word.end)),
        participants=shown,
        method=method,
        confidence=round(chance, 2),
        local=local,
        unnamed=find_unnamed(scene, number),
        vector=word.vector,
    )
