"""The ground every package stands on: the version and the exception tree.

EcgscaleError
|-- InputError   what the user gave cannot be used; the command ends with exit code 2
`-- RunError     what was asked could not be carried out; the command ends with exit code 1

Each message is one sentence or two: the value, the rule, the remedy.
"""

__version__ = "0.1.0"


class EcgscaleError(Exception):
    """Root of every error that ecgscale raises on purpose."""

    exit_code = 1


class InputError(EcgscaleError):
    """Something the user gave (a path, a name, a number, a file's content) cannot be used."""

    exit_code = 2


class RunError(EcgscaleError):
    """A run failed although its input was fine."""
