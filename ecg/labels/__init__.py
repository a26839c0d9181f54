"""Label vocabularies: those of the published corpora, and what a vocabulary is."""

from ecg.labels.challenge import CHALLENGE
from ecg.labels.code15 import CODE15
from ecg.labels.vocabulary import Label, Vocabulary, plain_vocabulary

VOCABULARIES = {vocabulary.name: vocabulary for vocabulary in (CHALLENGE, CODE15)}

__all__ = ["CHALLENGE", "CODE15", "VOCABULARIES", "Label", "Vocabulary", "plain_vocabulary"]
