import csv

import pytest

from ecg.errors import RecordRejected, StoreError
from ecg.sources.ptbxl import PtbxlCorpus


@pytest.fixture
def real(shared):
    return lambda labels=None: PtbxlCorpus(shared / "data/ptbxl", rate=100.0, labels=labels)


@pytest.mark.parametrize(
    ("labels", "classes"), [(None, 5), ("superclasses", 5), ("subclasses", 23), ("statements", 71)]
)
def test_the_published_vocabularies(real, labels, classes):
    assert len(real(labels).vocabulary.labels) == classes


def test_a_record_bears_the_classes_of_its_statements(real):
    record = real().read("records100/00000/00008_lr")
    assert record.codes == ("IMI", "ABQRS", "SR")
    names = {labels: real(labels).vocabulary for labels in ("superclasses", "subclasses", "statements")}
    told = {key: {v.names[i] for i in v.positions(record.codes)} for key, v in names.items()}
    assert "MI" in told["superclasses"]
    assert "IMI" in told["subclasses"]
    assert told["statements"] == set(record.codes)


def test_groups_of_statements(real):
    group = {label.name: label.group for label in real("statements").vocabulary.labels}
    assert group["AFIB"] == group["PVC"] == "arrhythmia"
    assert group["CLBBB"] == "conduction disorder"
    assert group["1AVB"] == group["LNGQT"] == "prolonged interval"
    assert group["IMI"] == group["LVH"] == "other"


def test_a_column_of_the_table_is_a_vocabulary(real):
    corpus = real("heart_axis")
    assert {"LAD", "MID", "RAD"} <= set(corpus.vocabulary.names)
    assert corpus.read("records100/00000/00001_lr").codes == ()


def test_the_500_hz_records_are_read_for_a_faster_store(shared):
    corpus = PtbxlCorpus(shared / "data/ptbxl", rate=250.0, labels=None)
    assert corpus.read(corpus.entries()[0]).rate == 500


def test_a_table_without_its_columns_is_named(make_example):
    table = make_example("ptbxl").root / "ptbxl_database.csv"
    table.write_text(table.read_text().replace("scp_codes", "codes"))
    with pytest.raises(StoreError, match="has no column scp_codes"):
        PtbxlCorpus(table.parent, rate=100.0, labels=None)


def test_a_record_with_two_rows_is_rejected_and_no_other(make_example):
    table = make_example("ptbxl").root / "ptbxl_database.csv"
    table.write_text(table.read_text().replace("records100/00000/00001_lr", "records100/00000/00000_lr"))
    corpus = PtbxlCorpus(table.parent, rate=100.0, labels=None)
    with pytest.raises(RecordRejected, match="has 2 rows for it"):
        corpus.read("records100/00000/00000_lr")
    assert corpus.read("records100/00000/00002_lr").codes == ("NORM", "SR")


def test_only_diagnostic_statements_belong_to_a_class(real):
    """NDT is of form and of rhythm too, and not diagnostic alone: the published table decides."""
    of = {label.name: set(label.codes) for label in real().vocabulary.labels}
    assert {"IMI", "AMI", "ASMI"} <= of["MI"]
    assert "SR" not in set().union(*of.values())
    assert sum(map(len, of.values())) == 44  # diagnostic statements (Wagner et al., 2020, table 2)


@pytest.mark.parametrize("codes", ["", "['NORM']", "__import__('os')", "{"])
def test_statements_that_are_no_mapping_reject_their_record(make_example, codes):
    root = make_example("ptbxl").root
    with (root / "ptbxl_database.csv").open() as file:
        rows = list(csv.reader(file))
    rows[1][4] = codes
    with (root / "ptbxl_database.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(RecordRejected, match="expected a mapping such as"):
        PtbxlCorpus(root, rate=100.0, labels=None).read("records100/00000/00000_lr")


def test_a_record_the_table_does_not_know_is_rejected(make_example):
    table = make_example("ptbxl").root / "ptbxl_database.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-1]))
    corpus = PtbxlCorpus(table.parent, rate=100.0, labels=None)
    assert len(corpus.entries()) == 4
    with pytest.raises(RecordRejected, match="has no row for it"):
        corpus.read("records100/00000/00003_lr")
