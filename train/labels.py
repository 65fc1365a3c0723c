"""The network's heads: what each tag number means. The reader has its own copy in the weights file's
metadata."""

ROLES = ("source", "cue", "content")
KINDS = ("person", "organization", "place", "group", "product", "work", "law", "event", "other")
VOICES = ("own", "appeal", "teller")
STATUS = ("occurred", "ongoing", "planned", "hypothetical", "denied")
EVENT_KINDS = ("happening", "report")
PLOVER = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE",
    "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)  # fmt: skip

ROLE_TAGS = ("O", *(f"{edge}-{role}" for role in ROLES for edge in "BILU"))
NAME_TAGS = ("O", *(f"{edge}-{kind}" for kind in KINDS for edge in "BI"))
CLAIM_TAGS = ("O", *(f"{edge}-{voice}" for voice in VOICES for edge in "BI"))
UPOS = ("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT",
        "SCONJ", "SYM", "VERB", "X")  # fmt: skip
FORMS = ("none", "sing", "plur", "inf", "ger", "part-past", "part-pres", "fin-past", "fin-pres")
"""What of a word's features the rules ask for: number of a noun, form and tense of a verb."""

# Order and names of the network's outputs for each word.
HEADS = {
    "roles": ROLE_TAGS,
    "names": NAME_TAGS,
    "claims": CLAIM_TAGS,
    "events": ("O", "event"),
    "status": STATUS,
    "kinds": EVENT_KINDS,
    "types": ("none", *PLOVER),
    "tags": UPOS,
    "forms": FORMS,
}
TAUGHT_HEADS = ("roles", "claims")

PART = "part"
"""The relation of a word's later pieces to its first one: "n't" of Universal Dependencies is "'" and "t"."""
RELATIONS = (
    "root", "punct", "case", "det", "nsubj", "amod", "advmod", "obj", "obl", "nmod", "conj", "compound",
    "cc", "mark", "aux", "cop", "advcl", "nmod:poss", "xcomp", "flat", "acl:relcl", "ccomp", "acl",
    "aux:pass", "appos", "nummod", "nsubj:pass", "parataxis", "nmod:unmarked", "obl:unmarked",
    "discourse", "compound:prt", "expl", "fixed", "iobj", "list", "obl:agent", "dep", "nmod:desc",
    "csubj", "nsubj:outer", "advcl:relcl", "det:predet", "vocative", "reparandum", "cc:preconj",
    "goeswith", "orphan", "dislocated", "csubj:pass", "csubj:outer", PART,
)  # fmt: skip
LINKS = ("none", "agent", "patient", "recipient", "place", "time")
"""What a name or a date phrase is to an event word."""
IGNORED = -100
