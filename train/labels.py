"""The model's heads: what each tag number means. The reader has its own copy in the weights file's
metadata."""

ROLES = ("source", "cue", "content")
KINDS = ("person", "organization", "place", "group", "product", "work", "law", "event", "other")
CERTAINTY = ("certain", "probable", "possible", "unknown")
POLARITY = ("pos", "neg")
TIME = ("non_future", "future", "unknown")
VOICES = ("own", "appeal", "teller")

ROLE_TAGS = ("O", *(f"{edge}-{role}" for role in ROLES for edge in "BILU"))
NAME_TAGS = ("O", *(f"{edge}-{kind}" for kind in KINDS for edge in "BI"))
TRIGGER_TAGS = ("O", "B-event", "I-event")
DATE_TAGS = ("O", "B-date", "I-date")
CLAIM_TAGS = ("O", *(f"{edge}-{voice}" for voice in VOICES for edge in "BI"))

# Order and names of the model's outputs for each word.
HEADS = {
    "roles": ROLE_TAGS,
    "names": NAME_TAGS,
    "triggers": TRIGGER_TAGS,
    "certainty": CERTAINTY,
    "polarity": POLARITY,
    "time": TIME,
    "dates": DATE_TAGS,
    "claims": CLAIM_TAGS,
}
TAUGHT_HEADS = ("roles", "names")
IGNORED = -100
