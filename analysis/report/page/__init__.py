"""The report as one self-contained page."""

from analysis.report.page.render import render_page

__all__ = ["render_page"]
