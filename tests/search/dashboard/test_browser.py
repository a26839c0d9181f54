"""The page as a person sees it."""

import json
import uuid

import pytest

from storage.leases import claim

HTML = """<img src=x onerror="document.title='planted'"> "q' <b>b</b>"""
MARKDOWN = "[go](javascript:planted()) <script>document.title='planted'</script>"


@pytest.fixture
def planted(database, make_study, finish_trial, draft):
    """A study whose name, attributes, notes and reasons hold HTML and Markdown; three trials, one of them running."""
    study = make_study()
    name = f"{HTML} {uuid.uuid4().hex[:6]}"
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE studies SET study_name = %s WHERE study_id = %s", (name, study.id))
    storage = database.optuna_storage()
    storage.set_study_user_attr(study.id, HTML, HTML)
    storage.set_study_system_attr(study.id, "dashboard:note_ver", 1)
    storage.set_study_system_attr(study.id, "dashboard:note_str:0", MARKDOWN)
    finish_trial(study, "a", score=0.7, sampler=HTML, worker="<b>w</b>-1-a", balanced_accuracy_ci95=[0.6, 0.8])
    finish_trial(study, "b", score=0.8, sampler=HTML, worker="w-1-a")
    claim(database, study, "w-2-a", draft("c"))
    return study.id, name


class Page:
    """A dashboard in the browser."""

    def __init__(self, driver, port):
        from selenium.webdriver.support.ui import WebDriverWait

        self.driver = driver
        self.home = f"http://127.0.0.1:{port}"
        self._wait = WebDriverWait(driver, 30)

    def open(self, path):
        self.driver.get(self.home + path)

    def until(self, script, *arguments):
        return self._wait.until(lambda driver: driver.execute_script(f"return {script}", *arguments))

    def shows(self, text):
        """Waits until the page's text has it."""
        self.until("document.body.innerText.includes(arguments[0])", text)

    def fetch(self, path, method):
        return self.driver.execute_async_script(
            "const done = arguments[2];"
            "fetch(arguments[0], {method: arguments[1]}).then(async r => done([r.status, await r.json()]))",
            path,
            method,
        )


@pytest.fixture
def page(browser, serve, still):
    browser.get("about:blank")
    browser.get_log("browser")
    yield (page := Page(browser, serve().server_port))
    assert "planted" not in browser.title
    assert [entry for entry in browser.get_log("browser") if "favicon" not in entry["message"]] == []
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert [address for address in loaded if not address.startswith(page.home)] == []
    browser.get("about:blank")


@pytest.mark.browser
def test_the_studies_names_are_text(page, planted):
    page.open("/dashboard")
    page.shows(planted[1])


@pytest.mark.browser
def test_a_studys_page_shows_the_front_and_says_more_to_a_pointer(page, planted):
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.by import By

    page.open(f"/dashboard/studies/{planted[0]}")
    page.shows("Pareto Front")
    page.shows(HTML)  # the study's attribute
    point = "document.querySelector('#graph-pareto-front .point, .js-plotly-plot .point')"
    page.until(f"{point} !== null")
    ActionChains(page.driver).move_to_element(
        page.driver.find_element(By.CSS_SELECTOR, ".js-plotly-plot .point")
    ).perform()
    assert "0." in page.until("[...document.querySelectorAll('.hoverlayer .hovertext')].map(e => e.textContent).join()")


@pytest.mark.browser
def test_the_trials_can_be_filtered_and_tell_their_notes(page, planted):
    page.open(f"/dashboard/studies/{planted[0]}/trials?numbers=0")
    page.shows("3 Trials")
    page.shows("Balanced accuracy 0.700 (95 % interval 0.600 to 0.800)")
    page.shows("Trained by <b>w</b>-1-a")
    picture = "document.querySelector('img[src$=\"curve.svg\"]')"
    page.until(f"{picture} !== null && {picture}.complete && {picture}.naturalWidth > 0")
    page.driver.find_element("css selector", "[aria-label='Filter'], [aria-haspopup='true']").click()
    page.until(
        "[...document.querySelectorAll('[role=menuitem]')].find(e => e.innerText.startsWith('Running')) !== undefined"
    )
    page.driver.execute_script(
        "[...document.querySelectorAll('[role=menuitem]')].find(e => e.innerText.startsWith('Running')).click()"
    )
    page.shows("2 Trials")


@pytest.mark.browser
def test_a_note_is_markdown_without_what_could_harm(page, planted):
    page.open(f"/dashboard/studies/{planted[0]}/note")
    page.shows("<script>document.title='planted'</script>")
    (link,) = page.driver.execute_script("return [...document.querySelectorAll('a')].filter(a => a.innerText == 'go')")
    assert "javascript" not in (link.get_dom_attribute("href") or "")


@pytest.mark.browser
def test_a_picture_from_elsewhere_is_not_asked_for(page, planted, database):
    image = "![x](https://planted.example/x.png)"
    database.optuna_storage().set_study_system_attr(planted[0], "dashboard:note_str:0", image)
    page.open(f"/dashboard/studies/{planted[0]}/note")
    page.until("document.querySelector('img[src^=https]') !== null")
    (said,) = page.driver.get_log("browser")
    assert "has been blocked" in said["message"]
    page.open("/dashboard")  # the address is listed as one that was wanted
    page.shows(planted[1])


@pytest.mark.browser
def test_deleting_is_refused(page, planted):
    page.open("/dashboard")
    status, told = page.fetch(f"/api/studies/{planted[0]}", "DELETE")
    assert (status, "only shows" in told["reason"]) == (403, True)
    assert page.fetch(f"/api/studies/{planted[0]}", "GET")[0] == 200
    page.driver.get_log("browser")  # which tells the 403


@pytest.mark.browser
def test_a_poll_that_tells_nothing_new_is_a_few_bytes(page, planted):
    page.open("/dashboard")
    for _ in range(2):
        assert page.fetch(f"/api/studies/{planted[0]}", "GET")[1]["name"] == planted[1]
    sizes = "performance.getEntriesByType('resource').filter(e => /studies.\\d/.test(e.name)).map(e => e.transferSize)"
    first, again = page.until(sizes)
    assert first > 1000 > again


@pytest.mark.browser
def test_our_figures_are_drawn_on_the_studys_page(page, planted, monkeypatch):
    from search.dashboard.composer import Composed, Composer

    plot = {"data": [{"x": [1], "y": [2], "type": "scatter"}], "layout": {"title": {"text": "ours &lt;b&gt;"}}}
    composed = Composed("- the *summary*", {"ecgscale-front": json.dumps(plot)})
    monkeypatch.setattr(Composer, "look", lambda *_: composed)
    page.open(f"/dashboard/studies/{planted[0]}")
    page.until("document.querySelector('[id=\"user-defined-plot:ecgscale-front\"] .gtitle') !== null")
    title = page.driver.execute_script("return document.querySelector('[id$=\"ecgscale-front\"] .gtitle').textContent")
    assert title == "ours <b>"
    page.open(f"/dashboard/studies/{planted[0]}/note")
    page.shows("the summary")
