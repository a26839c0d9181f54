import json
import threading
import urllib.request

import pytest

from search.dashboard import make_dashboard
from search.errors import ConfigError


@pytest.fixture
def served(database):
    server = make_dashboard(database, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_dashboard_lists_our_studies(served, study):
    with urllib.request.urlopen(f"http://127.0.0.1:{served.server_port}/api/studies", timeout=30) as answer:
        names = [entry["study_name"] for entry in json.load(answer)["study_summaries"]]
    assert study.name in names


def test_a_taken_port_is_one_sentence(database, served):
    with pytest.raises(ConfigError, match=rf"cannot listen on 127.0.0.1:{served.server_port}: .*choose another --port"):
        make_dashboard(database, "127.0.0.1", served.server_port)
