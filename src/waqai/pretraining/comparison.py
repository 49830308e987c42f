"""The probe over several corpora and seeds, as a table."""

from __future__ import annotations

import json
import logging
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hydra.core.config_store import ConfigStore

from waqai.errors import ConfigError, DataError, OutputError
from waqai.pretraining.conll import TaggedSentence, read_conll, split_tail
from waqai.pretraining.probe import FineTuning, probe
from waqai.pretraining.settings import composable

_log = logging.getLogger(__name__)
CORPORA = ("anercorp", "serif", "wojood")


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """What `scripts/probe.py` takes.

    Args:
        corpora: folder that holds ``ner/``.
        encoder: Hugging Face folder to judge.
        pretrained: false judges the same model with random weights.
        names: corpora to probe, of ``anercorp``, ``serif``, ``wojood``.
        seeds: one fine-tuning for each.
        output: JSON file the scores are added to; empty writes none.
        label: what the scores are called there.
        device: ``cpu`` or ``cuda``.
        threads: CPU threads; 0 leaves PyTorch's choice.
        tuning: how every fine-tuning trains.
        wojood_epochs: epochs for the Wojood sample, which is small.
    """

    corpora: str = "../shared/corpora"
    encoder: str = "src/waqai/embedded/encoder"
    pretrained: bool = True
    names: tuple[str, ...] = CORPORA
    seeds: tuple[int, ...] = (1, 2, 3)
    output: str = "work/pretraining/probe.jsonl"
    label: str = "embedded"
    device: str = "cpu"
    threads: int = 0
    tuning: FineTuning = field(default_factory=FineTuning)
    wojood_epochs: int = 25


@dataclass(frozen=True, slots=True)
class Score:
    """Strict F1 (0 to 100) of one corpus, a value for each seed."""

    corpus: str
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over seeds."""
        return statistics.fmean(self.values)

    @property
    def spread(self) -> float:
        """Sample standard deviation over seeds."""
        return statistics.stdev(self.values) if len(self.values) > 1 else 0.0


def load_split(corpora: Path, name: str) -> tuple[list[TaggedSentence], list[TaggedSentence]]:
    """Return training and development sentences of a probe corpus.

    ANERcorp and SERIF give the last tenth of their sentences; the Wojood sample has a development file of
    its own.

    Raises:
        ConfigError: unknown name.
        DataError: a file is missing or malformed.
    """
    ner = corpora / "ner"
    if name == "wojood":
        cut = len(read_conll(ner / "wojood_sample.train.txt"))
        both = read_conll_pair(ner / "wojood_sample.train.txt", ner / "wojood_sample.dev.txt")
        return both[:cut], both[cut:]
    if name not in CORPORA:
        raise ConfigError(f"probe corpus {name!r} is unknown; choose of {', '.join(CORPORA)}")
    return split_tail(read_conll(ner / f"{name}.train.conll"), 0.1)


def read_conll_pair(*paths: Path) -> list[TaggedSentence]:
    """Read nested files together, so that all sentences have the same layers."""
    kinds: dict[str, None] = {}
    sentences = [sentence for path in paths for sentence in read_conll(path, nested=True)]
    for sentence in sentences:
        kinds |= {tag[2:]: None for layer in sentence.layers for tag in layer if tag != "O"}
    order = sorted(kinds)
    widened = []
    for sentence in sentences:
        layers = {
            next(tag[2:] for tag in layer if tag != "O"): layer for layer in sentence.layers if set(layer) != {"O"}
        }
        outside = ("O",) * len(sentence.words)
        widened.append(TaggedSentence(sentence.words, tuple(layers.get(kind, outside) for kind in order)))
    return widened


def run_probe(settings: ProbeSettings) -> list[Score]:
    """Probe every corpus with every seed, log each score, and add them to the output file.

    Raises:
        ModelError: no encoder in the folder.
        DataError: a corpus is missing.
        OutputError: the output file cannot be written.
    """
    import torch

    if settings.threads:
        torch.set_num_threads(settings.threads)
    splits = {name: load_split(Path(settings.corpora), name) for name in settings.names}
    scores = []
    for name, (train, development) in splits.items():
        if not train or not development:
            raise DataError(f"probe corpus {name} is empty")
        tuning = settings.tuning
        if name == "wojood":
            tuning = FineTuning(**(asdict(tuning) | {"epochs": settings.wojood_epochs}))
        values = []
        for seed in settings.seeds:
            values.append(
                probe(
                    Path(settings.encoder),
                    train,
                    development,
                    tuning,
                    seed,
                    settings.pretrained,
                    settings.device,
                )
            )
            _log.info("%s %s seed %d: strict F1 %.2f", settings.label, name, seed, values[-1])
        scores.append(Score(name, tuple(values)))
        _log.info(
            "%s %s: %.2f ± %.2f",
            settings.label,
            name,
            scores[-1].mean,
            scores[-1].spread,
        )
        _append(settings, scores[-1])
    return scores


def _append(settings: ProbeSettings, score: Score) -> None:
    if not settings.output:
        return
    record = {
        "label": settings.label,
        "pretrained": settings.pretrained,
        "corpus": score.corpus,
    }
    record |= {
        "mean": score.mean,
        "spread": score.spread,
        "values": score.values,
        "tuning": asdict(settings.tuning),
    }
    try:
        path = Path(settings.output)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")
    except OSError as error:
        raise OutputError(f"cannot write {settings.output}: {error.strerror}; set `output` to another file") from error


def register_probe() -> None:
    """Make the settings known to Hydra under the name ``probe_schema``."""
    ConfigStore.instance().store(name="probe_schema", node=composable(ProbeSettings))
