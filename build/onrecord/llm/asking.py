"""Asks a language model for the answers that are not at hand, through the OpenAI client.

Any endpoint that speaks its chat or responses protocol, with answers held to a JSON schema, will do. Several
articles are asked for at a time, the pieces of one in order. Whatever an endpoint does, an article is read
whole or not at all: what was answered is kept, and the next build asks for the rest.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from onrecord.errors import ReaderError
from onrecord.llm.answer import read_answer
from onrecord.llm.asked import Asked, Cost, Unread
from onrecord.llm.question import LETTERS, Question
from onrecord.llm.reader import LanguageModel
from onrecord.llm.store import Store

if TYPE_CHECKING:
    from openai import APIStatusError

__all__ = ["KEY", "Work", "ask_all"]

KEY = "ONRECORD_API_KEY"
"""The variable that holds the key; one of our own, so that no key meant for another endpoint is sent."""
ATTEMPTS = 3
"""Times that a question is asked whose answer is no JSON by the schema."""
DOWN = 5
"""Articles in a row that an endpoint leaves without an answer, from which it counts as down."""
LONGEST_ANSWER = 2_000_000
"""Characters of an answer: what is longer is no list of an article."""

Result = TypeVar("Result")


class _FaultError(Exception):
    """A question without an answer; ``down`` is set where the endpoint did not get to answer at all."""

    def __init__(self, code: Literal["no-answer", "bad-answer"], why: str, down: bool = False) -> None:
        super().__init__(why)
        self.code: Literal["no-answer", "bad-answer"] = code
        self.down = down


class Work(Protocol):
    """What a model is to be asked about one article."""

    @property
    def name(self) -> str:
        """The article's."""

    @property
    def deed(self) -> str:
        """What the model is to do with it."""

    def find_open(self, store: Store) -> Sequence[Question[Any]]:
        """The questions without an answer; the first is asked next, and may change those behind it."""

    def count_dropped(self, store: Store) -> Counter[str]:
        """What is not taken from the answers, or dropped by them, by reason, once all are there."""


def ask_all(
    works: Iterable[Work],
    model: LanguageModel,
    on_expected: Callable[[Cost], None] = lambda cost: None,
    on_read: Callable[[int], None] = lambda count: None,
) -> Asked:
    """Ask for all answers that are not at hand; ``works``, one for each article, are gone through twice.

    ``on_expected`` hears what it will cost before the first request, ``on_read`` how many articles are done.
    Raises ReaderError where nothing can be asked at all: no endpoint, a key that is refused, a model that the
    endpoint does not know, the client library missing.
    """
    store, dropped = Store(model.answers, model.name), Counter[str]()
    expected, waiting, done = Cost(), set[str](), 0
    for work in works:
        if left := work.find_open(store):
            waiting.add(work.name)
            expected = sum((question.expect() for question in left), start=expected)
            continue
        dropped += work.count_dropped(store)
        done += 1
        on_read(done)
    on_expected(expected)
    if not waiting:
        return Asked(expected, Cost(), (), dict(sorted(dropped.items())))
    if model.offline:
        why = "it is not among the answers at hand, and --offline asks for none"
        unread = [_unread(work, _FaultError("no-answer", why)) for work in works if work.name in waiting]
        return Asked(expected, Cost(), tuple(unread), dict(sorted(dropped.items())))
    asking = _Asking(model, store, done, on_read)
    _run(asking.go(work for work in works if work.name in waiting))
    dropped += asking.dropped
    unread = sorted(asking.unread, key=lambda fault: fault.name)
    return Asked(expected, asking.spent, tuple(unread), dict(sorted(dropped.items())))


def _unread(work: Work, fault: _FaultError) -> Unread:
    again = "; build again to ask for what is missing"
    told = f"{work.name}: the language model did not {work.deed}: {fault}{again}"
    return Unread(work.name, fault.code, told)


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end, in a thread of its own where this one has an event loop already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came back: the text, why there may be none, and what it cost."""

    text: str
    fault: str | None
    tokens_in: int
    tokens_out: int


@dataclass
class _Asking:
    """One run of asking: several articles at a time, until all are read or something stops it."""

    model: LanguageModel
    store: Store
    done: int
    on_read: Callable[[int], None]
    spent: Cost = field(default_factory=Cost)
    unread: list[Unread] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    reserved: int = 0
    down: int = 0
    stopped: str | None = None

    async def go(self, works: Iterator[Work]) -> None:
        """Do the works; workers take one after another."""
        async with _Client(self.model) as client:
            tasks = [asyncio.create_task(self._work(works, client)) for _ in range(self.model.requests)]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, works: Iterator[Work], client: "_Client") -> None:
        for work in works:
            try:
                await self._finish(work, client)
            except _FaultError as fault:
                self.unread.append(_unread(work, fault))
            else:
                self.done += 1
                self.on_read(self.done)

    async def _finish(self, work: Work, client: "_Client") -> None:
        while left := work.find_open(self.store):
            try:
                await self._answer(left[0], client)
            except _FaultError as fault:
                self.down = self.down + 1 if fault.down else 0
                if self.down >= DOWN and self.stopped is None:
                    self.stopped = f"the endpoint has stopped answering ({fault})"
                raise
            self.down = 0
        self.dropped += work.count_dropped(self.store)

    async def _answer(self, question: Question[Any], client: "_Client") -> None:
        """Ask until an answer is by the schema, and keep it."""
        fault = _FaultError("bad-answer", "nothing was answered")
        for _ in range(ATTEMPTS):
            reply = await self._ask(question, client)
            try:
                if reply.fault:
                    raise ValueError(reply.fault)
                read_answer(reply.text, question.prompt.answer)
            except ValueError as error:
                fault = _FaultError("bad-answer", f"{error}, {ATTEMPTS} times")
                continue
            self.store.put(question, reply.text, reply.tokens_in, reply.tokens_out)
            return
        raise fault

    async def _ask(self, question: Question[Any], client: "_Client") -> _Reply:
        """One request, if nothing has stopped the asking and the limit allows it."""
        if self.stopped is not None:
            raise _FaultError("no-answer", self.stopped)
        expected = question.expect()
        limit = self.model.limit
        if limit is not None and self.spent.tokens + self.reserved + expected.tokens > limit:
            self.stopped = f"the limit of {limit:,} tokens is reached"
            raise _FaultError("no-answer", self.stopped)
        self.reserved += expected.tokens
        try:
            reply = await client.ask(question)
        finally:
            self.reserved -= expected.tokens
        used = Cost(1, reply.tokens_in or expected.tokens_in, reply.tokens_out or len(reply.text) // LETTERS)
        self.spent += used
        return reply


class _Client:
    """The client library, held to one endpoint: no redirects, no headers that tell of this machine."""

    def __init__(self, model: LanguageModel) -> None:
        if model.endpoint is None:
            raise ReaderError("a language model is asked at an endpoint: give --endpoint, or --offline")
        try:
            import openai
        except ImportError as error:
            raise ReaderError(
                "asking a language model needs the extra: pip install 'onrecord[llm]'"
            ) from error
        self._errors = openai
        self._model = model
        self._key = os.environ.get(KEY, "")
        self._cool = True
        silent: Any = {name: openai.Omit() for name in _TELLING}
        self._openai = openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=model.endpoint,
            timeout=model.timeout,
            max_retries=model.retries,
            default_headers=silent,
            http_client=openai.DefaultAsyncHttpxClient(follow_redirects=False, timeout=model.timeout),
        )

    async def __aenter__(self) -> "_Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._openai.close()

    async def ask(self, question: Question[Any]) -> _Reply:
        """One question, made again by the client library where it was turned away (429, 5xx) or lost."""
        longest = self._model.timeout * 2
        try:
            async with asyncio.timeout(longest):
                return await self._send(question)
        except (TimeoutError, self._errors.APITimeoutError) as error:
            raise _FaultError(
                "no-answer", f"no answer came in {self._model.timeout:g} s", down=True
            ) from error
        except self._errors.APIStatusError as error:
            if error.status_code == 400 and self._cool and "temperature" in str(error):
                self._cool = False
                return await self.ask(question)
            raise self._refused(error) from error
        except self._errors.APIConnectionError as error:
            raise _FaultError("no-answer", "the endpoint cannot be reached", down=True) from error
        except (self._errors.OpenAIError, ValueError, TypeError, AttributeError, LookupError) as error:
            return _Reply("", f"the endpoint does not speak the protocol ({type(error).__name__})", 0, 0)

    def _refused(self, error: "APIStatusError") -> Exception:
        status = error.status_code
        said = f"{self._model.endpoint} answers with status {status}"
        if status in (401, 403):
            return ReaderError(f"{said}: the key in {KEY} is missing or refused")
        if status in (404, 405) or status < 400:
            return ReaderError(f"{said}: no model {self._model.name!r} is served there by that protocol")
        if status in (408, 409, 429) or status >= 500:
            return _FaultError("no-answer", f"the endpoint answers with status {status}", down=True)
        told = str(error.message).replace(self._key, "…") if self._key else str(error.message)
        return _FaultError(
            "no-answer", f"the endpoint refuses it with status {status} ({' '.join(told.split())[:200]})"
        )

    async def _send(self, question: Question[Any]) -> _Reply:
        heat: Any = {"temperature": 0} if self._cool else {}
        prompt, name = question.prompt, self._model.name
        form: Any = {"name": "list", "strict": True, "schema": prompt.schema}
        if self._model.protocol == "responses":
            return _read_response(
                await self._openai.responses.create(
                    model=name,
                    instructions=prompt.text,
                    input=question.text,
                    text={"format": {"type": "json_schema", **form}},
                    store=False,
                    **heat,
                )
            )
        asked: Any = [{"role": "system", "content": prompt.text}, {"role": "user", "content": question.text}]
        wanted: Any = {"type": "json_schema", "json_schema": form}
        return _read_chat(
            await self._openai.chat.completions.create(
                model=name, messages=asked, response_format=wanted, **heat
            )
        )


_TELLING = (
    "X-Stainless-Arch",
    "X-Stainless-Lang",
    "X-Stainless-OS",
    "X-Stainless-Package-Version",
    "X-Stainless-Runtime",
    "X-Stainless-Runtime-Version",
    "OpenAI-Organization",
    "OpenAI-Project",
)
"""Headers of the client library that tell of this machine, or of an account at another endpoint."""


def _read_chat(came: Any) -> _Reply:
    choice = came.choices[0]
    usage = came.usage
    fault = "the model refuses to answer" if getattr(choice.message, "refusal", None) else None
    if choice.finish_reason == "length":
        fault = "the answer is cut off: the model's longest answer or its context is too small"
    return _reply(choice.message.content, fault, usage and (usage.prompt_tokens, usage.completion_tokens))


def _read_response(came: Any) -> _Reply:
    usage = came.usage
    fault = None
    if came.status == "incomplete":
        fault = "the answer is cut off: the model's longest answer or its context is too small"
    return _reply(came.output_text, fault, usage and (usage.input_tokens, usage.output_tokens))


def _reply(text: str | None, fault: str | None, usage: tuple[int | None, int | None] | None) -> _Reply:
    tokens_in, tokens_out = usage or (0, 0)
    if fault is None and not (isinstance(text, str) and text.strip()):
        fault = "the answer is empty"
    if fault is None and len(text or "") > LONGEST_ANSWER:
        fault = f"the answer has more than {LONGEST_ANSWER:,} characters"
    return _Reply(text or "", fault, int(tokens_in or 0), int(tokens_out or 0))
