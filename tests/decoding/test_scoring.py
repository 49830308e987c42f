"""Articles through an engine, several things at a time: order, bounds, errors and an end."""

from __future__ import annotations

import platform
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from waqai.decoding import Annotator, TagScores
from waqai.decoding.denormals import flush_denormals
from waqai.decoding.scoring import CHUNKS_AHEAD
from waqai.encoding import Batch, LabelSpace, SubwordTokenizer
from waqai.schema import Document, Scheme

Subwords = Callable[[str], SubwordTokenizer]
TEXT = "وصل الوزير إلى باريس"


@dataclass
class Silent:
    """An engine that finds nothing, and says which thread asked; ``delay`` in seconds, longer for the first batch."""

    labels: LabelSpace
    delay: float = 0.0
    fails_at: int = -1
    threads: list[int] = field(default_factory=list)
    at_once: list[int] = field(default_factory=list)
    running: int = 0

    def tag(self, batch: Batch) -> TagScores:
        self.running += 1
        self.at_once.append(self.running)
        number = len(self.threads)
        self.threads.append(threading.get_ident())
        if number == self.fails_at:
            raise RuntimeError("out of memory")
        time.sleep(self.delay * (3 if number == 0 else 1))
        self.running -= 1
        count, labels = int(batch.word_count.sum()), self.labels
        sizes = (labels.trigger_tags, len(labels.modes), len(labels.auxiliaries), 5)
        zeros = np.zeros((count, len(labels.entity_types), 3), np.float32)
        return TagScores(zeros, *(np.zeros((count, size), np.float32) for size in sizes))

    def relate(self, states: np.ndarray, spans: np.ndarray, pairs: np.ndarray) -> np.ndarray:
        raise AssertionError("there is nothing to relate")


@pytest.fixture
def make(scheme: Scheme, subwords: Subwords) -> Callable[..., Annotator]:
    def annotator(workers: int = 1, **engine: float) -> Annotator:
        labels = LabelSpace(scheme)
        one = Silent(labels, **engine)  # type: ignore[arg-type]
        return Annotator(one, subwords("wordpiece"), labels, subword_budget=40, chunk=8, workers=workers)

    return annotator


def _articles(count: int, taken: list[int] | None = None) -> Iterator[Document]:
    for number in range(count):
        if taken is not None:
            taken.append(number)
        yield Document(str(number), TEXT)


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("waqai-")}


def test_articles_come_back_in_order_whichever_batch_is_ready_first(make: Callable[..., Annotator]) -> None:
    annotator = make(workers=3, delay=0.01)
    assert [document.id for document in annotator.annotate(_articles(50))] == [str(n) for n in range(50)]
    assert len(set(annotator.engine.threads)) == 3  # type: ignore[attr-defined]
    assert 1 < max(annotator.engine.at_once) <= 3  # type: ignore[attr-defined]


def test_articles_are_taken_in_the_callers_thread_a_few_chunks_ahead(make: Callable[..., Annotator]) -> None:
    taken: list[int] = []

    def articles() -> Iterator[Document]:
        for document in _articles(1000, taken):
            assert threading.current_thread() is threading.main_thread()
            yield document

    found = make().annotate(articles())
    next(found)
    assert len(taken) == CHUNKS_AHEAD * 8
    for _ in range(400):
        next(found)
    assert len(taken) <= 400 + (CHUNKS_AHEAD + 1) * 8


def test_threads_end_with_the_articles_and_where_nobody_asks_on(make: Callable[..., Annotator]) -> None:
    assert len(list(make(workers=2).annotate(_articles(20)))) == 20
    assert _threads() == set()
    found = make(workers=2).annotate(_articles(1000))
    next(found)
    assert _threads() != set()
    found.close()
    assert _threads() == set()


def test_an_error_of_the_engine_and_one_of_the_source_come_through(make: Callable[..., Annotator]) -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        list(make(workers=2, fails_at=3).annotate(_articles(100)))

    def broken() -> Iterator[Document]:
        yield from _articles(20)
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(make(workers=2).annotate(broken()))
    assert _threads() == set()


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc",
    reason="denormals are flushed on x86-64 Linux only",
)
def test_denormals_are_flushed_in_a_thread_and_nowhere_else() -> None:
    tiny, half = np.array([1e-39], np.float32), np.array([0.5], np.float32)
    products: list[float] = []

    def flushed() -> None:
        flush_denormals()
        products.append(float((tiny * half)[0]))

    thread = threading.Thread(target=flushed)
    thread.start()
    thread.join()
    assert products == [0.0]
    assert float((tiny * half)[0]) > 0.0
