"""The 26 scored classes of the PhysioNet/CinC 2021 challenge, in the order of its weight matrix.

Reyna et al., "Will Two Do? Varying Dimensions in Electrocardiography", CinC 2021.
"""

from ecg.labels.vocabulary import AXIS, CONDUCTION, INTERVAL, OTHER, RHYTHM, Label, Vocabulary

CHALLENGE = Vocabulary(
    "challenge2021",
    (
        Label("AF", ("164889003",), "atrial fibrillation", RHYTHM),
        Label("AFL", ("164890007",), "atrial flutter", RHYTHM),
        Label("BBB", ("6374002",), "bundle branch block", CONDUCTION),
        Label("Brady", ("426627000",), "bradycardia", RHYTHM),
        Label("LBBB", ("733534002", "164909002"), "(complete) left bundle branch block", CONDUCTION),
        Label("RBBB", ("713427006", "59118001"), "(complete) right bundle branch block", CONDUCTION),
        Label("IAVB", ("270492004",), "first-degree AV block", INTERVAL),
        Label("IRBBB", ("713426002",), "incomplete right bundle branch block", CONDUCTION),
        Label("LAD", ("39732003",), "left axis deviation", AXIS),
        Label("LAnFB", ("445118002",), "left anterior fascicular block", CONDUCTION),
        Label("LPR", ("164947007",), "prolonged PR interval", INTERVAL),
        Label("LQRSV", ("251146004",), "low QRS voltages", OTHER),
        Label("LQT", ("111975006",), "prolonged QT interval", INTERVAL),
        Label("NSIVCB", ("698252002",), "non-specific intraventricular conduction disorder", CONDUCTION),
        Label("NSR", ("426783006",), "sinus rhythm", RHYTHM),
        Label("PAC", ("284470004", "63593006"), "premature atrial contraction", RHYTHM),
        Label("PR", ("10370003",), "pacing rhythm", RHYTHM),
        Label("PRWP", ("365413008",), "poor R wave progression", OTHER),
        Label("PVC", ("427172004", "17338001"), "premature ventricular contractions", RHYTHM),
        Label("QAb", ("164917005",), "Q wave abnormal", OTHER),
        Label("RAD", ("47665007",), "right axis deviation", AXIS),
        Label("SA", ("427393009",), "sinus arrhythmia", RHYTHM),
        Label("SB", ("426177001",), "sinus bradycardia", RHYTHM),
        Label("STach", ("427084000",), "sinus tachycardia", RHYTHM),
        Label("TAb", ("164934002",), "T wave abnormal", OTHER),
        Label("TInv", ("59931005",), "T wave inversion", OTHER),
    ),
)
