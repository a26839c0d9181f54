"""From a recording in millivolt to normalised windows, and what looks wrong on the way."""

from ecg.signal.preprocessing import Preprocessing, Windows, windows

__all__ = ["Preprocessing", "Windows", "windows"]
