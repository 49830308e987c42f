"""README's commands, run as they stand there, in a folder that holds the seeds and the annotations."""

import re
import shlex
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from waqai.cli import main
from waqai.pretraining.settings import register as register_pretraining
from waqai.training.averaging import register_average
from waqai.training.settings import register

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
SHELL = [
    line.split("#")[0].strip()
    for language, block in BLOCKS
    for line in block.splitlines()
    if not language and line.startswith("waqai ")
]
[SNIPPET] = [block for language, block in BLOCKS if language == "python"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    for name in ("seeds", "annotations"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_shell_commands_work_one_after_the_other(desk, capsys):
    assert len(SHELL) >= 6
    for command in SHELL:
        assert main(shlex.split(command)[1:]) == 0, command
    assert (desk / "events.jsonl").stat().st_size > 10_000
    assert len(list((desk / "annotated").glob("*.ann"))) == len(list((desk / "annotated").glob("*.txt"))) == 5
    assert "entities" in (desk / "scores.json").read_text(encoding="utf-8")
    assert 'dir="rtl"' in (desk / "errors.html").read_text(encoding="utf-8")


def test_the_python_example_gives_events(capsys):
    exec(SNIPPET, {"texts": ["التقى وزير الدفاع الفرنسي نظيره الأميركي في باريس."]})
    assert "CONSULT" in capsys.readouterr().out


def test_files_named_in_the_tree_and_links_exist():
    tree = README.split("## The tree")[1].split("```")[1]
    folders = re.findall(r"^(\w+)/", tree, re.MULTILINE) + [
        f"src/waqai/{n}" for n in re.findall(r"^  (\w+)/", tree, re.MULTILINE)
    ]
    assert folders
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert [path for path in (*folders, *links) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("command", re.findall(r"python scripts/(\w+\.py [^`|\n]*)", README))
def test_scripts_take_the_settings_it_gives_them(command):
    name, *overrides = shlex.split(command.split("#")[0])
    register()
    register_average()
    register_pretraining()
    with initialize_config_dir(str(ROOT / "configs"), version_base="1.3"):
        compose(name.removesuffix(".py"), overrides)


def test_experiments_and_groups_it_names_exist():
    for name in re.findall(r"experiment=(\w+)", README):
        assert (ROOT / f"configs/experiment/{name}.yaml").exists(), name
    for name in re.findall(r"`model=(\w+)`|`(camelbert_mix|arabertv02|marbertv2|xlm_roberta)`", README):
        assert (ROOT / f"configs/model/{''.join(name)}.yaml").exists(), name
