"""Text from a study stays text, and the page neither loads nor sends anything."""

import re

import pytest
from selenium.webdriver.common.by import By

pytestmark = pytest.mark.browser

HOSTILE = """<img src=x onerror=alert(1)>"'&</script>"""


def test_markup_stays_text_everywhere(look, hostile_page):
    with look(hostile_page) as browser:
        browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
        assert browser.find_elements(By.CSS_SELECTOR, "img, [onerror]") == []
        assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
        assert browser.find_element(By.TAG_NAME, "h1").text == HOSTILE
        sections = browser.find_elements(By.CSS_SELECTOR, "main > section")
        silent = [one.get_attribute("id") for one in sections if HOSTILE not in one.get_property("textContent")]
        assert silent == []
        drawn = "return [...document.querySelectorAll('#figure-pareto text')].map(e => e.textContent)"
        assert any("<img src=x" in text for text in browser.execute_script(drawn))


def test_the_policy_forbids_everything_but_the_pages_own_scripts(hostile_page):
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', hostile_page.read_text())
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"('sha256-[\w+/]{43}=' ?){2}", rules["script-src"])
    assert "connect-src" not in rules


def test_a_script_that_slipped_in_would_not_run(look, hostile_page, tmp_path):
    page = tmp_path / "report.html"
    page.write_text(hostile_page.read_text().replace("</h1>", "</h1><script>document.title = 'taken'</script>"))
    with look(page) as browser:
        assert browser.title.endswith("Pareto report")


def test_no_button_of_a_figure_sends_it_away(look, hostile_page):
    titles = "return [...new Set([...document.querySelectorAll('.modebar-btn')].map(e => e.dataset.title))]"
    with look(hostile_page) as browser:
        assert set(browser.execute_script(titles)) == {"Download plot as a PNG", "Zoom", "Pan", "Reset axes"}
