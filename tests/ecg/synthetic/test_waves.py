import numpy as np
import pytest
from scipy.signal import find_peaks

from ecg.synthetic.waves import sum_of_gaussians

RATE = 500


@pytest.fixture(scope="module")
def regular(quiet_ecgs):
    """ECGs with regular complexes that neither the next P nor the last T wave runs into."""
    return [ecg for ecg in quiet_ecgs if len(ecg.regular_peaks()) and np.median(ecg.intervals) > 0.6]


def _typical(ecg, measure):
    """The median of `measure` over the regular complexes."""
    return np.median([measure(ecg, peak) for peak in ecg.regular_peaks()], axis=0)


def _qrs_seconds(ecg, peak):
    return ecg.qrs_seconds(peak)


def _t_amplitude(lead):
    """Measures the largest deflection 160-360 ms after the complex, in mV above the level at its onset."""

    def measure(ecg, peak):
        recovery = ecg.lead(lead)[peak + round(0.16 * RATE) : peak + round(0.36 * RATE)]
        deflection = recovery - ecg.lead(lead)[ecg.qrs(peak)[0]]
        return deflection[np.abs(deflection).argmax()]

    return measure


def _first_deflection(lead):
    """Measures the sign of the first part of QRS that exceeds a tenth of its largest deflection."""

    def measure(ecg, peak):
        onset, end = ecg.qrs(peak)
        deflection = ecg.lead(lead)[onset:end] - ecg.lead(lead)[onset]
        return np.sign(deflection[np.abs(deflection) > 0.1 * np.abs(deflection).max()][0])

    return measure


def _lowest_and_highest(lead):
    def measure(ecg, peak):
        onset, end = ecg.qrs(peak)
        deflection = ecg.lead(lead)[onset : min(end, onset + round(0.2 * RATE))] - ecg.lead(lead)[onset]
        return deflection.min(), deflection.max()

    return measure


def _p_wave(ecg, peak):
    """Onset of the largest deflection of all leads in the 420 ms before QRS ends its silence, and its value in II."""
    start, onset = peak - round(0.42 * RATE), ecg.qrs(peak)[0]
    deflection = ecg.signal[:, start : onset - 10] - ecg.signal[:, start : start + 5].mean(axis=1, keepdims=True)
    magnitude = np.linalg.norm(deflection, axis=0)
    top = magnitude.argmax()
    risen = np.flatnonzero(magnitude[:top] < 0.15 * magnitude[top])
    return start + (risen[-1] if len(risen) else 0), deflection[1, top]


def _pr_seconds(ecg, peak):
    return (ecg.qrs(peak)[0] - _p_wave(ecg, peak)[0]) / RATE


def test_left_bundle_branch_block_is_wide_and_normal_conduction_narrow(regular):
    def widths(chosen):
        return np.array([_typical(ecg, _qrs_seconds) for ecg in regular if chosen(ecg.labels)])

    blocked = widths(lambda labels: "LBBB" in labels)
    normal = widths(lambda labels: not labels & {"LBBB", "RBBB"})
    assert len(blocked) > 15
    assert blocked.min() >= 0.12
    assert np.mean(normal < 0.12) > 0.95
    assert 0.08 < np.median(normal) < 0.11


def test_right_bundle_branch_block_widens_qrs_and_ends_it_forwards(regular):
    def final_r_in_v1(ecg, peak):
        """Height of V1 40-110 ms after the steepest part."""
        v1 = ecg.lead("V1")
        return v1[peak + 20 : peak + 55].max() - v1[ecg.qrs(peak)[0]]

    def chosen(wanted):
        return [ecg for ecg in regular if "LBBB" not in ecg.labels and ("RBBB" in ecg.labels) is wanted]

    blocked, normal = chosen(True), chosen(False)
    assert np.median([_typical(ecg, _qrs_seconds) for ecg in blocked]) >= 0.12
    assert np.median([_typical(ecg, final_r_in_v1) for ecg in blocked]) > 0.2
    assert np.median([_typical(ecg, final_r_in_v1) for ecg in normal]) < 0.15


def test_left_bundle_branch_block_has_the_leads_of_the_textbook(regular):
    blocked = [ecg for ecg in regular if "LBBB" in ecg.labels]
    for ecg in blocked:
        for lead in ("I", "V5", "V6"):
            lowest, highest = _typical(ecg, _lowest_and_highest(lead))
            assert highest > 3 * -lowest, "a broad R without S"
            assert _typical(ecg, _first_deflection(lead)) == 1, "no septal q"
            assert _typical(ecg, _t_amplitude(lead)) < 0, "T against QRS"
        lowest, highest = _typical(ecg, _lowest_and_highest("V1"))
        assert -lowest > 3 * highest, "rS or QS"
        assert _typical(ecg, _t_amplitude("V1")) > 0


def test_the_r_of_a_left_bundle_branch_block_is_notched(regular):
    def summits(ecg, peak):
        onset, end = ecg.qrs(peak)
        rise = max((ecg.lead(lead)[onset:end] for lead in ("I", "V5", "V6")), key=lambda r: len(find_peaks(r)[0]))
        return len(find_peaks(rise, prominence=0.01)[0])

    blocked = [_typical(ecg, summits) for ecg in regular if "LBBB" in ecg.labels]
    normal = [_typical(ecg, summits) for ecg in regular if not ecg.labels & {"LBBB", "RBBB"}]
    assert np.mean(np.array(blocked) >= 2) > 0.8
    assert np.mean(np.array(normal) >= 2) < 0.2


def test_t_waves_are_inverted_where_the_label_says_so(regular):
    """But for flat ones; behind a block T turns without being inverted."""
    agrees = []
    for ecg in regular:
        lateral = _typical(ecg, _t_amplitude("V5"))
        if abs(lateral) > 0.1 and not ecg.labels & {"LBBB", "AF"}:
            agrees.append((lateral < 0) == ("TInv" in ecg.labels))
    assert len(agrees) > 150
    assert np.mean(agrees) > 0.93  # incomplete left blocks turn T too


def test_recovery_shortens_with_the_rr_interval(regular):
    """The summit of T comes sooner in fast rhythms: Bazett's square root, so a fifth sooner at two thirds."""

    def summit(ecg, peak):
        recovery = ecg.lead("V5")[peak + 80 : peak + 200]
        return np.abs(recovery - ecg.lead("V5")[ecg.qrs(peak)[0]]).argmax() + 80

    upright = [ecg for ecg in regular if not ecg.labels & {"AF", "LBBB", "RBBB", "IAVB", "TInv"}]
    fast = [_typical(ecg, summit) for ecg in upright if np.median(ecg.intervals) < 0.75]
    slow = [_typical(ecg, summit) for ecg in upright if np.median(ecg.intervals) > 1.0]
    assert min(len(fast), len(slow)) > 10
    assert 0.70 < np.median(fast) / np.median(slow) < 0.90


def test_first_degree_av_block_is_a_pr_interval_above_200_ms(regular):
    slow = [ecg for ecg in regular if "AF" not in ecg.labels and np.median(ecg.intervals) > 0.95]
    blocked = np.array([_typical(ecg, _pr_seconds) for ecg in slow if "IAVB" in ecg.labels])
    conducted = np.array([_typical(ecg, _pr_seconds) for ecg in slow if "IAVB" not in ecg.labels])
    assert len(blocked) > 10
    assert np.mean(blocked > 0.20) > 0.9
    assert np.mean(conducted < 0.20) > 0.9
    assert 0.12 < np.median(conducted) < 0.19


def test_axis_deviation_is_the_axis_of_the_net_qrs_area(regular):
    for ecg in regular:
        axis = ecg.axis()
        if "LAD" in ecg.labels:
            assert -110 < axis < -20
        elif "RAD" in ecg.labels:
            assert 70 < axis < 180
        else:
            assert -45 < axis < 105


def test_most_axes_lie_clear_of_the_borders(regular):
    def share(name, low, high):
        return np.mean([low < ecg.axis() < high for ecg in regular if name in ecg.labels])

    assert share("LAD", -90, -30) > 0.9
    assert share("RAD", 90, 180) > 0.75
    normal = [ecg.axis() for ecg in regular if not ecg.labels & {"LAD", "RAD"}]
    assert np.mean([-30 <= axis <= 90 for axis in normal]) > 0.93


def _early_complexes(ecgs, name):
    """(ECG, position) of early complexes where premature beats are of one kind alone."""
    for ecg in ecgs:
        if name in ecg.labels and not ecg.labels & ({"AF", "PVC", "PAC"} - {name}):
            for index in ecg.early():
                yield ecg, ecg.peaks[index]


def test_premature_ventricular_beats_are_wide_and_atrial_ones_are_not(regular):
    unblocked = [ecg for ecg in regular if not ecg.labels & {"LBBB", "RBBB"}]
    ventricular = [ecg.qrs_seconds(peak) for ecg, peak in _early_complexes(unblocked, "PVC")]
    atrial = [ecg.qrs_seconds(peak) for ecg, peak in _early_complexes(unblocked, "PAC")]
    assert min(len(ventricular), len(atrial)) > 20
    assert np.mean(np.array(ventricular) >= 0.12) > 0.95
    assert np.mean(np.array(atrial) < 0.12) > 0.85


def test_premature_ventricular_beats_have_discordant_t_waves(regular):
    def against_qrs(ecg, peak):
        """Correlation over the leads of net QRS area and T amplitude."""
        qrs = ecg.signal[:, peak - 40 : peak + 60].sum(axis=1)
        recovery = ecg.signal[:, peak + 120 : peak + 200].sum(axis=1)
        return np.corrcoef(qrs, recovery)[0, 1]

    ventricular = [against_qrs(ecg, peak) for ecg, peak in _early_complexes(regular, "PVC")]
    assert np.mean(np.array(ventricular) < -0.5) > 0.9


def _clear_of_the_last_t_wave(ecgs, name):
    """Early complexes at least 650 ms after the one before."""
    for ecg, peak in _early_complexes(ecgs, name):
        if peak - ecg.peaks[ecg.peaks < peak][-1] > 0.65 * RATE and len(ecg.regular_peaks()):
            yield ecg, peak


def test_an_early_p_wave_precedes_atrial_beats_and_points_elsewhere(quiet_minutes):
    """In lead II: upwards in sinus beats, downwards from a focus low in the atria."""

    def p_in_two(ecg, peak):
        return _p_wave(ecg, peak)[1]

    found = list(_clear_of_the_last_t_wave(quiet_minutes, "PAC"))
    early = np.array([p_in_two(ecg, peak) for ecg, peak in found])
    usual = np.array([_typical(ecg, p_in_two) for ecg, _ in found])
    assert len(found) > 10
    assert np.mean((early < 0) & (usual > 0)) > 0.8


def test_no_p_wave_precedes_ventricular_beats(quiet_minutes):
    def before(ecg, peak):
        """Peak-to-peak of lead II, 200-110 ms before the complex, where a sinus beat has its P wave."""
        return np.ptp(ecg.lead("II")[peak - 100 : peak - 55])

    found = [(e, peak) for e, peak in _clear_of_the_last_t_wave(quiet_minutes, "PVC") if "IAVB" not in e.labels]
    quieter = [before(ecg, peak) < 0.5 * _typical(ecg, before) for ecg, peak in found]
    assert len(found) > 10
    assert np.mean(quieter) > 0.8


def test_gaussians_near_their_centres_are_the_whole_sum():
    time = np.arange(500) / 250
    centre, width, amplitude = np.array([-0.01, 0.7, 1.99]), np.array([0.02, 0.05, 0.03]), np.array([1.0, -0.5, 2.0])
    dense = amplitude @ np.exp(-0.5 * ((time - centre[:, None]) / width[:, None]) ** 2)
    np.testing.assert_allclose(sum_of_gaussians(centre, width, amplitude, time), dense, atol=2 * np.exp(-8))
