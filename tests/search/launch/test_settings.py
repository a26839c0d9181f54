import pytest

from search.errors import ConfigError
from search.launch.settings import check_names, read_settings


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ([], {}),
        (
            ["partition=gpu,gres=gpu:1,time=12:00:00"],
            {"partition": "gpu", "gres": "gpu:1", "time": "12:00:00"},
        ),
        (["partition=gpu,short,time=1"], {"partition": "gpu,short", "time": "1"}),
        (["exclusive", "account = me "], {"exclusive": "", "account": "me"}),
        (["exclusive,partition=gpu"], {"exclusive": "", "partition": "gpu"}),
        (["comment=a=b"], {"comment": "a=b"}),
    ],
)
def test_settings_are_read(typed, read):
    assert read_settings(typed) == read


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        (["=pl4nted"], "a name is missing"),
        ([""], "a name is missing"),
        (["storage=pl4nted", "storage=b"], "storage stands twice"),
    ],
)
def test_what_is_no_setting_is_refused(typed, rule):
    with pytest.raises(ConfigError, match=f"written name=value,name=value, each once, but {rule}") as refused:
        read_settings(typed)
    assert "pl4nted" not in str(refused.value)


def test_unknown_names_are_told_with_the_known_ones():
    check_names({"image": "x"}, ("image", "claim"), "Kubernetes")
    with pytest.raises(ConfigError, match="imgae is no setting of Kubernetes, which has image, claim"):
        check_names({"imgae": "x"}, ("image", "claim"), "Kubernetes")
