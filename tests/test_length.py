"""Time grows with the length of a text and no faster: doubled, it takes about twice as long."""

import gc
import hashlib
import time
from collections.abc import Callable

import pytest

from onrecord.annotate import assemble, find_document
from onrecord.model import Article, Reading
from onrecord.reading import page
from onrecord.reading.inputs import UnusableError
from onrecord.reading.page import find_published, read_page

SAID = "The mayor, Ana Ruiz, said on Tuesday that the bridge would close. "
MOST = 3.0
"""Doubled, the square takes four times as long."""


def take_time(work: Callable[[], object]) -> float:
    """Seconds of this process, the least of three, without those of looking for garbage in cycles."""
    times = []
    gc.disable()
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    gc.enable()
    return min(times)


def grows(work: Callable[[int], Callable[[], object]], length: int) -> float:
    return take_time(work(2 * length)) / max(take_time(work(length)), 0.005)


def read_text(text: str) -> Callable[[], object]:
    """All that is done to an article by itself, but for the network, which reads window after window."""
    article = Article("a.txt", text, hashlib.sha256(text.encode()).hexdigest(), language="en")
    return lambda: assemble(article, find_document(article), Reading(), "test")


TEXTS: dict[str, tuple[Callable[[int], str], int]] = {
    "full stops": (lambda n: SAID + "." * n + "x", 50_000),
    "stops apart": (lambda n: SAID + ". " * n + "x", 10_000),
    "marks": (lambda n: SAID + "!?" * n + "x", 25_000),
    "dashes": (lambda n: SAID + "-" * n + " x", 10_000),
    "brackets": (lambda n: SAID + "([" * n + " x", 4_000),
    "rules": (lambda n: SAID + "_" * n + " x", 10_000),
    "short lines": (lambda n: SAID + "\nx" * n, 4_000),
    "she": (lambda n: SAID + "she " * n, 1_500),
    "no end": (lambda n: SAID + "the man went to town and " * n, 600),
    "sentences": (lambda n: SAID * n, 100),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_twice_as_long_takes_twice_as_long(name: str) -> None:
    make, length = TEXTS[name]
    read_text(make(10))()
    assert grows(lambda n: read_text(make(n)), length) < MOST


def make_page(body: str, head: str = "") -> str:
    paragraphs = f"<p>{SAID}</p>" * 4
    return f"<html><head>{head}</head><body><article>{paragraphs}{body}</article></body></html>"


def test_a_list_in_json_takes_as_long_as_it_is() -> None:
    from trafilatura import load_html

    def look(n: int) -> Callable[[], object]:
        script = '<script type="application/ld+json">[' + "1," * n + "1]</script>"
        tree = load_html(make_page("", script))
        return lambda: find_published(tree)

    assert grows(look, 100_000) < MOST


PAGES = {
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x</p>",
    "items": "<ul>" + "<li>x y</li>" * 100_000 + "</ul>",
    "inline tags": "<p>" + "<b>x</b> y " * 20_000 + ".</p>",
    "cells": "<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_too_much_in_one_tag_is_refused_at_once(name: str) -> None:
    began = time.process_time()
    with pytest.raises(UnusableError) as refused:
        read_page(make_page(PAGES[name]))
    assert refused.value.code == "too-large"
    assert time.process_time() - began < 5


def test_pages_below_the_limits_are_read() -> None:
    data = "x=' = ' " * 100 + 'style="' + "a : b = c ; " * 4_000 + '"'
    many = f"<p {data}>Another.</p>" + "<i>word</i> " * (page.MOST_CHILDREN // 5)
    text, _ = read_page(make_page(many))
    assert "bridge would close" in text
