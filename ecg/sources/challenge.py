"""The layout of the PhysioNet/CinC challenges: folders of .hea with .mat or .dat, SNOMED CT codes in the header."""

from pathlib import Path

from ecg.labels import CHALLENGE
from ecg.record import Record, plausible_age
from ecg.sources.wfdb_file import read_wfdb

_SEX = {"m": "M", "male": "M", "f": "F", "female": "F"}


class ChallengeCorpus:
    """A folder tree of challenge records; the first folder below `training` (or the root) names the source."""

    layout = "challenge"
    vocabulary = CHALLENGE

    def __init__(self, root: Path) -> None:
        self._root = root

    @staticmethod
    def recognises(root: Path) -> bool:
        return next(root.rglob("*.hea"), None) is not None

    def entries(self) -> list[str]:
        return sorted(path.relative_to(self._root).as_posix() for path in self._root.rglob("*.hea"))

    def read(self, entry: str) -> Record:
        path = Path(entry)
        wfdb = read_wfdb((self._root / path).with_suffix(""))
        said = _comments(wfdb.comments)
        return Record(
            name=path.stem,
            signal=wfdb.signal,
            rate=wfdb.rate,
            labels=CHALLENGE.positions(code.strip() for code in said.get("dx", "").split(",")),
            source=self._source(path),
            patient=path.stem,
            age=plausible_age(said.get("age", "")),
            sex=_SEX.get(said.get("sex", "").lower(), ""),
        )

    def _source(self, path: Path) -> str:
        folders = [folder for folder in path.parts[:-1] if folder != "training"]
        return folders[0] if folders else self._root.resolve().name


def _comments(lines: tuple[str, ...]) -> dict[str, str]:
    pairs = (line.lstrip("# ").partition(":") for line in lines)
    return {key.strip().lower(): value.strip() for key, colon, value in pairs if colon}
