"""Settings of training, typed and registered with Hydra: a misspelt key fails at composition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING

PREDICTED, BASELINE_PREDICTED = "predicted.jsonl", "baseline.jsonl"
"""What a cross-validation leaves in each fold's folder."""


@dataclass
class ModelSettings:
    """The encoder and the heads over it.

    Attributes:
        encoder: ``embedded``, a folder or a hub id; ``revision`` pins a hub commit.
        random: the encoder's shape without its weights (the baseline without pretraining).
        start: a trained or exported model to go on from, heads and all, or ``embedded``; then ``encoder`` is not read.
        max_subwords: length of a window in training and in inference.
        relation_head: ``biaffine`` or ``concat``.
        pair_features: what it knows of a pair besides the mentions: their ``distance``, or their ``context``, which
            adds how many sentences back the tail stands and how many mentions begin between the two.
        pairs_compete: whether a pair also sees the other pairs of its mentions (``concat`` only).
        attribute_head: mode and auxiliary are read from the trigger's ``word``, or from its context by ``attention``.
        crf: entity layers and triggers are linear chains: neighbouring tags are scored too.
        auxiliary_adjustment: how far the loss makes up for rare auxiliaries; 0 not at all, 1 fully.
    """

    encoder: str = "embedded"
    revision: str | None = None
    random: bool = False
    start: str | None = None
    max_subwords: int = 256
    pair_size: int = 192
    relation_head: str = "concat"
    pair_features: str = "distance"
    pairs_compete: bool = False
    attribute_head: str = "word"
    crf: bool = False
    auxiliary_adjustment: float = 0.0
    dropout: float = 0.1
    encoder_dropout: float = 0.1
    loss_weights: dict[str, float] = field(default_factory=dict)


@dataclass
class CorpusSettings:
    """An outside corpus that labels only some things.

    Attributes:
        path: its file; ``format``: how to read it (``gsr``: a folder of the event gold standard).
        mapping: a file that maps its labels to the scheme's (configs/mapping).
        weight: multiplies its share in the mix.
        dev: a file of its own that is kept for measuring; where null, the ``dev_tail`` is: the last part of its
            sentences, or of the gold standard's articles so large a part.
        limit: learn from so many of its words at most, taken evenly from the whole; 0 for all. The part kept for
            measuring is cut to its share of that.
        join_clitics: write clitics that it splits off onto their words again.
        trust_outside: take what it does not mark for negative even where its mapping says it marks names alone.
    """

    path: str = MISSING
    format: str = "conll"
    mapping: str = MISSING
    weight: float = 1.0
    dev: str | None = None
    dev_tail: float = 0.1
    limit: int = 0
    join_clitics: bool = False
    trust_outside: bool = False


@dataclass
class DataSettings:
    """What to train and measure on.

    Attributes:
        train, dev, test: files or folders of annotated articles (one path or a list of them). ``dev`` chooses the
            checkpoint, thresholds and temperatures; where it is empty these are the last one and the neutral ones.
        always: articles that every fold of a cross-validation trains on beside the rest.
        format: of those; guessed from the file endings where null.
        labels_from_data: take the entity types found in ``train`` for the scheme (any CoNLL corpus).
        join_words: sentences of a column file are joined to about so many words, for context; 0 keeps them apart.
        text: where articles annotated without their text find it.
        corpora: outside corpora to learn from besides, by name.
        temperature: of the mix; 1 draws corpora by size, more evens them out.
        replace_mentions: share of names exchanged in ``copies`` altered copies of the gold articles; 0 for none.
        names: a table of names (Arabic, PERS/ORG/LOC, tab-separated, may be .xz) to draw replacements from.
    """

    train: Any = MISSING
    dev: Any = None
    test: Any = None
    always: Any = None
    format: str | None = None
    labels_from_data: bool = False
    join_words: int = 100
    text: str | None = None
    corpora: dict[str, CorpusSettings] = field(default_factory=dict)
    temperature: float = 2.0
    windows_per_epoch: int = 0
    replace_mentions: float = 0.0
    copies: int = 1
    names: str | None = None


@dataclass
class TrainingSettings:
    """How to train; what is not named here is a ``transformers.TrainingArguments`` field under ``arguments``.

    Attributes:
        batch_size: windows of a step, over all processes (``torchrun``) together.
        hide_subwords: share of a batch's subwords replaced by the encoder's mask token.
        compile: compile the encoder, which takes a minute at first and pays in trainings of many; needs a C++ compiler.
    """

    epochs: float = 40.0
    batch_size: int = 2
    learning_rate: float = 4e-4
    head_learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    warmup: float = 0.1
    hide_subwords: float = 0.0
    bf16: bool = True
    compile: bool = False
    patience: int = 0
    evaluations: int = 5
    report_to: str = "tensorboard"
    resume: bool = True
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass
class TrainSettings:
    """Everything ``scripts/train.py`` takes.

    Attributes:
        protocol: ``single`` trains once; ``crossval`` leaves each article of ``data.train`` out in turn.
        metric: what picks the best checkpoint and early stopping watches.
        baselines: in cross-validation, also run the CRF and the majority-role baseline on the same folds.
    """

    model: ModelSettings = field(default_factory=ModelSettings)
    data: DataSettings = field(default_factory=DataSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    scheme: Any = MISSING
    name: str = "waqai"
    output: str = MISSING
    overwrite: bool = False
    protocol: str = "single"
    metric: str = "overall_f1"
    seed: int = 13
    baselines: bool = False
    calibrate: bool = True


def register() -> None:
    """Make the settings known to Hydra, under the names that configs/train.yaml extends."""
    store = ConfigStore.instance()
    store.store(name="train_settings", node=TrainSettings)
    store.store(group="model", name="settings", node=ModelSettings)
    store.store(group="data", name="settings", node=DataSettings)
    store.store(group="training", name="settings", node=TrainingSettings)
