"""Every setting of pretraining, typed and frozen; a misspelt key stops at composition."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from waqai.pretraining.cleaning import CleaningRules
from waqai.pretraining.duplicates import DuplicateRules
from waqai.pretraining.model import ModelShape
from waqai.pretraining.vectors import VectorSettings

NEWS = (
    "bbc_arabic_2017.txt.xz",
    "ant_jawhara_2017.txt.xz",
    "hespress_jazeera_2022.txt.xz",
    "ant_multisource_2018.txt.xz",
    "saudinewsnet_2015.txt.xz",
    "sanad_khaleej.txt.xz",
)


@dataclass(frozen=True, slots=True)
class TokenizerSettings:
    """Which subword tokenizer is trained.

    Args:
        algorithm: ``wordpiece``, ``bpe`` or ``unigram``.
        vocabulary: subwords, special ones included.
        fold_letters: fold alef/hamza, yeh and teh-marbuta variants.
        every: train on every n-th article; the counts of frequent words hardly change.
        whole_words: share of a Unigram vocabulary that is kept for frequent words, which its trainer never sees.
    """

    algorithm: str = "wordpiece"
    vocabulary: int = 16000
    fold_letters: bool = True
    every: int = 4
    whole_words: float = 0.3


@dataclass(frozen=True, slots=True)
class MaskingSettings:
    """How much is hidden: shares of subwords at the start and the end of training, linear between."""

    first: float = 0.2
    last: float = 0.15


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """How weights move.

    Args:
        name: ``muon`` (orthogonalised momentum on the layers' matrices, AdamW on the rest) or ``adamw``.
        lr: peak rate of AdamW.
        matrix_lr: peak rate of Muon, scaled to AdamW's update size.
        weight_decay: decoupled; not applied to vectors (norms, biases).
        clip: largest gradient norm.
        ema: decay of the averaged weights that are shipped; 0 ships the last ones (decay to zero averages
            already).
    """

    name: str = "muon"
    lr: float = 2e-3
    matrix_lr: float = 5e-3
    weight_decay: float = 0.05
    clip: float = 1.0
    ema: float = 0.0


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """How long training runs and how the rate moves.

    Args:
        steps: steps to train; 0 when the clock decides.
        seconds: training seconds, summed over resumptions; used when ``steps`` is 0.
        warmup: share of the budget with rising rate.
        hold: share of the budget after which the rate falls linearly to zero.
        long_from: share of the budget from which rows are ``long_length`` subwords long.
    """

    steps: int = 0
    seconds: float = 3600.0
    warmup: float = 0.02
    hold: float = 0.3
    long_from: float = 0.9


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """Shape of a step: subwords in all, row length at first and at the end."""

    subwords: int = 4096
    length: int = 128
    long_length: int = 256


@dataclass(frozen=True, slots=True)
class PretrainSettings:
    """Everything `scripts/pretrain.py` and `scripts/prepare_corpus.py` take.

    Args:
        corpora: folder that holds ``text/`` and ``ner/``.
        work: folder for the packed corpus, checkpoints and logs.
        run: name of this run, a folder under ``work``.
        corpus: name of the packed corpus, a folder under ``work``.
        files: corpus files under ``corpora/text``, in this order.
        seed: seeds weights, masking and order.
        objective: ``mlm`` (find hidden subwords) or ``rtd`` (find replaced ones).
        start: ``embedded``, folder or hub id of an encoder of this shape to start from, of whatever tokenizer; read
            once, when there is no checkpoint yet; empty starts anew.
        device: ``cpu`` or ``cuda``.
        compile: compile the step with `torch.compile`.
        threads: CPU threads; 0 leaves PyTorch's choice.
        target: folder that `scripts/export_encoder.py` fills.
        log_every: steps between lines of ``metrics.jsonl``.
        checkpoint_seconds: seconds between checkpoints.
        probe_seconds: training seconds between short probes on ANERcorp, logged to ``probes.jsonl``; 0 for none, as
            on a CPU, where a probe takes minutes.
    """

    corpora: str = "../shared/corpora"
    work: str = "work/pretraining"
    run: str = "news-modernbert-6x256"
    corpus: str = "news"
    files: tuple[str, ...] = NEWS
    seed: int = 1
    objective: str = "mlm"
    start: str = ""
    device: str = "cpu"
    compile: bool = True
    threads: int = 0
    target: str = "src/waqai/embedded/encoder"
    log_every: int = 50
    checkpoint_seconds: float = 180.0
    probe_seconds: float = 0.0
    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)
    cleaning: CleaningRules = field(default_factory=CleaningRules)
    duplicates: DuplicateRules = field(default_factory=DuplicateRules)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    model: ModelShape = field(default_factory=ModelShape)
    masking: MaskingSettings = field(default_factory=MaskingSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    batch: BatchSettings = field(default_factory=BatchSettings)


def fingerprint(settings: PretrainSettings, corpus_sha256: str) -> str:
    """Return a hash of all that a checkpoint depends on; budget, paths and logging may change."""
    recipe = {name: asdict(getattr(settings, name)) for name in ("vectors", "model", "masking", "optimizer", "batch")}
    recipe["run"] = {"seed": settings.seed, "corpus": corpus_sha256}
    if settings.objective != "mlm":
        recipe["run"]["objective"] = settings.objective
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode("utf-8")).hexdigest()[:16]


def register() -> None:
    """Make the settings known to Hydra under the name ``pretrain_schema``."""
    ConfigStore.instance().store(name="pretrain_schema", node=composable(PretrainSettings))


def composable(settings: type) -> DictConfig:
    """Return a typed schema that Hydra may override; from a frozen dataclass alone it may not."""
    schema: DictConfig = OmegaConf.structured(settings)
    _unlock(schema)
    return schema


def _unlock(node: DictConfig) -> None:
    OmegaConf.set_readonly(node, None)
    for name in node:
        child = node._get_node(name)
        if isinstance(child, DictConfig):
            _unlock(child)
