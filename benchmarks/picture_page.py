"""A picture of a page for the guides: the top of a report, or of a dashboard that is being served.

    python benchmarks/picture_page.py report/report.html docs/report.png
    python benchmarks/picture_page.py http://127.0.0.1:8080/dashboard docs/dashboard.png --height 900

Few colours keep the file small; `--wait` gives the page's own scripts time to draw.
"""

import argparse
import io
import shutil
import time
from pathlib import Path

from PIL import Image
from selenium import webdriver

_COLOURS = 96
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1")


def take(url: str, width: int, height: int, wait: float) -> Image.Image:
    """What a window of that size shows of the page."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*_FLAGS, f"--window-size={width},{height}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver") or ""))
    try:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        browser.get(url)
        time.sleep(wait)
        return Image.open(io.BytesIO(browser.get_screenshot_as_png()))
    finally:
        browser.quit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", help="a file or an address")
    parser.add_argument("out", type=Path, help="the PNG to write")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=1600)
    parser.add_argument("--wait", type=float, default=3.0, help="seconds")
    given = parser.parse_args()
    url = given.page if "://" in given.page else Path(given.page).resolve().as_uri()
    shot = take(url, given.width, given.height, given.wait)
    shot.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(given.out, optimize=True)
    print(f"{given.out}: {given.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
