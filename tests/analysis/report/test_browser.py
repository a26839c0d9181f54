"""The report as a person sees it: in headless Chromium, without a console error, offline."""

from dataclasses import replace

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from analysis.report import build_report, write_report

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("n", [0, 40])
def test_the_page_opens_without_a_console_error_and_loads_nothing(
    browser, report_analysis, report_material, tmp_path, n
):
    page = write_report(build_report(report_analysis(n), report_material(n)), report_analysis(n), tmp_path).page
    browser.get(page.as_uri())
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    assert browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []


def test_the_front_is_drawn_and_every_trial_can_be_hovered(browser, report_analysis, report_material, tmp_path):
    report = build_report(report_analysis(40), report_material(40))
    browser.get(write_report(report, report_analysis(40), tmp_path).page.as_uri())
    count = "return document.getElementById('figure-pareto').data.slice(0, 2).flatMap(trace => trace.x).length"
    assert browser.execute_script(count) == 40
    line = "return document.querySelectorAll('#figure-pareto .scatterlayer .js-line').length"
    assert browser.execute_script(line) >= 1
    rows = browser.execute_script(
        "return [...document.querySelectorAll('#front-table > tbody > tr > td:first-child')].map(e => e.innerText)"
    )
    assert [int(row) for row in rows] == [member["number"] for member in report["pareto"]]
    first = browser.find_element(By.CSS_SELECTOR, "#figure-pareto .scatterlayer .points path")
    ActionChains(browser).scroll_to_element(first).move_to_element(first).perform()
    hover = WebDriverWait(browser, 5).until(lambda _: browser.find_element(By.CSS_SELECTOR, ".hovertext").text)
    assert "balanced accuracy" in hover
    assert "train.lr" in hover


def test_ranges_over_time_are_drawn_and_no_wider_than_a_phone(
    browser, report_analysis, report_material, region_history, tmp_path
):
    report = build_report(report_analysis(16), replace(report_material(16), regions=(region_history,)))
    browser.set_window_size(390, 900)
    browser.get(write_report(report, report_analysis(16), tmp_path).page.as_uri())
    width = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = browser.execute_script(width)
    rows = "return [...document.querySelectorAll('#figure-regions .annotation-text')].map(e => e.textContent)"
    titles = browser.execute_script(rows)
    browser.set_window_size(1280, 2400)
    assert titles == ["resnet.width", "resnet.kernel", "train.lr (log)"]
    assert scroll <= client


def test_nothing_is_wider_than_a_phone(browser, report_analysis, report_material, tmp_path):
    page = write_report(build_report(report_analysis(40), report_material(40)), report_analysis(40), tmp_path).page
    browser.set_window_size(390, 900)
    browser.get(page.as_uri())
    width = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = browser.execute_script(width)
    browser.set_window_size(1280, 2400)
    assert scroll <= client
