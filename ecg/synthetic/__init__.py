"""Synthetic 12-lead ECG with a known truth.

Each beat is a sum of Gaussian kernels in time, one per wave, that move the heart's dipole along the Frank axes X
(left), Y (down) and Z (back) (Sameni et al., "Multichannel ECG and Noise Modeling", EURASIP JASP 2007). Dower's
matrix turns the dipole into leads, a device records them, a reader labels them.

Twelve of the challenge's scored classes are expressed as physiology: sinus rhythm, atrial fibrillation, sinus
bradycardia and tachycardia, right and left bundle branch block, first-degree AV block, premature atrial and
ventricular contractions, left and right axis deviation, T-wave inversion. As in real corpora the classes overlap
(weak inversions, incomplete blocks, faint P waves, borderline axes), several occur together, and readers sometimes err.
"""

from ecg.synthetic.corpus import write_corpus
from ecg.synthetic.device import DEVICES, Device
from ecg.synthetic.record import SyntheticRecord, generate, synthesize

__all__ = ["DEVICES", "Device", "SyntheticRecord", "generate", "synthesize", "write_corpus"]
