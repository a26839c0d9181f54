import pytest

from storage.url import as_typed, holds_password, parse, password_is_in_file, with_password, without_password


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("postgresql://me:pl4nted@h:5433/x", "postgresql://me@h:5433/x"),
        ("postgresql://me@h/x?password=pl4nted&sslmode=require", "postgresql://me@h/x?sslmode=require"),
        ("postgresql://me@h/x?sslpassword=pl4nted", "postgresql://me@h/x"),
        ("postgres://me:pl4nted@h/x", "postgresql://me@h/x"),
    ],
)
def test_a_url_is_told_without_its_password(typed, plain):
    url = parse(typed)
    assert without_password(url) == plain
    assert "pl4nted" in as_typed(url)
    assert holds_password(url)
    assert not holds_password(parse(plain))


def test_a_password_that_lies_in_the_named_file_need_not_be_told(tmp_path, monkeypatch):
    monkeypatch.delenv("ECGSCALE_STORAGE_PASSWORD_FILE", raising=False)
    url = parse("postgresql://me:pl4nted@h/x")
    assert not password_is_in_file(url)
    assert password_is_in_file(parse("postgresql://me@h/x"))
    file = tmp_path / "password"
    file.write_text("pl4nted\n")
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(file))
    assert password_is_in_file(with_password(parse("postgresql://me@h/x")))
    assert password_is_in_file(url)
    assert not password_is_in_file(parse("postgresql://me:another@h/x"))
