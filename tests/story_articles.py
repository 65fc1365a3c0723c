"""Made-up articles for the page's tests: two on one story, one that tries to do harm."""

import json
from pathlib import Path

HOSTILE = (
    "Storm <b>closes</b> port\n"
    "The Harbour Office said the port of Halden closed on Monday. <script>window.harmed = 1</script>\n"
    "“Nobody <img src=x onerror='window.harmed = 2'> may sail &amp; nobody will,” Mara Lind, its director,"
    " said. </script><!-- She called it \u202egnieb rof\u202c a sad day. \U0001f6a2"
    " The office will reopen the port.\n"
)
ARTICLES = (
    {
        "id": "monday",
        "title": "Ferry Halden to be scrapped, sources say",
        "publisher": "Lindholm Courier",
        "published": "2026-03-02",
        "text": "Ferry Halden to be scrapped, sources say\n"
        "The Port Authority will scrap the ferry Halden in April, two people familiar with the plan told the"
        " Lindholm Courier. “It leaks like a sieve and nobody at the port wants to pay,” one of them said.\n"
        "Ada Nyberg, who heads the Port Authority, denied the report on Sunday. She said the ferry would be"
        " repaired for 40 million kronor.\n",
    },
    {
        "id": "tuesday",
        "title": "Port denies ferry report",
        "publisher": "Nordic Wire",
        "published": "2026-03-03",
        "text": "Port denies ferry report\n"
        "The Port Authority denied on Monday that it will scrap the ferry Halden, as the Lindholm Courier had"
        " reported. “It leaks like a sieve and nobody in the port wants to pay,” a person told the Lindholm"
        " Courier.\n"
        "The mayor of Lindholm, Per Dahl, said the repair would cost 14 million kronor.\n",
    },
    {"id": "hostile", "publisher": "<i>Evil</i> Post", "published": "2026-03-04", "text": HOSTILE},
)


def write_articles(folder: Path) -> Path:
    """A new folder with the articles as JSON lines."""
    folder.mkdir(parents=True)
    lines = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in ARTICLES)
    (folder / "articles.jsonl").write_text(lines, encoding="utf-8")
    return folder
