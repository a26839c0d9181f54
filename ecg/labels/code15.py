"""The six abnormalities of CODE (Ribeiro et al., Nature Communications 11:1760, 2020)."""

from ecg.labels.vocabulary import CONDUCTION, INTERVAL, RHYTHM, Label, Vocabulary

CODE15 = Vocabulary(
    "code15",
    (
        Label("1dAVb", ("1dAVb",), "first-degree AV block", INTERVAL),
        Label("RBBB", ("RBBB",), "right bundle branch block", CONDUCTION),
        Label("LBBB", ("LBBB",), "left bundle branch block", CONDUCTION),
        Label("SB", ("SB",), "sinus bradycardia", RHYTHM),
        Label("ST", ("ST",), "sinus tachycardia", RHYTHM),
        Label("AF", ("AF",), "atrial fibrillation", RHYTHM),
    ),
)
