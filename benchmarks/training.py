"""Words per second of training entities beside transformers' ``run_ner`` recipe: same encoder, data and epochs.

    python benchmarks/training.py [--articles N] [--epochs 2] [--rounds 3]

Both read one CoNLL file, made of the outermost entities of the project's own articles, and train the embedded
encoder in batches of 8. ``waqai`` is ``scripts/train.py experiment=ner_only``. ``run_ner`` is the recipe of
transformers' examples: each sentence tokenised by itself and truncated, a plain ``Trainer`` with its defaults (fp32,
shuffled, padded to the longest of the batch) and ``DataCollatorForTokenClassification``. The seconds are
``train_runtime`` as the same ``Trainer`` reports it on both sides, without imports and tokenisation; nothing is
evaluated and no checkpoint but the last is written.
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from articles import ROOT
from sides import Side, compare, parser

from waqai.bundle import embedded_encoder
from waqai.formats import read_documents
from waqai.schema import Document, Entity
from waqai.text import split_sentences, split_words

FOLDERS = ("annotations/own/train", "annotations/own/dev")
BATCH = 8
Sentence = list[tuple[str, str]]
"""Words with BIO tags."""


def annotated(count: int) -> list[Document]:
    """So many of the project's own annotated articles, again from the first where there are no more."""
    gold = [document for folder in FOLDERS for document in read_documents(ROOT / folder)]
    return list(islice(cycle(gold), count))


def _sentences(document: Document) -> Iterator[Sentence]:
    outer = [entity for entity in document.entities if not any(_holds(other, entity) for other in document.entities)]
    words = split_words(document.text)
    for sentence in split_sentences(document.text, words):
        tagged: Sentence = []
        for word in words[sentence.first_word : sentence.last_word]:
            around = next((one for one in outer if one.start <= word.start < one.end), None)
            tag = "O" if around is None else ("B-" if around.start == word.start else "I-") + around.type
            tagged.append((word.text, tag))
        yield tagged


def _holds(outer: Entity, inner: Entity) -> bool:
    size = outer.end - outer.start, inner.end - inner.start
    return outer.start <= inner.start and inner.end <= outer.end and size[0] > size[1]


def timed(train: Any) -> Side:
    """A side that trains in a temporary folder and is timed by its own ``Trainer``."""

    def load(options: argparse.Namespace) -> Any:
        import torch

        torch.set_num_threads(options.threads)
        logging.disable(logging.WARNING)

        def work(articles: Sequence[Document]) -> float:
            once = articles[: len(articles) // options.epochs]  # each of them comes once an epoch
            sentences = [sentence for document in once for sentence in _sentences(document)]
            with tempfile.TemporaryDirectory() as folder:
                return float(train(sentences, options.epochs, Path(folder)))

        return work

    return load


def waqai(sentences: list[Sentence], epochs: int, folder: Path) -> float:
    """Seconds of ``scripts/train.py experiment=ner_only``."""
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    from waqai.training.experiment import run
    from waqai.training.settings import register

    data = folder / "train.conll"
    data.write_text(
        "".join("".join(f"{word} {tag}\n" for word, tag in sentence) + "\n" for sentence in sentences), encoding="utf-8"
    )
    register()
    overrides = [
        "experiment=ner_only", f"data.train={data}", "data.format=conll", f"output={folder / 'out'}",
        f"training.epochs={epochs}", f"training.batch_size={BATCH}", "training.evaluations=1",
        "training.report_to=none", "+training.arguments.disable_tqdm=true",
    ]  # fmt: skip
    with initialize_config_dir(str(ROOT / "configs"), version_base="1.3"):
        settings: Any = OmegaConf.to_object(compose("train", overrides))
    run(settings)
    history = json.loads((folder / "out" / "history.json").read_text(encoding="utf-8"))
    return float(next(entry["train_runtime"] for entry in reversed(history) if "train_runtime" in entry))


def run_ner(sentences: list[Sentence], epochs: int, folder: Path) -> float:
    """Seconds of the recipe of examples/pytorch/token-classification/run_ner.py."""
    from transformers import (
        AutoModelForTokenClassification,
        AutoTokenizer,
        DataCollatorForTokenClassification,
        Trainer,
        TrainingArguments,
        set_seed,
    )

    set_seed(42)
    names = sorted({tag for sentence in sentences for _, tag in sentence})
    number = {name: index for index, name in enumerate(names)}
    tokenizer = AutoTokenizer.from_pretrained(embedded_encoder())
    encoded = tokenizer(
        [[word for word, _ in sentence] for sentence in sentences], is_split_into_words=True, truncation=True
    )
    rows = []
    for index, sentence in enumerate(sentences):
        before, labels = None, []
        for word in encoded.word_ids(index):
            labels.append(-100 if word is None or word == before else number[sentence[word][1]])
            before = word
        rows.append({"input_ids": encoded["input_ids"][index], "labels": labels})
    trainer = Trainer(
        model=AutoModelForTokenClassification.from_pretrained(embedded_encoder(), num_labels=len(names)),
        args=TrainingArguments(
            output_dir=str(folder),
            num_train_epochs=epochs,
            per_device_train_batch_size=BATCH,
            use_cpu=True,
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=rows,
        data_collator=DataCollatorForTokenClassification(tokenizer),
        processing_class=tokenizer,
    )
    return float(trainer.train().metrics["train_runtime"])


if __name__ == "__main__":
    options = parser(__doc__, articles=150, rounds=3)
    options.add_argument("--epochs", type=int, default=2)
    given = options.parse_args()
    articles = annotated(given.articles) * given.epochs
    compare("training", {"waqai": timed(waqai), "run_ner": timed(run_ner)}, given, articles)
