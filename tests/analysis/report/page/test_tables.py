"""The table of the front: one row per network, found by typing, sorted by its heads."""

import pytest
from selenium.webdriver.common.by import By

pytestmark = pytest.mark.browser


def _shown(browser):
    rows = browser.find_elements(By.CSS_SELECTOR, "#front-table > tbody > tr")
    return [row.find_element(By.TAG_NAME, "td").text for row in rows if row.is_displayed()]


def test_typing_keeps_the_networks_that_have_every_word(look, hostile_page):
    with look(hostile_page) as browser:
        everything = _shown(browser)
        field = browser.find_element(By.CSS_SELECTOR, "#front .tools input")
        field.send_keys("RESNET other")
        rows = browser.find_elements(By.CSS_SELECTOR, "#front-table > tbody > tr")
        told = [row.get_property("textContent").lower() for row in rows if row.is_displayed()]
        assert 0 < len(told) < len(everything)
        assert all("resnet" in text and "other" in text for text in told)
        status = browser.find_element(By.CSS_SELECTOR, "#front .tools [role=status]").text
        assert status == f"{len(told)} of {len(everything)}"
        field.clear()
        field.send_keys("no such network")
        assert _shown(browser) == []


def test_a_head_sorts_up_and_down(look, hostile_page):
    with look(hostile_page) as browser:
        button = browser.find_element(By.CSS_SELECTOR, "#front-table th:first-child button")
        button.click()
        numbers = [int(text) for text in _shown(browser)]
        assert numbers == sorted(numbers)
        button.click()
        assert [int(text) for text in _shown(browser)] == numbers[::-1]
        head = browser.find_element(By.CSS_SELECTOR, "#front-table th:first-child")
        assert head.get_attribute("aria-sort") == "descending"


def test_trainings_of_one_network_share_a_row(look, hostile_page):
    with look(hostile_page) as browser:
        rows = browser.find_elements(By.CSS_SELECTOR, "#front-table > tbody > tr")
        (row,) = [row for row in rows if row.find_element(By.TAG_NAME, "td").text == "0"]
        assert "As good: trial 1, lr 0.0" in row.text
        summary = row.find_element(By.TAG_NAME, "summary")
        assert "epochs 1, batch 32, precision fp32" not in row.text
        summary.click()
        assert "epochs 1, batch 32, precision fp32" in row.text


def test_every_figure_links_its_files_and_is_told(look, hostile_page):
    with look(hostile_page) as browser:
        figures = browser.find_elements(By.CSS_SELECTOR, "figure")
        assert len(figures) >= 4
        for figure in figures:
            (picture,) = figure.find_elements(By.CSS_SELECTOR, "[role=img]")
            caption = figure.find_element(By.TAG_NAME, "figcaption")
            assert picture.accessible_name == caption.text
            name = caption.get_attribute("id").removeprefix("caption-")
            links = {a.get_dom_attribute("href") for a in figure.find_elements(By.CSS_SELECTOR, ".files a")}
            assert links == {f"figures/{name}.svg", f"figures/{name}.csv"}
