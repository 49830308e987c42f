"""The joint model over every kind of encoder the configs name, as the hub would serve it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from model_fixtures import ENCODER_KINDS
from waqai.bundle import Bundle
from waqai.decoding import Annotator, DecodingSettings
from waqai.encoding import LabelSpace, encode_documents, make_batch
from waqai.errors import ConfigError, ModelError
from waqai.models.configuration import JointConfig
from waqai.models.engine import TorchEngine
from waqai.models.heads import RelationHead, TaggingHeads, pool_words
from waqai.models.joint import JointModel
from waqai.models.loading import load_encoder, load_joint_model, save_bundle
from waqai.schema import Document, Scheme
from waqai.training.batching import Collator
from waqai.training.features import FeatureBuilder
from waqai.training.mapping import Coverage
from waqai.training.run import build_model

Folder = Callable[[str], Path]


@pytest.mark.parametrize("kind", ENCODER_KINDS)
def test_every_kind_of_encoder_trains_saves_and_loads(
    kind: str,
    encoder_folder: Folder,
    quick_settings: Callable[..., Any],
    scheme: Scheme,
    gold: list[Document],
    tmp_path: Path,
) -> None:
    encoder = load_encoder(str(encoder_folder(kind)))
    settings = quick_settings(tmp_path, encoder=str(encoder_folder(kind)))
    model = build_model(settings, scheme, encoder)
    labels = LabelSpace(scheme)
    windows = FeatureBuilder(labels, encoder.tokenizer, 96).build(gold, Coverage.full(scheme))
    batch = Collator(encoder.tokenizer, [])(windows)
    losses = model(**batch)
    losses["loss"].backward()
    assert {name for name in losses if name != "loss"} == {
        "entities_loss", "triggers_loss", "modes_loss", "auxiliaries_loss", "pairs_loss",
    }  # fmt: skip
    silent = [name for name, p in model.named_parameters() if p.grad is None and "pooler" not in name]
    assert silent == []
    save_bundle(model, encoder.tokenizer, Bundle("tiny", scheme, 96, encoder.tokenizer.pad_id), tmp_path)
    again, bundle, tokenizer = load_joint_model(tmp_path)
    assert torch.equal(again.allowed, model.allowed)
    pair = [
        Annotator(TorchEngine(one), words, labels, DecodingSettings(), 96)
        for one, words in ((model, encoder.tokenizer), (again, tokenizer))
    ]
    assert bundle.name == "tiny"
    scores = [annotator.score(gold)[0][1] for annotator in pair]
    for name in ("entities", "triggers", "modes", "auxiliaries", "states"):
        np.testing.assert_array_equal(*(getattr(score, name) for score in scores))


def test_padding_changes_nothing(
    encoder_folder: Folder, quick_settings: Callable[..., Any], scheme: Scheme, tmp_path: Path
) -> None:
    encoder = load_encoder(str(encoder_folder("xlm-roberta-unigram")))
    engine = TorchEngine(build_model(quick_settings(tmp_path), scheme, encoder))
    documents = [Document("a", "في باريس"), Document("b", "التقى وزير الدفاع الفرنسي نظيره الأميركي في باريس الأربعاء")]
    encoded = encode_documents(documents, encoder.tokenizer, 96)
    both = engine.tag(make_batch([(one, one.windows[0]) for one in encoded], encoder.tokenizer))
    alone = engine.tag(make_batch([(encoded[0], encoded[0].windows[0])], encoder.tokenizer))
    np.testing.assert_allclose(both.entities[:2], alone.entities, atol=1e-5)


def test_a_word_is_the_mean_of_its_subwords() -> None:
    subwords = torch.arange(10.0).reshape(1, 5, 2)
    words = pool_words(subwords, torch.tensor([[-1, 0, 0, 1, -1]]), 3)
    assert words.tolist() == [[[3.0, 4.0], [6.0, 7.0], [0.0, 0.0]]]


PAIR_HEADS = [("concat", "distance"), ("concat", "context"), ("biaffine", "distance"), ("biaffine", "context")]


def _pair_head(
    scheme: Scheme, kind: str, features: str, compete: bool = False
) -> tuple[RelationHead, tuple[torch.Tensor, ...]]:
    torch.manual_seed(3)
    head = RelationHead(16, LabelSpace(scheme), 8, kind, 0.0, features, compete).eval()
    states = torch.randn(12, 16)
    spans = torch.tensor([[0, 1, 2], [4, 4, 30], [5, 9, 3], [6, 6, 4]])
    pairs = torch.tensor([[1, 0, 3, 1], [1, 2, 8, 0], [2, 3, 6, 0], [3, 2, 6, 0]])
    return head, (states, spans, pairs)


@pytest.mark.parametrize(("kind", "features"), PAIR_HEADS)
def test_a_pair_is_scored_the_same_whatever_is_asked_beside_it(scheme: Scheme, kind: str, features: str) -> None:
    head, (states, spans, pairs) = _pair_head(scheme, kind, features)
    together = head(states, spans, pairs)
    assert together.shape == (4, len(scheme.pair_types))
    for row in range(4):
        torch.testing.assert_close(head(states, spans, pairs[row : row + 1])[0], together[row])


def test_pairs_that_compete_see_those_of_their_mentions_alone(scheme: Scheme) -> None:
    head, (states, spans, pairs) = _pair_head(scheme, "concat", "distance", compete=True)
    together = head(states, spans, pairs)
    # 1 -> 0 shares a mention's place with 1 -> 2 and with no other; a pair that shares none changes nothing.
    torch.testing.assert_close(head(states, spans, pairs[[0, 1, 3]])[0], together[0])
    assert not torch.allclose(head(states, spans, pairs[[0, 2, 3]])[0], together[0])


@pytest.mark.parametrize("kind", ["concat", "biaffine"])
def test_the_context_of_a_pair_is_read_only_where_asked_for(scheme: Scheme, kind: str) -> None:
    for features, differs in (("distance", False), ("context", True)):
        head, (states, spans, pairs) = _pair_head(scheme, kind, features)
        elsewhere = pairs.clone()
        elsewhere[0, 3] = 2  # two sentences back
        changed = (head(states, spans, elsewhere) != head(states, spans, pairs)).any(1)
        assert changed.tolist() == [differs, False, False, False]
        crowded = torch.cat([spans, torch.tensor([[3, 3, 5]])])  # one more mention between the first pair's two
        changed = (head(states, crowded, pairs) != head(states, spans, pairs)).any(1)
        assert changed.tolist() == [differs, False, False, False]


def test_the_words_between_are_read_exactly_in_half_precision(scheme: Scheme) -> None:
    head, (states, spans, pairs) = _pair_head(scheme, "concat", "distance")
    behind = torch.full((900, 16), 7.0)  # a batch's earlier words, whose running sum outgrows bf16
    far = spans + torch.tensor([900, 900, 0])
    with torch.autocast("cpu", torch.bfloat16):
        near, late = (head(s.bfloat16(), m, pairs) for s, m in ((states, spans), (torch.cat([behind, states]), far)))
    torch.testing.assert_close(near, late, atol=1e-3, rtol=1e-3)


def test_an_attribute_may_be_read_from_the_words_around(scheme: Scheme) -> None:
    torch.manual_seed(1)
    words, real = torch.randn(2, 6, 16), torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    elsewhere = words.clone()
    elsewhere[0, 1] += 1.0
    elsewhere[1, 5] += 1.0  # padding
    for attributes in ("word", "attention"):
        heads = TaggingHeads(16, LabelSpace(scheme), 0.0, attributes).eval()
        before, after = heads(words, real), heads(elsewhere, real)
        moved = [(a != b).flatten(2).any(-1)[0].tolist() for a, b in zip(before, after, strict=True)]
        alone = [False, True, False, False, False, False]
        assert moved[:2] == [alone, alone]  # entities and triggers
        assert moved[2:] == ([alone, alone] if attributes == "word" else [[True] * 6, [True] * 6])
        torch.testing.assert_close(after[3][1, :4], before[3][1, :4])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"relation_head": "triaffine"}, "relation_head is one of concat, biaffine"),
        ({"pair_features": "all"}, "pair_features is one of"),
        ({"attribute_head": "mean"}, "attribute_head is one of"),
        ({"relation_head": "biaffine", "pairs_compete": True}, "pairs_compete needs"),
    ],
)
def test_a_head_that_is_not_known_is_refused(
    changes: dict,
    message: str,
    encoder_folder: Folder,
    quick_settings: Callable[..., Any],
    scheme: Scheme,
    tmp_path: Path,
) -> None:
    encoder = load_encoder(str(encoder_folder("bert-wordpiece")))
    with pytest.raises(ConfigError, match=message):
        build_model(quick_settings(tmp_path, **changes), scheme, encoder)


def _copy(source: Path, target: Path, **changes: str | bytes | None) -> Path:
    shutil.copytree(source, target)
    for name, content in changes.items():
        path = target / name.replace("__", ".")
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return target


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"config__json": None}, "cannot load the encoder in"),
        ({"config__json": "{"}, "cannot load the encoder in"),
        ({"config__json": '{"model_type": "nonesuch"}'}, "cannot load the encoder in"),
        ({"model__safetensors": None}, "cannot load the encoder in"),
        ({"model__safetensors": b"\0" * 40}, "cannot load the encoder in"),
    ],
)
def test_a_broken_encoder_is_one_clear_error(
    encoder_folder: Folder, tmp_path: Path, changes: dict, message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        load_encoder(str(_copy(encoder_folder("bert-wordpiece"), tmp_path / "encoder", **changes)))


def test_weights_that_are_no_safetensors_are_refused(tmp_path: Path, encoder_folder: Folder) -> None:
    folder = _copy(encoder_folder("bert-wordpiece"), tmp_path / "encoder", model__safetensors=None)
    torch.save(BertModel(BertConfig.from_pretrained(folder)).state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot load the encoder in"):
        load_encoder(str(folder))


def test_code_from_the_hub_is_not_run(tmp_path: Path, encoder_folder: Folder) -> None:
    config = '{"model_type": "mine", "auto_map": {"AutoConfig": "evil.C", "AutoModel": "evil.M"}}'
    folder = _copy(encoder_folder("bert-wordpiece"), tmp_path / "encoder", config__json=config)
    (folder / "evil.py").write_text("raise SystemExit('code was run')")
    with pytest.raises(ModelError, match="cannot load the encoder in"):
        load_encoder(str(folder))


def test_a_hub_id_without_a_connection_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="model.encoder=embedded"):
        load_encoder("waqai-tests/no-such-encoder", revision="main")


def test_an_encoder_may_start_from_scratch(encoder_folder: Folder) -> None:
    folder = str(encoder_folder("bert-wordpiece"))
    plain, fresh = load_encoder(folder), load_encoder(folder, random=True)
    weights = [one.model.embeddings.word_embeddings.weight for one in (plain, fresh)]  # type: ignore[union-attr]
    assert weights[0].shape == weights[1].shape
    assert not torch.equal(*weights)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"waqai__json": None}, "holds no waqai.json"),
        ({"waqai__json": "{"}, "is broken"),
        ({"waqai__json": "[]"}, "is broken"),
        ({"waqai__json": '{"format": 99}'}, "reads format 1"),
        ({"waqai__json": '{"format": 1}'}, "is broken"),
        ({"tokenizer__json": None}, "tokenizer.json is missing"),
        ({"model__safetensors": None}, "holds no model.safetensors"),
        ({"model__safetensors": b"\0" * 40}, "is broken"),
        ({"config__json": "{"}, "is broken"),
    ],
)
def test_a_broken_bundle_is_one_clear_error(trained: Any, tmp_path: Path, changes: dict, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        load_joint_model(_copy(trained.folder, tmp_path / "model", **changes))


def test_weights_that_lack_a_head_are_no_model(trained: Any, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = _copy(trained.folder, tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    del weights["tagging.triggers.weight"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks tagging\.triggers\.weight"):
        load_joint_model(folder)


def test_a_missing_folder_says_what_may_stand_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="name a model folder, a hub id, or nothing"):
        Bundle.read(tmp_path / "nowhere")


def test_a_bundle_reads_back_as_it_was_written(scheme: Scheme, tmp_path: Path) -> None:
    settings = DecodingSettings(0.5, -0.5, 0.4, 0.6, {"pairs": 1.2})
    bundle = Bundle("نموذج 1", scheme, 192, 3, settings, {"seed": 13})
    bundle.save(tmp_path)
    assert Bundle.read(tmp_path) == bundle


def test_the_configuration_survives_its_file(scheme: Scheme, tmp_path: Path) -> None:
    config = JointConfig(
        encoder=BertConfig(hidden_size=48).to_dict(), scheme=scheme.to_dict(), loss_weights={"pairs": 2.0}
    )
    config.save_pretrained(tmp_path)
    again = JointConfig.from_pretrained(tmp_path)
    assert again.read_scheme().entities == scheme.entities
    assert set(again.read_scheme().pair_types) == set(scheme.pair_types)  # its order is lost: see the next test
    assert (again.encoder_config().hidden_size, again.loss_weights) == (48, {"pairs": 2.0})


def test_labels_keep_their_numbers_through_a_folder(trained: Any, scheme: Scheme) -> None:
    model, bundle, _ = load_joint_model(trained.folder)
    assert model.labels == bundle.labels == LabelSpace(scheme)


def test_a_scheme_of_names_alone_makes_a_model_without_triggers(
    tmp_path: Path, encoder_folder: Folder, quick_settings: Callable[..., Any]
) -> None:
    scheme = Scheme("names", 1, ("LOC", "PERS"), (), (), (), ())
    encoder = load_encoder(str(encoder_folder("bert-wordpiece")))
    model: JointModel = build_model(quick_settings(tmp_path), scheme, encoder)
    annotator = Annotator(TorchEngine(model), encoder.tokenizer, LabelSpace(scheme), max_subwords=96)
    [document] = annotator.annotate([Document("a", "في باريس الأربعاء")])
    assert (document.triggers, document.relations) == ((), ())
