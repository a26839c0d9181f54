import pytest

from ecg.errors import RecordRejected, StoreError
from ecg.labels import CHALLENGE
from ecg.sources import open_corpus
from ecg.sources.wfdb_table import WfdbTableCorpus


@pytest.fixture
def corpus_with(make_example):
    """The example corpus under another table."""
    root = make_example("wfdb").root

    def make(table, labels=None):
        (root / "labels.csv").write_text(table)
        return WfdbTableCorpus(root, rate=100.0, labels=labels)

    return make


def test_columns_of_0_and_1_are_classes(corpus_with):
    corpus = corpus_with("Filename,AF,weight,SB\nrec0.hea,1,80,0\nrec1,1,75,1\nrec2.dat,0,,0\nward1/rec3,0,70,1\n")
    assert corpus.vocabulary.names == ["AF", "SB"]
    assert [corpus.read(entry).codes for entry in corpus.entries()] == [("AF",), (), ("AF", "SB"), ("SB",)]


def test_columns_of_remarks_and_numbers_are_no_classes(corpus_with):
    rows = "".join(f"x{i},1,,{i}\n" for i in range(30))
    corpus = corpus_with(f"record,AF,remark,weight\nrec0,1,paced,80\n{rows}")
    assert corpus.vocabulary.names == ["AF"]


def test_any_column_can_be_named(corpus_with):
    corpus = corpus_with("record,rhythm\nrec0,sinus\nrec1,flutter | sinus\nrec2,\nrec3,flutter\n", labels="Rhythm")
    assert corpus.vocabulary.names == ["flutter", "sinus"]
    assert corpus.read("ward1/rec1.hea").codes == ("flutter", "sinus")


def test_snomed_codes_are_the_challenges_classes(corpus_with):
    corpus = corpus_with("record,dx\nrec0,426783006\nrec1,164889003;123\nrec2,\nrec3,\n")
    assert corpus.vocabulary is CHALLENGE


def test_patient_source_age_sex_and_fold_are_used(corpus_with):
    corpus = corpus_with(
        "record,dx,patient,site,age,gender,fold\nrec0,AF,p9,west,61,male,3\n,,,,,,9\nrec1,SB,,,,,9\nrec2,,,,,,10"
    )
    record = corpus.read("ward0/rec0.hea")
    assert (record.patient, record.source, record.age, record.sex, record.fold) == ("p9", "west", 61, "M", 3)


def test_records_without_a_row_and_rows_without_a_record_are_rejected(corpus_with):
    corpus = corpus_with("record,dx\nrec0,AF\ngone,AF\n")
    assert corpus.entries() == ["gone.hea", "ward0/rec0.hea", "ward0/rec2.hea", "ward1/rec1.hea", "ward1/rec3.hea"]
    with pytest.raises(RecordRejected, match=r"No such file or directory: gone\.hea"):
        corpus.read("gone.hea")
    with pytest.raises(RecordRejected, match="has no row for it"):
        corpus.read("ward0/rec2.hea")


@pytest.mark.parametrize(
    ("table", "labels", "message"),
    [
        ("record,note\nrec0,fine\n", None, "neither a column of codes .* nor columns of 0 and 1; name the column"),
        ("record,dx\nrec0,\n", None, "column dx holds 0 different labels"),
        ("record,dx\nrec0,AF\n", "rhythm", "has no column rhythm; it has record, dx"),
        ("record,AF\n" + "rec0,1\n" * 20 + "rec1,2\n", None, "column AF holds '2' in row 22 among its 0 and 1"),
        ("record,dx,fold\nrec0,AF,1\nrec1,AF,5\n", None, "column fold lacks fold 9 or 10"),
    ],
)
def test_tables_that_cannot_be_used_are_named(corpus_with, table, labels, message):
    with pytest.raises(StoreError, match=message):
        corpus = corpus_with(table, labels)
        corpus.entries()
        corpus.vocabulary.names  # noqa: B018


def test_a_fold_that_is_none_rejects_its_record(corpus_with):
    with pytest.raises(RecordRejected, match="fold 11; it must be a whole number from 1 to 10"):
        corpus_with("record,dx,fold\nrec0,AF,11\nrec1,AF,9\nrec2,AF,10\n").read("ward0/rec0.hea")


def test_two_rows_that_differ_reject_their_record(corpus_with):
    corpus = corpus_with("record,dx\nrec0,AF\nward0/rec0,SB\nrec1,AF\nrec1,AF\n")
    with pytest.raises(RecordRejected, match="has 2 different rows for it"):
        corpus.read("ward0/rec0.hea")
    assert corpus.read("ward1/rec1.hea").codes == ("AF",)


def test_a_row_for_a_missing_file_is_not_given_to_its_namesake(corpus_with):
    corpus = corpus_with("record,dx\nelsewhere/rec0,AF\n")
    assert "elsewhere/rec0.hea" in corpus.entries()
    with pytest.raises(RecordRejected, match="has no row for it"):
        corpus.read("ward0/rec0.hea")


@pytest.mark.parametrize(
    "table",
    [
        "record,dx,patient\nrec0,AF,p1,\nrec1,SB,p2,,\n,,\n\n",
        "\ufeffrecord;dx;patient\r\nrec0;AF;p1\r\nrec1;SB;p2\r\n",
        "record\tdx\tpatient\nrec0\tAF\tp1\nrec1\tSB\tp2\n",
        ' record , dx , patient \n"rec0", AF , p1\nrec1,SB,p2\nrec2,AF,p3,what,is,this\n',
    ],
    ids=["trailing commas", "as Excel writes it", "tabs", "blanks and a broken row"],
)
def test_tables_as_people_write_them(corpus_with, table):
    corpus = corpus_with(table)
    records = [corpus.read(entry) for entry in ("ward0/rec0.hea", "ward1/rec1.hea")]
    assert [(record.codes, record.patient) for record in records] == [(("AF",), "p1"), (("SB",), "p2")]
    with pytest.raises(RecordRejected, match="has no row for it"):
        corpus.read("ward0/rec2.hea")


def test_a_table_in_utf_16_is_read(make_example):
    root = make_example("wfdb").root
    (root / "labels.csv").write_bytes("record\tdx\nrec0\tAF\n".encode("utf-16"))
    assert open_corpus(root, rate=100.0).read("ward0/rec0.hea").codes == ("AF",)
