"""Options that several commands share."""

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from models.plugins import PLUGINS
from models.training.recipe import Precision, Scoring
from search.cli import completion
from search.cli.amounts import parse_amount

_SOONEST_REVIEW = 5  # trials

Storage = Annotated[
    str | None,
    typer.Option(
        help="postgresql:// URL of the database; default: the environment's ECGSCALE_STORAGE, "
        "else the embedded Postgres.",
        metavar="URL",
        show_default=False,
    ),
]
StudyName = Annotated[
    str, typer.Argument(help="Name of the study.", metavar="NAME", autocompletion=completion.study_names)
]
NewName = Annotated[str, typer.Argument(help="Name of the study.", metavar="NAME")]
MovedStore = Annotated[
    Path | None,
    typer.Option(help="The study's record store, if it lies elsewhere on this machine.", show_default=False),
]


def _load_plugins(context: typer.Context, names: list[str] | None) -> list[str]:
    """Load the user's own families, here and in every process that this one starts."""
    if context.resilient_parsing:  # somebody pressed TAB
        return []
    from models.plugins import PluginError, load_plugin

    everywhere = [name for name in os.environ.get(PLUGINS, "").split(os.pathsep) if name]
    wanted = [str(Path(name).resolve()) if name.endswith(".py") else name for name in [*everywhere, *(names or [])]]
    for name in wanted:
        if not name or os.pathsep in name:
            raise PluginError(
                f"a plugin is a Python file or a module without {os.pathsep!r} in its name, but got {name!r}"
            )
        load_plugin(name)
    if wanted:
        os.environ[PLUGINS] = os.pathsep.join(wanted)
    return wanted


Plugin = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        help="Python file or module with families of your own, besides those of the environment's ECGSCALE_PLUGIN; "
        "repeat it for several.",
        callback=_load_plugins,
        metavar="FILE",
        show_default=False,
    ),
]
EPOCHS_HELP = "Epochs of every training."
SCORING_HELP = "With --crop: a record's probabilities are the mean over the whole, or those of its centre."
Epochs = Annotated[int, typer.Option(min=1, help=EPOCHS_HELP)]
BatchSize = Annotated[int | None, typer.Option(min=2, help="Records per step of every training.", show_default=False)]
PrecisionName = Annotated[
    Precision | None, typer.Option("--precision", help="Arithmetic of every training.", show_default=False)
]
Crop = Annotated[
    float | None,
    typer.Option(
        help="Seconds that networks see of a record, cut anew at random in each epoch; default: all of it.",
        show_default=False,
    ),
]
ScoringName = Annotated[Scoring, typer.Option("--scoring", help=SCORING_HELP)]
Compiled = Annotated[
    bool,
    typer.Option(
        "--compile", help="Let torch.compile make the kernels: half a minute more per network, worth it on some GPUs."
    ),
]
Device = Annotated[
    str | None,
    typer.Option(help="Where to train: cpu, cuda, cuda:1; default: the first GPU, or the CPU.", show_default=False),
]
Reference = Annotated[
    list[str] | None,
    typer.Option(
        help="Corner of the hypervolume for one objective, as flops=1e9; repeat it for several. Default: the median of "
        "a score, the maximum of a cost.",
        metavar="OBJECTIVE=VALUE",
        show_default=False,
    ),
]
Narrow = Annotated[
    str | None,
    typer.Option(
        help="Look every so many finished trials whether part of the space can be cut, or has to be given back.",
        metavar="every=N",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


def quoted(name: str) -> str:
    """A study's name as one types it in a shell."""
    return shlex.quote(name)


def parse_narrow(given: str | None) -> int | None:
    """
    Raises:
        ConfigError: not of the form every=N, or a review so often would rest on too few new trials.
    """
    from search.errors import ConfigError

    if given is None:
        return None
    count = given.removeprefix("every=")
    if count == given or not count.isascii() or not count.isdigit() or int(count) < _SOONEST_REVIEW:
        raise ConfigError(
            f"a study narrows its space every=N finished trials, N from {_SOONEST_REVIEW} on, for instance every=25, "
            f"but got {given!r}"
        )
    return int(count)


def parse_reference(given: list[str] | None) -> dict[str, float]:
    """
    Raises:
        ConfigError: not of the form OBJECTIVE=VALUE with a number, or an objective is named twice.
    """
    from search.errors import ConfigError

    reference: dict[str, float] = {}
    for text in given or []:
        name, _, value = text.rpartition("=")
        try:
            at = parse_amount(value)
        except ConfigError:
            name = ""
        if not name:
            raise ConfigError(f"a reference is OBJECTIVE=VALUE, for instance flops=1e9, but got {text!r}")
        if name in reference:
            raise ConfigError(f"a reference has one value for each objective, but got {name} twice; leave one out")
        reference[name] = at
    return reference
