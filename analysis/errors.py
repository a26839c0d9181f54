"""What can be wrong with what is to be analysed."""

from ecgscale import InputError


class AnalysisError(InputError):
    """A table, or what is asked of it, cannot be analysed; the message names the value, the rule and the remedy."""
