import numpy as np
import pytest
import wfdb

from ecg.errors import RecordRejected
from ecg.leads import LEADS
from ecg.sources import wfdb_file
from ecg.sources.wfdb_file import read_wfdb

SAMPLES = 600


def _write(folder, *, leads=LEADS, gain="1000(0)/mV", adc=500, name="r", checksum=0):
    lines = [f"{name} {len(leads)} 500 {SAMPLES}"]
    lines += [f"r.dat 16 {gain} 16 0 {adc} {checksum} 0 {lead}" for lead in leads]
    (folder / "r.hea").write_text("\n".join(lines) + "\n# Age: 50\n#Dx: 426783006\n")
    np.full(SAMPLES * len(leads), adc, dtype="<i2").tofile(folder / "r.dat")
    return folder / "r.hea"


@pytest.mark.parametrize(
    ("gain", "millivolt"),
    [("1000(0)/mV", 0.5), ("1000(100)/mV", 0.4), ("2(0)/uV", 0.25), ("1000/mv", 0.5), ("1e6(0)/V", 0.5)],
)
def test_gain_baseline_and_unit_give_millivolt(tmp_path, gain, millivolt):
    read = read_wfdb(_write(tmp_path, gain=gain))
    assert read.signal.shape == (12, SAMPLES)
    np.testing.assert_allclose(read.signal, millivolt)


def test_an_open_gain_is_200_and_flagged(tmp_path):
    read = read_wfdb(_write(tmp_path, gain="0/mV"))
    np.testing.assert_allclose(read.signal, 2.5)
    assert read.flags == ("uncalibrated",)


@pytest.mark.parametrize(
    "spell",
    [str.lower, str.upper, lambda name: f" {name} ", lambda name: f"Lead {name}", lambda name: f"MDC_ECG_LEAD_{name}"],
)
def test_leads_come_in_standard_order_whatever_the_spelling(tmp_path, spell):
    path = _write(tmp_path, leads=[spell(name) for name in reversed(LEADS)])
    raw = np.arange(12, dtype="<i2")
    np.tile(raw, SAMPLES).tofile(path.with_suffix(".dat"))
    np.testing.assert_allclose(read_wfdb(path).signal[:, 0] * 1000, raw[::-1])


def test_further_leads_are_dropped_and_need_no_file(tmp_path):
    path = _write(tmp_path)
    text = path.read_text().replace("r 12", "r 15").replace("# Age", "r.xyz 16 1000/mV 16 0 0 0 0 vx\n" * 3 + "# Age")
    path.write_text(text)
    assert read_wfdb(path).signal.shape == (12, SAMPLES)


def test_leads_in_several_files_are_brought_together(tmp_path):
    path = _write(tmp_path)
    lines = path.read_text().splitlines()
    lines[7:13] = [line.replace("r.dat", "r2.dat") for line in lines[7:13]]
    path.write_text("\n".join(lines))
    np.full(SAMPLES * 6, 100, "<i2").tofile(tmp_path / "r.dat")
    np.full(SAMPLES * 6, 200, "<i2").tofile(tmp_path / "r2.dat")
    np.testing.assert_allclose(read_wfdb(path).signal[:, 0], [0.1] * 6 + [0.2] * 6)
    np.full(SAMPLES * 6 - 6, 200, "<i2").tofile(tmp_path / "r2.dat")
    with pytest.raises(RecordRejected, match=r"r2\.dat holds 599 of the 600 samples"):
        read_wfdb(path)


def test_missing_limb_leads_are_derived(tmp_path):
    kept = [lead for lead in LEADS if lead not in {"I", "II", "aVR", "aVF"}]  # from III and aVL
    path = _write(tmp_path, leads=kept)
    one, two = 300.0, 500.0
    values = {"III": two - one, "aVL": one - two / 2} | {f"V{i}": 10.0 * i for i in range(1, 7)}
    np.tile([values[lead] for lead in kept], SAMPLES).astype("<i2").tofile(path.with_suffix(".dat"))
    read = read_wfdb(path)
    np.testing.assert_allclose(read.signal[:6, 0] * 1000, [300, 500, 200, -400, 50, 350])
    assert read.flags == ("derived:I,II,aVR,aVF",)


@pytest.mark.parametrize(
    ("leads", "message"),
    [
        (LEADS[:-1], "lead V6 missing; the header names I, II"),
        ([lead for lead in LEADS if lead not in LEADS[1:6]], "lead II, III, aVR, aVL, aVF missing"),
        ([*LEADS[:-1], "v5"], "lead V5 occurs twice"),
        ([""] * 12, r"lead I, II, .* missing; the header names \(blank\)"),
    ],
)
def test_leads_that_cannot_be_had_are_named(tmp_path, leads, message):
    with pytest.raises(RecordRejected, match=message):
        read_wfdb(_write(tmp_path, leads=leads))


def test_a_unit_that_is_no_voltage_is_named(tmp_path):
    with pytest.raises(RecordRejected, match="unit mmHg is not a voltage"):
        read_wfdb(_write(tmp_path, gain="1000(0)/mmHg"))


def test_samples_marked_as_missing_are_nan(tmp_path):
    path = _write(tmp_path)
    raw = np.full((SAMPLES, 12), 500, "<i2")
    raw[10:20, 3] = -32768
    raw.tofile(path.with_suffix(".dat"))
    assert np.isnan(read_wfdb(path).signal).sum() == np.isnan(read_wfdb(path).signal[3, 10:20]).sum() == 10


def test_wrong_checksums_are_flagged_and_open_ones_are_not(tmp_path):
    right = int(np.full(SAMPLES, 500, np.int16).sum(dtype=np.int16))
    assert read_wfdb(_write(tmp_path, checksum=right)).flags == ()
    assert read_wfdb(_write(tmp_path, checksum=right % 65536)).flags == ()
    assert read_wfdb(_write(tmp_path, checksum=0)).flags == ()
    assert read_wfdb(_write(tmp_path, checksum=right + 1)).flags == (f"checksum:{','.join(LEADS)}",)


def test_sums_are_those_of_the_columns():
    rng = np.random.default_rng(0)
    for samples in (1, 63, 64, 1000):
        adc = rng.integers(-32768, 32767, (samples, 5)).astype("<i2")
        found = wfdb_file._sums(adc).astype(np.int64)
        np.testing.assert_array_equal(found % 65536, adc.sum(axis=0, dtype=np.int64) % 65536)


@pytest.mark.parametrize("said", ["r.mat", "r.hea", "r"])
def test_a_suffix_in_the_records_name_is_no_matter(tmp_path, said):
    assert read_wfdb(_write(tmp_path, name=said)).flags == ()


def test_a_renamed_record_is_read_from_its_own_file_and_flagged(tmp_path):
    path = _write(tmp_path)
    path = path.rename(tmp_path / "other.hea")
    (tmp_path / "r.dat").rename(tmp_path / "other.dat")
    assert read_wfdb(path).flags == ("header_name:r",)


def test_a_signal_file_elsewhere_is_refused(tmp_path):
    path = _write(tmp_path)
    path.write_text(path.read_text().replace("r.dat", "../r.dat"))
    with pytest.raises(RecordRejected, match="is not beside its header"):
        read_wfdb(path)


def test_missing_short_empty_and_long_signal_files(tmp_path):
    path = _write(tmp_path)
    whole = path.with_suffix(".dat").read_bytes()
    path.with_suffix(".dat").write_bytes(whole + whole)
    assert read_wfdb(path).signal.shape == (12, SAMPLES)
    path.with_suffix(".dat").write_bytes(whole[:-1])
    with pytest.raises(RecordRejected, match=r"r\.dat holds 599 of the 600 samples that the header declares"):
        read_wfdb(path)
    path.with_suffix(".dat").write_bytes(b"")
    with pytest.raises(RecordRejected, match=r"r\.dat holds 0 of the 600"):
        read_wfdb(path)
    path.with_suffix(".dat").unlink()
    with pytest.raises(RecordRejected, match=r"No such file or directory: r\.dat"):
        read_wfdb(path)


def test_undeclared_samples_are_those_of_the_file(tmp_path):
    path = _write(tmp_path)
    path.write_text(path.read_text().replace(f" 500 {SAMPLES}\n", " 500\n"))
    assert read_wfdb(path).signal.shape == (12, SAMPLES)


def test_a_matlab_file_must_be_what_the_header_says(tmp_path):
    path = _write(tmp_path)
    path.write_text(path.read_text().replace("r.dat 16 ", "r.mat 16+24 "))
    samples = np.full(SAMPLES * 12, 500, "<i2").tobytes()
    for kind, rows, accepted in ((30, 12, True), (30, 11, False), (0, 12, False)):
        header = np.array([kind, rows, SAMPLES, 0, 4], "<i4").tobytes() + b"val\0"
        (tmp_path / "r.mat").write_bytes(header + samples)
        if accepted:
            np.testing.assert_allclose(read_wfdb(path).signal, 0.5)
        else:
            with pytest.raises(RecordRejected, match=f"of type {kind} with {rows} rows; expected 30 with 12"):
                read_wfdb(path)


@pytest.mark.parametrize("fmt", ["80", "212", "24", "32"])
def test_other_formats_are_read_as_the_package_reads_them(tmp_path, fmt):
    rng = np.random.default_rng(0)
    signal = np.cumsum(rng.normal(0, 2, (SAMPLES, 12)), axis=0).clip(-100, 100) / 100
    names, units = list(LEADS), ["mV"] * 12
    wfdb.wrsamp(
        "r",
        500,
        units,
        names,
        signal,
        fmt=[fmt] * 12,
        adc_gain=[100.0] * 12,
        baseline=[0] * 12,
        write_dir=str(tmp_path),
    )
    read = read_wfdb(tmp_path / "r.hea")
    np.testing.assert_allclose(read.signal, signal.T, atol=0.006)
    np.testing.assert_allclose(read.signal, wfdb.rdrecord(str(tmp_path / "r")).p_signal.T, atol=1e-12)
    assert read.flags == ()


def test_missing_samples_and_wrong_checksums_are_seen_in_other_formats_too(tmp_path):
    signal = np.zeros((SAMPLES, 12))
    signal[5, 2] = np.nan
    fmt, gain, zero = ["212"] * 12, [100.0] * 12, [0] * 12
    wfdb.wrsamp(
        "r", 500, ["mV"] * 12, list(LEADS), signal, fmt=fmt, adc_gain=gain, baseline=zero, write_dir=str(tmp_path)
    )
    header = tmp_path / "r.hea"
    assert np.argwhere(np.isnan(read_wfdb(header).signal)).tolist() == [[2, 5]]
    lines = header.read_text().splitlines()
    cells = lines[1].split()
    cells[6] = str(int(cells[6]) + 1)
    header.write_text("\n".join([lines[0], " ".join(cells), *lines[2:]]))
    assert read_wfdb(header).flags == ("checksum:I",)


def test_another_channel_with_more_samples_per_frame_does_not_shift_the_leads(tmp_path):
    """12 leads and a respiration channel sampled twice as fast, in one file."""
    rng = np.random.default_rng(0)
    frames = rng.integers(-500, 500, (SAMPLES, 14)).astype("<i2")
    lines = [f"r 13 500 {SAMPLES}", *(f"r.dat 16 1000/mV 16 0 0 0 0 {lead}" for lead in LEADS)]
    (tmp_path / "r.hea").write_text("\n".join([*lines, "r.dat 16x2 1000/mV 16 0 0 0 0 resp"]) + "\n")
    frames.tofile(tmp_path / "r.dat")
    np.testing.assert_allclose(read_wfdb(tmp_path / "r.hea").signal * 1000, frames[:, :12].T, atol=1e-9)


@pytest.mark.parametrize(
    ("record", "spec", "message"),
    [
        (f"r 12 500 {10**12}", "16", "holds 600 of the 1,000,000,000,000 samples"),
        (f"r 12 500 {10**12}", "212", "too many to read"),
        ("r 12 500 600", f"212x{10**8}", "too many to read"),
        ("r 12 500 600", f"16+{10**11}", "holds 0 of the 600 samples"),
        ("r 12 500 600", f"212+{10**11}", "cannot be what the header declares"),
        ("r 12 500 600", "9999", "storage format 9999 is unknown"),
        ("r/3 12 500 600", "16", "a record of 3 segments"),
    ],
)
def test_claims_beyond_the_file_are_refused_before_anything_is_allocated(tmp_path, record, spec, message):
    path = _write(tmp_path)
    path.write_text(path.read_text().replace(f"r 12 500 {SAMPLES}", record).replace("r.dat 16 ", f"r.dat {spec} "))
    with pytest.raises(RecordRejected, match=message):
        read_wfdb(path)


def test_real_records_are_as_the_wfdb_package_reads_them(shared):
    for path in sorted((shared / "data/challenge2021").rglob("*.hea")):
        expected = wfdb.rdrecord(str(path.with_suffix(""))).p_signal.T
        read = read_wfdb(path)
        np.testing.assert_allclose(read.signal, expected, atol=1e-9)
        assert read.flags == ()
