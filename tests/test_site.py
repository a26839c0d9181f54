"""The guides as a site: built without a warning, opened from disk, asking nothing of the network."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as `make docs` builds it; a broken link or anchor, or a guide outside the navigation, ends it."""
    out = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_no_page_asks_anything_of_the_network_or_complains(browser, site):
    browser.get_log("browser")
    for page in sorted(site.glob("*.html")):
        if page.name == "404.html":
            continue  # it is for servers, and its links begin at their root
        browser.get(page.as_uri())
        asked = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
        assert [url for url in asked if not url.startswith("file:")] == [], page.name
        assert [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == [], page.name


def test_the_site_can_be_searched_without_a_server(browser, site):
    browser.get((site / "index.html").as_uri())
    browser.find_element(By.CSS_SELECTOR, "[data-md-component=search-query]").send_keys("lease")
    found = WebDriverWait(browser, 10).until(
        lambda page: page.find_elements(By.CSS_SELECTOR, ".md-search-result__item a")
    )
    assert any("studies.html" in one.get_attribute("href") for one in found)


def test_the_readme_links_only_what_is_there():
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / "README.md").read_text())
    assert [link for link in links if "://" not in link and not (ROOT / link).is_file()] == []
