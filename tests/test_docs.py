"""The guides' commands, run in their order as a reader types them, over the files they tell one to save.

What a guide shows in a block of `text` is what its commands print: each line is looked for in their output, where
"..." stands for anything.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WARM = ROOT / "tests" / "warm_ecgscale.py"
GUIDES = ROOT / "docs"
PACKAGES = ("analysis", "ecg", "models", "search", "storage")
FIRST_STEPS = "ecgscale data synth --out corpus --records 120\necgscale data prepare corpus --out store\n"
OWN_FIRST_STEPS = "index"  # the guide in which they are run; the others find what they make


def _blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def _script(text, folder):
    """A guide's commands, then its unnamed Python; what it tells one to save is in `folder`."""
    saved = dict(re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", text, re.DOTALL))
    unnamed = [code for code in _blocks(text, "python") if code not in saved.values()]
    examples = {f"example{number}.py": code for number, code in enumerate(unnamed)}
    for name, code in (saved | examples).items():
        (folder / name).write_text(code)
    return "".join([*_blocks(text, "sh"), *(f"python {name}\n" for name in examples)])


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """A folder for the PATH, whose `ecgscale` is a fork of a process that has imported everything."""
    folder = tmp_path_factory.mktemp("bin")
    script = f'#!/bin/sh\nexec {sys.executable} -S -E {WARM} run {folder / "socket"} "$@"\n'
    (folder / "ecgscale").write_text(script)
    (folder / "ecgscale").chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-P", str(WARM), "serve", str(folder / "socket")], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout.readline() == "ready\n"
        yield folder
        server.kill()


def _run(script, folder, commands):
    """The finished process, with both streams in its output."""
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-ex"],
        input=script,
        cwd=folder,
        env=os.environ | {"PATH": path, "ECGSCALE_HOME": str(folder / "home"), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _pattern(line):
    """The line as a regular expression: "..." is anything, blanks are any blanks."""
    return r"\s+".join(re.escape(word).replace(re.escape("..."), ".*") for word in line.split())


@pytest.mark.parametrize("guide", [path.stem for path in sorted(GUIDES.glob("*.md")) if "```sh" in path.read_text()])
def test_a_guide_can_be_followed_and_shows_what_is_printed(guide, commands, corpus, store, tmp_path):
    text = (GUIDES / f"{guide}.md").read_text()
    script = _script(text, tmp_path)
    if guide != OWN_FIRST_STEPS and script.startswith(FIRST_STEPS):
        shutil.copytree(corpus, tmp_path / "corpus")
        shutil.copytree(store.path, tmp_path / "store")
        script = script.removeprefix(FIRST_STEPS)
    done = _run(script, tmp_path, commands)
    assert done.returncode == 0, done.stdout
    shown = [line for block in _blocks(text, "text") for line in block.splitlines() if line.strip()]
    assert [line for line in shown if not re.search(_pattern(line), done.stdout)] == [], done.stdout


def test_the_steps_that_other_guides_skip_are_run_by_one():
    assert FIRST_STEPS in "".join(_blocks((GUIDES / f"{OWN_FIRST_STEPS}.md").read_text(), "sh"))


def test_the_guide_explains_every_number_of_every_family():
    from models import list_families
    from models.registry import number_names

    tables = [block for block in (GUIDES / "families.md").read_text().split("\n\n") if block.startswith("| `")]
    explained = {names[0]: set(names) for names in (re.findall(r"`(\w+)`", table) for table in tables)}
    for family in list_families():
        assert set(number_names(family)) <= explained[family], family


def test_messages_that_the_guide_does_not_provoke_are_the_products():
    rare = (GUIDES / "troubleshooting.md").read_text().split("## Less often")[1]
    messages = re.findall(r"^\| `(.+?)` \|", rare, re.MULTILINE)
    parts = [part.strip() for message in messages for part in message.split("...") if part.strip()]
    said = _literals()
    assert parts
    assert [part for part in parts if not any(part in text for text in said)] == []


def _literals():
    """Every piece of text in our own code, adjacent ones joined."""
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text())))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
