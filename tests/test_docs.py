"""The guides' commands, run in their order as a reader types them, over the files they tell one to save."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDES = Path(__file__).resolve().parents[1] / "docs"


def _blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(
    "guide", [path for path in sorted(GUIDES.glob("*.md")) if "```sh" in path.read_text()], ids=str
)
def test_a_guide_can_be_followed(guide, tmp_path):
    text = guide.read_text()
    saved = dict(re.findall(r"`([\w.]+)`:\n\n```python\n(.*?)```", text, re.DOTALL))
    others = [code for code in _blocks(text, "python") if code not in saved.values()]
    saved |= {f"example{number}.py": code for number, code in enumerate(others)}
    for name, code in saved.items():
        (tmp_path / name).write_text(code)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-ex"],
        input="".join([*_blocks(text, "sh"), *(f"python example{number}.py\n" for number in range(len(others)))]),
        cwd=tmp_path,
        env=os.environ | {"PATH": path, "ECGSCALE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guide_explains_every_number_of_every_family():
    from models import list_families
    from models.registry import number_names

    tables = [block for block in (GUIDES / "families.md").read_text().split("\n\n") if block.startswith("| `")]
    explained = {names[0]: set(names) for names in (re.findall(r"`(\w+)`", table) for table in tables)}
    for family in list_families():
        assert set(number_names(family)) <= explained[family], family
