"""What was found, in words."""

from analysis.findings.answer import Part, answer

__all__ = ["Part", "answer"]
