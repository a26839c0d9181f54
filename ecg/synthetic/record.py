"""From a seed to a record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ecg.synthetic.device import DEVICES, Device
from ecg.synthetic.heart import draw_heart
from ecg.synthetic.projection import frontal_axis, independent_leads, twelve_leads
from ecg.synthetic.reader import read
from ecg.synthetic.rhythm import Origin, draw_beats
from ecg.synthetic.waves import dipole, draw_morphologies


@dataclass(frozen=True)
class SyntheticRecord:
    """One generated ECG.

    Attributes:
        name, device: its id and the device that recorded it.
        adc: 12 x samples, int16, in ADC units; III = II - I exactly.
        codes: SNOMED CT codes of its labels.
        age, sex: made up, without bearing on the signal.
    """

    name: str
    device: Device
    adc: np.ndarray
    codes: tuple[str, ...]
    age: int
    sex: str


def generate(
    count: int, *, seconds: float = 10.0, seed: int = 0, devices: Sequence[Device] = DEVICES
) -> Iterator[SyntheticRecord]:
    """Yield `count` records; record `i` depends on `seed` and `i` alone.

    Args:
        seconds: length of each record.
        devices: record them in turn; the heart and its labels are the same whatever records them.
    """
    for index in range(count):
        yield synthesize(index, seconds=seconds, seed=seed, devices=devices)


def synthesize(
    index: int, *, seconds: float = 10.0, seed: int = 0, devices: Sequence[Device] = DEVICES
) -> SyntheticRecord:
    """Record number `index` of the corpus `seed`."""
    rng = np.random.default_rng([seed, index])
    device = devices[index % len(devices)]
    heart = draw_heart(rng)
    beats = draw_beats(heart, seconds, rng)
    morphologies = draw_morphologies(heart, rng)
    leads = independent_leads(dipole(heart, morphologies, beats, device.times(seconds), rng))
    axis = frontal_axis(heart.rotation @ morphologies[Origin.RHYTHM].qrs_area())
    return SyntheticRecord(
        name=f"{device.prefix}{index:05d}",
        device=device,
        codes=read(heart, beats, axis, rng),
        age=int(rng.integers(20, 90)),
        sex=str(rng.choice(["Male", "Female"])),
        adc=twelve_leads(device.record(leads, rng)),
    )
