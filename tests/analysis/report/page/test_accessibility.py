"""The report for everybody: by axe, by the keyboard, on a phone and on paper."""

import base64
import itertools
from importlib.resources import files

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser

_RUN = """
const done = arguments[0];
axe.run(document, {resultTypes: ["violations"]}).then(found => done(found.violations
  .filter(one => one.impact === "serious" || one.impact === "critical")
  .map(one => [one.id, one.nodes.map(node => node.html.slice(0, 200))])));
"""
_WATCH = """
window.reached = [];
addEventListener("focusin", event => reached.push(event.target));
return [...document.querySelectorAll("a[href], button, input, summary, .scroll")].filter(one => one.checkVisibility());
"""
_OVERHANG = """
return [...document.querySelectorAll(".plot")].map(one => one.querySelector("svg").clientHeight - one.offsetHeight)
"""
_TOO_WIDE = """
for (const one of document.querySelectorAll("details")) one.open = true;
return [...document.querySelectorAll(".scroll")].filter(e => e.scrollWidth > e.clientWidth).map(e => e.ariaLabel)
"""
_WIDTH = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_fault_in_light_and_dark(look, light, hostile_page, width):
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text()
    with look(hostile_page, width=width) as browser:
        browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
        browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
        assert browser.execute_async_script(_RUN) == []
        light("dark")
        assert browser.execute_async_script(_RUN) == []


def test_nothing_is_wider_than_a_phone(look, hostile_page):
    with look(hostile_page, width=390) as browser:
        assert browser.execute_script(_TOO_WIDE) == []
        scroll, client = browser.execute_script(_WIDTH)
        assert scroll <= client <= 390
        assert not browser.find_element(By.CSS_SELECTOR, "#front thead").is_displayed()
        head = "return getComputedStyle(document.querySelector('#front-table td'), '::before').content"
        assert browser.execute_script(head) == '"trial"'


def test_every_column_fits_a_screen(look, hostile_page):
    with look(hostile_page) as browser:
        assert browser.execute_script(_TOO_WIDE) == []


def test_the_keyboard_reaches_everything_in_its_order(look, hostile_page):
    with look(hostile_page) as browser:
        wanted = browser.execute_script(_WATCH)
        ActionChains(browser).send_keys(Keys.TAB * len(wanted)).perform()
        assert browser.execute_script("return reached") == wanted
        assert wanted[0].get_property("textContent") == "Skip to the answer"
        assert {element.tag_name for element in wanted} == {"a", "button", "input", "summary", "div"}


def test_headings_come_in_order(look, hostile_page):
    levels = "return [...document.querySelectorAll('h1,h2,h3,h4')].map(e => Number(e.tagName[1]))"
    with look(hostile_page) as browser:
        found = browser.execute_script(levels)
    assert found.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(found))


def test_figures_are_written_in_the_pages_ink(look, light, hostile_page):
    colour = "return getComputedStyle(document.querySelector('#figure-pareto .xtitle')).fill"
    with look(hostile_page) as browser:
        assert browser.execute_script(colour) == "rgb(26, 29, 33)"
        light("dark")
        assert browser.execute_script(colour) == "rgb(230, 232, 234)"


def test_paper_shows_everything_in_black_on_white(look, hostile_page):
    with look(hostile_page, scheme="dark", media="print") as browser:
        printed = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {})["data"])
        assert printed.startswith(b"%PDF")
        assert browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color") in (
            "rgb(255, 255, 255)",
            "rgba(255, 255, 255, 1)",
        )
        assert not browser.find_element(By.CSS_SELECTOR, ".tools").is_displayed()
        browser.execute_script("dispatchEvent(new Event('beforeprint'))")
        assert browser.find_elements(By.CSS_SELECTOR, "details:not([open])") == []
        widths = "return [...document.querySelectorAll('.plot .main-svg')].map(e => e.getBoundingClientRect().width)"
        assert set(browser.execute_script(widths)) == {660}
        assert set(browser.execute_script(_OVERHANG)) == {0}
        browser.execute_script("dispatchEvent(new Event('afterprint'))")
        assert browser.find_elements(By.CSS_SELECTOR, "details[open]") == []
