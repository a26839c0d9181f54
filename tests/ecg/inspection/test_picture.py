from PIL import Image

from ecg.inspection.picture import draw_examples, example_rows


def test_one_record_of_each_source_is_drawn_and_it_has_a_label(store, tmp_path):
    rows = example_rows(store)
    assert set(store.records["source"].iloc[rows]) == {"north", "south"}
    assert store.labels[rows].any(axis=1).all()
    draw_examples(store, tmp_path / "p.png")
    with Image.open(tmp_path / "p.png") as picture:
        assert picture.format == "PNG"
        width, height = picture.size
        dark = sum(count for count, colour in picture.convert("L").getcolors() if colour < 128)
    assert (width, height) == (1500, 620)
    assert 0.005 < dark / (width * height) < 0.3  # lines on paper: neither blank nor black
