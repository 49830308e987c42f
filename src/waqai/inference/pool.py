"""One extraction on several cores of one machine.

The model reads outside the interpreter's lock and events are made inside it, so threads alone stop being of use at
about two cores. Beyond a few articles each core gets an interpreter of its own; articles go out by the chunk, so that
little is said between them, and come back in their order. What is made of an article hangs on nothing but the article.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Any, TypeVar

from waqai.errors import OutputError
from waqai.inference.extractor import Extractor
from waqai.schema import Document

FEW = 200
"""Articles that are read here about as fast as other processes start and load the model."""

CHUNK = 8
"""Articles that go to a process at a time."""

T = TypeVar("T")


class ExtractorPool:
    """An ``Extractor`` that shares its work among processes, once there is enough of it.

    Use it as a context: leaving it ends the processes. They also end when this one is killed.

    Args:
        extractor: what reads a few articles, here.
        processes: how many; with 1 everything is read here.
        settings: arguments of ``Extractor.from_pretrained`` for each process.
    """

    def __init__(self, extractor: Extractor, processes: int, **settings: Any) -> None:
        self._extractor = extractor
        self._processes = processes
        self._settings = settings
        self._pool: ProcessPoolExecutor | None = None
        self._read = 0

    def __enter__(self) -> ExtractorPool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def pipe(self, documents: Iterable[Document], *, only_actual: bool = False) -> Iterator[Document]:
        """Extract from many articles, in their order; memory stays bounded whatever their number.

        Raises:
            OutputError: a process was killed, as for want of memory.
        """
        return self.map(_itself, documents, only_actual=only_actual)

    def map(
        self, make: Callable[[Document], T], documents: Iterable[Document], *, only_actual: bool = False
    ) -> Iterator[T]:
        """What is made of each extracted article, where it was extracted: only that goes between processes.

        Args:
            make: a function that can be pickled.

        Raises:
            OutputError: a process was killed, as for want of memory.
        """
        if self._processes < 2:
            yield from map(make, self._extractor.pipe(documents, only_actual=only_actual))
            return
        rest = iter(documents)
        first = list(islice(rest, max(0, FEW - self._read)))
        self._read += len(first)
        if self._read < FEW:
            yield from map(make, self._extractor.pipe(first, only_actual=only_actual))
        else:
            yield from self._share(make, chain(first, rest), only_actual)

    def _share(self, make: Callable[[Document], T], documents: Iterator[Document], only_actual: bool) -> Iterator[T]:
        pool = self._start()
        waiting: deque[Future[list[T]]] = deque()
        try:
            while chunk := tuple(islice(documents, CHUNK)):
                waiting.append(pool.submit(_extract, make, chunk, only_actual))
                if len(waiting) > 3 * self._processes:  # no process waits for its next chunk
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise OutputError(
                "a process that reads articles was killed, perhaps for want of memory; the same command goes on where "
                "this one stopped; --processes 1 takes the least memory"
            ) from error
        finally:
            for future in waiting:
                future.cancel()

    def _start(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # Not forked: a process of many threads, such as one with ONNX Runtime loaded, cannot be forked safely.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, spawn, initializer=_load, initargs=(self._settings,))
        return self._pool


_loaded: list[Extractor] = []
"""In a process of the pool: its extractor."""


def _load(settings: dict[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is asked to stop, and ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    extractor = Extractor.from_pretrained(**settings)
    extractor("زار الوزير باريس أمس.")  # names, places and calendars are read when they are first asked for
    gc.collect()
    gc.freeze()  # what has been loaded stays: looking through it again and again took 4 % of the time
    _loaded.append(extractor)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _extract(make: Callable[[Document], T], documents: tuple[Document, ...], only_actual: bool) -> list[T]:
    return list(map(make, _loaded[0].pipe(documents, only_actual=only_actual)))


def _itself(document: Document) -> Document:
    return document
