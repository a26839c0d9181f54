"""Corpora on disk. Each layout is one file that offers a `Corpus`; `open_corpus` recognises which one a folder is."""

from ecg.sources.corpus import Corpus, layouts, open_corpus

__all__ = ["Corpus", "layouts", "open_corpus"]
