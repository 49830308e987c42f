"""The probe reads corpora strictly and scores an encoder end to end; the configuration files compose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.errors import ConfigCompositionException
from omegaconf import OmegaConf

from waqai.errors import ConfigError, DataError, ModelError
from waqai.pretraining.comparison import ProbeSettings, load_split, register_probe, run_probe
from waqai.pretraining.conll import TaggedSentence, read_conll, split_tail
from waqai.pretraining.probe import FineTuning, probe
from waqai.pretraining.run import pretrain
from waqai.pretraining.settings import PretrainSettings, register
from waqai.pretraining.shipping import export_encoder

CONFIGS = Path(__file__).parents[2] / "configs"


def test_flat_corpora_have_one_layer_and_orphans_are_repaired(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("زار\tO\nباراك\tI-PER\nأوباما\tI-PER\n\nبغداد\tB-LOC\n", encoding="utf-8")
    assert read_conll(tmp_path / "a.conll") == [
        TaggedSentence(("زار", "باراك", "أوباما"), (("O", "B-PER", "I-PER"),)),
        TaggedSentence(("بغداد",), (("B-LOC",),)),
    ]


def test_nested_corpora_have_a_layer_for_each_type(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("بلدية B-ORG\nطولكرم B-GPE I-ORG\n", encoding="utf-8")
    (sentence,) = read_conll(tmp_path / "a.txt", nested=True)
    assert sentence.layers == (("O", "B-GPE"), ("B-ORG", "I-ORG"))


def test_wojood_files_share_their_layers(tmp_path: Path) -> None:
    (tmp_path / "ner").mkdir()
    (tmp_path / "ner/wojood_sample.train.txt").write_text("بلدية B-ORG\n\nقال O\n", encoding="utf-8")
    (tmp_path / "ner/wojood_sample.dev.txt").write_text("بغداد B-GPE\n", encoding="utf-8")
    train, development = load_split(tmp_path, "wojood")
    assert (len(train), len(development)) == (2, 1)
    assert development[0].layers == (("B-GPE",), ("O",))


def test_the_tail_is_the_development_data() -> None:
    sentences = [TaggedSentence((str(number),), (("O",),)) for number in range(20)]
    train, development = split_tail(sentences, 0.1)
    assert [sentence.words[0] for sentence in development] == ["18", "19"]
    assert len(train) == 18


def test_bad_corpora_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.conll").write_text("زار O\nبغداد\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.conll:2: expected a word and its tag"):
        read_conll(tmp_path / "a.conll")
    with pytest.raises(DataError, match="does not exist"):
        read_conll(tmp_path / "b.conll")
    with pytest.raises(ConfigError, match="unknown"):
        load_split(tmp_path, "conll2003")


def sentences_of(count: int) -> list[TaggedSentence]:
    pattern = (("زار", "O"), ("الرئيس", "O"), ("أوباما", "B-PER"), ("بغداد", "B-LOC"), ("اليوم", "O"))
    words, tags = zip(*pattern, strict=True)
    return [TaggedSentence(words, (tags,))] * count


@pytest.fixture
def encoder(settings: PretrainSettings) -> Path:
    """The folder of a tiny encoder."""
    pretrain(settings)
    work = Path(settings.work)
    export_encoder(work / "tiny", work / "news/tokenizer.json", work / "encoder")
    return work / "encoder"


@pytest.mark.parametrize("pretrained", [True, False])
def test_an_encoder_learns_what_is_plain(encoder: Path, pretrained: bool) -> None:
    tuning = FineTuning(epochs=8, subwords=64, lr=1e-2, dropout=0.0, hidden_words=0.0, bf16=False)
    first, second = (probe(encoder, sentences_of(40), sentences_of(3), tuning, 1, pretrained) for _ in range(2))
    assert first == second == 100.0


def test_words_beyond_the_longest_input_count_as_missed(encoder: Path) -> None:
    tuning = FineTuning(epochs=8, subwords=64, lr=1e-2, dropout=0.0, hidden_words=0.0, bf16=False, longest=10)
    (sentence,) = sentences_of(1)
    long = TaggedSentence(sentence.words * 4, (sentence.layers[0] * 4,))
    assert 0.0 < probe(encoder, sentences_of(40), [long], tuning, 1) < 60.0


def test_scores_are_written_with_mean_and_spread(encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "ner").mkdir()
    text = "\n".join("زار O\nأوباما B-PER\nبغداد B-LOC\n" for _ in range(20))
    (tmp_path / "ner/anercorp.train.conll").write_text(text, encoding="utf-8")
    output = tmp_path / "scores.jsonl"
    tuning = FineTuning(epochs=1, subwords=64)
    choice = ProbeSettings(
        corpora=str(tmp_path),
        encoder=str(encoder),
        names=("anercorp",),
        seeds=(1, 2),
        output=str(output),
        tuning=tuning,
    )
    (score,) = run_probe(choice)
    assert len(score.values) == 2
    assert score.mean == pytest.approx(sum(score.values) / 2)
    assert output.read_text(encoding="utf-8").count("anercorp") == 1
    with pytest.raises(ModelError, match="holds no encoder"):
        run_probe(replace(choice, encoder=str(tmp_path / "nothing")))


@pytest.mark.parametrize("name", [None, *sorted(path.stem for path in (CONFIGS / "pretrain").glob("*.yaml"))])
def test_configurations_compose(name: str | None) -> None:
    register()
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        config = compose("pretrain", [f"+pretrain={name}"] if name else [])
        settings = OmegaConf.to_object(config)
        assert isinstance(settings, PretrainSettings)
        with pytest.raises(ConfigCompositionException):
            compose("pretrain", ["optimizer.larning_rate=1"])


def test_the_probe_configuration_composes() -> None:
    register_probe()
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        assert isinstance(OmegaConf.to_object(compose("probe", ["seeds=[4]"])), ProbeSettings)
