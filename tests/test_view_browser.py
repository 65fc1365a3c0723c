"""The page in a real browser: views, clicks each way, search, addresses, corrections, no requests."""

import csv
import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from story_articles import write_articles

import onrecord
from onrecord.cli import main

CHROME = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
webdriver = pytest.importorskip("selenium.webdriver")
pytestmark = pytest.mark.skipif(
    not (CHROME and DRIVER), reason="needs Chromium and its driver (Debian: chromium, chromium-driver)"
)
WAIT = 20.0
"""Seconds until something must have come about; a check looks again and again, so it seldom takes longer."""

SELECT = """
const walk = document.createTreeWalker(document.querySelector('.text'), 4);
const nodes = [];
let whole = '';
while (walk.nextNode()) { nodes.push([walk.currentNode, whole.length]); whole += walk.currentNode.data; }
const at = whole.indexOf(arguments[0]);
if (at < 0) return false;
const place = (n) => {
  const [node, start] = nodes.filter(([, first]) => first <= n).pop();
  return [node, n - start];
};
const range = document.createRange();
range.setStart(...place(at));
const [last, offset] = place(at + arguments[0].length - 1);
range.setEnd(last, offset + 1);
getSelection().removeAllRanges();
getSelection().addRange(range);
return true;
"""
FAINT = """
const colour = (css) => css.match(/[\\d.]+/g).map(Number);
const linear = (c) => (c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
const light = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const c = colour(getComputedStyle(node).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return [255, 255, 255];
};
const faint = [];
for (const node of document.querySelectorAll('body *')) {
  const words = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!words || !node.checkVisibility() || node.disabled) continue;
  if (node.closest('svg, script, .unseen, option')) continue;
  const [a, b] = [light(colour(getComputedStyle(node).color)), light(behind(node))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) faint.push([node.className, node.textContent.slice(0, 30), ratio]);
}
return faint;
"""
"""What WCAG AA finds too faint."""


class Browser:
    """A page in Chromium, asked by CSS selectors."""

    def __init__(self, driver: Any, downloads: Path) -> None:
        self.driver = driver
        self.downloads = downloads

    def open(self, page: Path, address: str = "") -> None:
        self.driver.get("about:blank")
        self.driver.get(page.as_uri() + address)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def one(self, selector: str, words: str = "") -> Any:
        """The first element of a selector that shows these words, waited for."""
        return self.wait(
            lambda: next((e for e in self.all(selector) if words in e.text), None), selector, words
        )

    def wait(self, look: Callable[[], Any], *told: str) -> Any:
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            try:
                if found := look():
                    return found
            except Exception as error:  # the element has just been drawn anew
                if "stale" not in str(error).lower():
                    raise
            time.sleep(0.05)
        raise AssertionError(f"not there: {' '.join(told)}\n{self.text('body')}")

    def click(self, selector: str, words: str = "") -> None:
        self.run(
            "arguments[0].scrollIntoView({block: 'center'}); arguments[0].click()", self.one(selector, words)
        )

    def text(self, selector: str) -> str:
        return "\n".join(e.text for e in self.all(selector))

    def run(self, script: str, *given: Any) -> Any:
        return self.driver.execute_script(script, *given)

    def select(self, words: str) -> None:
        """Select words in the article's text, as a person would by dragging over them."""
        assert self.run(SELECT, words)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    from selenium.webdriver.chrome.service import Service

    folder = tmp_path_factory.mktemp("browser")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROME
    for switch in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={folder / 'profile'}",
        "--window-size=1280,900",
    ):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.add_experimental_option("prefs", {"download.default_directory": str(folder / "downloads")})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Browser(driver, folder / "downloads")
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the articles in ``in``, their package, and its pages with and without texts."""
    folder = tmp_path_factory.mktemp("story")
    write_articles(folder / "in")
    onrecord.build([folder / "in"], folder / "package")
    run = CliRunner().invoke
    assert run(main, ["view", str(folder / "package"), "--out", str(folder / "quotes.html")]).exit_code == 0
    given = ["--articles", str(folder / "in"), "--out", str(folder / "page.html")]
    assert run(main, ["view", str(folder / "package"), *given]).exit_code == 0
    return folder


@pytest.fixture
def page(story: Path, browser: Browser) -> Iterator[Path]:
    """The page with texts; afterwards the browser must have nothing to complain of."""
    browser.open(story / "page.html")
    browser.run("localStorage.clear()")
    browser.driver.get_log("browser")
    yield story / "page.html"
    told = [entry["message"] for entry in browser.driver.get_log("browser")]
    assert [message for message in told if "'beforeunload'" not in message] == []


def tables(story: Path) -> dict[str, pd.DataFrame]:
    return dict(onrecord.load(story / "package"))


def claim(story: Path, words: str) -> str:
    """The id of the claim that begins with these words."""
    found = tables(story)["claims"]
    return str(found[found.text.str.startswith(words)].claim_id.iloc[0])


def test_the_story_tells_events_people_disputes_and_relays(page: Path, story: Path, browser: Browser) -> None:
    browser.open(page)
    assert "3 articles" in browser.one("#main header").text
    browser.one("#part-timeline .strip")
    happened = tables(story)["events"].query("kind == 'happening'")
    for label in happened[happened.date.notna()].label:
        browser.one("#part-timeline .event", label)
    browser.one("#part-people summary", "Ada Nyberg")
    for part in ("disputes", "groups", "relays"):
        browser.run("window.scrollTo(0, document.body.scrollHeight)")
        browser.one(f"#part-{part}")
    assert sorted(mark.text for mark in browser.all("#part-disputes .rel-quote_variant mark")) == ["at", "in"]
    assert "Lindholm Courier" in browser.one("#part-relays .graph").text
    assert "None" not in browser.text("body") and "null" not in browser.text("body")


def test_a_click_on_words_opens_the_row_and_a_click_on_a_row_shows_its_words(
    page: Path, story: Path, browser: Browser
) -> None:
    browser.open(page, "#articles")
    browser.click("#main .item a", "Ferry Halden to be scrapped")
    browser.click(".text .m-claim", "like a sieve")
    card = browser.one("#card", "one of them")
    assert "Said by others" in card.text and "Quoted differently" in card.text
    assert claim(story, "“It leaks like a sieve and nobody at") in card.text
    browser.click(".rowlink", "the ferry would be repaired")
    browser.one("#card blockquote", "the ferry would be repaired for 40 million kronor")
    shown = " ".join(browser.text(".text .here").split())
    assert "the ferry would be repaired for 40 million kronor" in shown
    browser.run("document.activeElement.blur()")
    browser.one("body").send_keys("k")
    browser.wait(lambda: "40 million" not in browser.text("#card blockquote"), "the row before by a key")
    browser.one("body").send_keys("\ue00c")
    browser.wait(
        lambda: not browser.one("#card").is_displayed() if browser.all("#card:not([hidden])") else True
    )


def test_words_of_several_rows_offer_each_of_them(page: Path, browser: Browser) -> None:
    browser.open(page, "#articles")
    browser.click("#main .item a", "Port denies")
    browser.click(".text .m-claim.m-name", "Halden")
    browser.one(".here-too button[aria-pressed=true]", "Name")
    browser.click(".here-too button", "Claim")
    browser.one("#card h2", "Claim")


def test_an_address_leads_to_its_row_and_an_unknown_one_is_told(
    page: Path, story: Path, browser: Browser
) -> None:
    browser.open(page, f"#claim={claim(story, 'the repair would cost')}")
    assert "Per Dahl" in browser.one("#card", "the repair would cost 14 million kronor").text
    assert browser.one("#main h1").text == "Port denies ferry report"
    events = tables(story)["events"]
    event = events[events.date.notna()].iloc[0]
    browser.open(page, f"#event={event.event_id}")
    assert event.date[:4] in browser.one("#card", event.label).text
    browser.open(page, "#claim=clm-0000000000000000")
    browser.one("#main .notice", "no row at that address")


def test_search_and_filters_find_rows_and_stand_in_the_address(
    page: Path, story: Path, browser: Browser
) -> None:
    browser.open(page)
    browser.one("#q").send_keys("kronor dahl")
    browser.one("#main .item", "the repair would cost 14 million kronor")
    assert "q=kronor" in browser.driver.current_url
    browser.open(page, "#find&what=claims&dispute=yes")
    relations = tables(story)["claim_relations"].query("relation != 'same'")
    disputed = {*relations.claim_id, *relations.other_claim_id}
    assert len(browser.all("#main .item")) == len(disputed) > 1
    browser.run(
        "const s = document.querySelector('[data-filter=outlet]'); s.value = 'Nordic Wire';"
        " s.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    wire = tables(story)["sources"].query("publisher == 'Nordic Wire'").source_id.iloc[0]
    claims = tables(story)["claims"]
    left = len(disputed & {*claims[claims.source_id == wire].claim_id})
    browser.wait(lambda: 0 < left == len(browser.all("#main .item")))
    browser.open(page, "#find&q=nothingofthekind")
    assert browser.one("#found").text.startswith("0 rows")


def test_hostile_text_is_text_and_nothing_leaves_the_page(page: Path, story: Path, browser: Browser) -> None:
    browser.driver.get_log("performance")
    source = tables(story)["sources"].set_index("name").source_id["hostile"]
    for address in ("", "#articles", f"#article={source}", "#find&q=harmed", "#correct=0"):
        browser.open(page, address)
        browser.one("#main h1")
        assert browser.run("return window.harmed === undefined")
        assert not browser.all("#main img, #main b script, #card img")
    browser.open(page, f"#article={source}")
    assert "<script>window.harmed = 1</script>" in browser.one(".text").text
    assert [sign.text for sign in browser.all(".text .hidden-sign")] == ["U+202E", "U+202C"]
    assert browser.run("return !/[\\u202a-\\u202e]/.test(document.body.textContent)")
    asked = [json.loads(entry["message"])["message"] for entry in browser.driver.get_log("performance")]
    urls = {
        event["params"]["request"]["url"].partition("#")[0]
        for event in asked
        if event["method"] == "Network.requestWillBeSent"
    }
    assert urls - {page.as_uri(), "about:blank"} == set()


def test_without_texts_the_page_shows_quotations_and_says_so(story: Path, browser: Browser) -> None:
    browser.open(story / "quotes.html")
    assert "may be published" in browser.one("#notice").text
    browser.open(story / "quotes.html", f"#claim={claim(story, 'the repair would cost')}")
    browser.one("#card", "Per Dahl")
    browser.one(".rowlink.here", "the repair would cost")
    assert not browser.all(".text")
    browser.click("#card .correct summary")
    assert "needs the articles" in browser.text("#card .form")


def download(browser: Browser) -> Path:
    """The file of corrections that the page gives."""
    target = browser.downloads / "corrections.csv"
    target.unlink(missing_ok=True)
    browser.run("location.hash = '#lines'")
    browser.click("#main a[download]")
    browser.wait(target.exists, "the downloaded file")
    return target


def rebuild(story: Path, lines: Path, tmp_path: Path) -> dict[str, pd.DataFrame]:
    """The tables of a build with these corrections."""
    shutil.copytree(story / "in", tmp_path / "in")
    shutil.copy(lines, tmp_path / "in" / "corrections.csv")
    onrecord.build([tmp_path / "in"], tmp_path / "package")
    return dict(onrecord.load(tmp_path / "package"))


def type_into(browser: Browser, label: str, words: str) -> None:
    browser.run("document.querySelector('#card .correct details').open = true")
    field = browser.one(f"#card input[aria-label='{label}']")
    field.clear()
    field.send_keys(words + "\n")


def test_what_is_corrected_on_the_page_is_in_the_next_build(
    page: Path, story: Path, browser: Browser, tmp_path: Path
) -> None:
    events = tables(story)["events"]
    event = events[events.kind == "happening"].event_id.iloc[0]
    entities = tables(story)["entities"].set_index("name").entity_id
    browser.open(page, f"#claim={claim(story, 'the repair would cost')}")
    type_into(browser, "Said by", "Nobody Known")
    browser.one("#card .unfit", "does not have the words")
    type_into(browser, "Said by", "Lindholm Courier")
    browser.one("#card .taken", "speaker: Lindholm Courier")
    browser.run(f"location.hash = '#claim={claim(story, 'the ferry would be')}'")
    browser.one("#card blockquote", "40 million")
    browser.run("document.querySelector('#card .correct details').open = true")
    browser.one("#card .use-selected")
    browser.select("would be repaired for 40 million")
    browser.click("#card .use-selected", "are what is said")
    browser.one("#card .taken", "content: would be repaired for 40 million")
    leaks = claim(story, "“It leaks like a sieve and nobody in")
    browser.run(f"location.hash = '#claim={leaks}'")
    browser.one("#card blockquote", "nobody in the port")
    browser.run("document.querySelector('#card .correct details').open = true")
    browser.click("#card .drop")
    browser.run(f"location.hash = '#event={event}'")
    browser.one("#card h2", "Event")
    type_into(browser, "Date", "2026-04-15")
    browser.one("#card .taken", "date: 2026-04-15")
    browser.run(f"location.hash = '#entity={entities['Ada Nyberg']}'")
    browser.one("#card .lead", "Ada Nyberg")
    type_into(browser, "Is one with", "Mara Lind")
    browser.one("#card .taken", "into: Mara Lind")
    file = download(browser)
    lines = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert len(lines) == 5 and max(len(",".join(line.values())) for line in lines) < 160
    found = rebuild(story, file, tmp_path)
    claims = found["claims"].set_index("text")
    assert claims.loc["the repair would cost 14 million kronor", "speaker"] == "Lindholm Courier"
    assert "would be repaired for 40 million" in claims.index
    assert not claims.index.str.startswith("“It leaks like a sieve and nobody in").any()
    assert "2026-04-15" in set(found["events"].date)
    assert "Ada Nyberg" not in set(found["entities"].name)


@pytest.mark.parametrize("button", [".right", ".drop"])
def test_the_walk_gives_lines_that_all_pass_at_once(
    page: Path, story: Path, browser: Browser, tmp_path: Path, button: str
) -> None:
    browser.open(page, "#correct=0")
    rows = int(browser.one("#queue p").text.split(" of ")[1].split(":")[0])
    for place in range(rows):
        browser.one("#queue", f"{place + 1} of {rows}")
        found = browser.all(f"#card {button}, #main .form {button}")
        if found:
            browser.run("arguments[0].click()", found[0])
            browser.one(".taken")
        elif browser.all("#main .merge") and button == ".drop":
            browser.click("#main .merge")
        if place + 1 < rows:
            browser.run("document.querySelector('#queue .next').click()")
    file = download(browser)
    assert len(file.read_text(encoding="utf-8").splitlines()) > 8
    rebuild(story, file, tmp_path)


def test_a_decision_that_later_ones_take_the_ground_from_is_told_and_not_written(
    page: Path, story: Path, browser: Browser
) -> None:
    events, mentions = tables(story)["events"], tables(story)["event_mentions"]
    event = events[events.mentions == 1].event_id.iloc[0]
    mention = mentions[mentions.event_id == event].mention_id.iloc[0]
    browser.open(page, f"#event={event}")
    browser.one("#card h2", "Event")
    type_into(browser, "Date", "2026-03")
    browser.one("#card .taken", "date: 2026-03")
    browser.run(f"location.hash = '#told={mention}'")
    browser.one("#card h2", "as told here")
    browser.run("document.querySelector('#card .correct details').open = true")
    browser.click("#card .drop")
    browser.one("#card .taken", "drop,event_mentions")
    browser.run("location.hash = '#lines'")
    browser.one("#main .item .unfit, #main .item code")
    assert len(browser.all("#main .item")) == 2


def test_decisions_are_kept_when_the_page_is_opened_again(page: Path, story: Path, browser: Browser) -> None:
    address = f"#claim={claim(story, 'the repair would cost')}"
    browser.open(page, address)
    browser.run("document.querySelector('#card .correct details').open = true")
    browser.click("#card .right")
    browser.one("#card .taken", "confirm,claims,tuesday,the repair would cost 14")
    browser.open(page, address)
    browser.one("#card .taken", "confirm")
    browser.click("#card .taken + p button", "Undo")
    browser.one("#card .right")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_overflows_at_any_width(page: Path, story: Path, browser: Browser, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        for address in ("#story", "#find&q=ferry", f"#claim={claim(story, 'the repair')}", "#correct=0"):
            browser.open(page, address)
            browser.one("#main h1")
            assert browser.run("return document.documentElement.scrollWidth") <= width
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(page: Path, story: Path, browser: Browser, scheme: str) -> None:
    browser.open(page, f"#claim={claim(story, '“It leaks')}")
    browser.one("#card blockquote")
    browser.run("document.documentElement.dataset.theme = arguments[0]", scheme)
    time.sleep(0.3)
    faint = browser.run(FAINT)
    assert faint == []
