"""What flying likes cost a phone: ``python -m tests.browser.measure_likes``.

After ``make frontend``. The room of the pages' fake server, where likes come in every 0.7 s, for
some seconds with hearts and for as many without, in turns. Prints the main thread's ms a second of
each, with the CPU slowed down four times.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys

from playwright.sync_api import Browser, sync_playwright

from tests.support.live_server import ROOT, free_port

SECONDS, ROUNDS, SLOWER = 8, 3, 4


def main() -> None:
    port = free_port()
    path = os.environ.get("LIVE_CHROMIUM") or shutil.which("chromium")
    server = subprocess.Popen(
        [sys.executable, "-m", "tools.node", "node", "dev/fake_server.mjs", str(port)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert server.stdout is not None
    server.stdout.readline()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            found: dict[bool, list[float]] = {True: [], False: []}
            for _ in range(ROUNDS):
                for has_hearts, so_far in found.items():
                    so_far.append(_ms_per_second(browser, port, has_hearts))
            browser.close()
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # the wrapper, and Node under it
        server.wait()
    with_hearts, without = (statistics.median(found[is_on]) for is_on in (True, False))
    cost = {"with": with_hearts, "without": without, "hearts": with_hearts - without}
    print(json.dumps({name: round(ms, 1) for name, ms in cost.items()}))  # noqa: T201


def _ms_per_second(browser: Browser, port: int, has_hearts: bool) -> float:
    """Of the main thread's work on the room, in milliseconds."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{port}", viewport={"width": 390, "height": 844},
    )  # fmt: skip
    page = context.new_page()
    if not has_hearts:
        page.add_init_script("delete HTMLCanvasElement.prototype.transferControlToOffscreen")
    page.goto("/events/live")
    page.get_by_role("region", name="讲解中").wait_for()
    page.wait_for_timeout(2_000)
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    devtools.send("Performance.enable")

    def busy_seconds() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))

    before = busy_seconds()
    page.wait_for_timeout(SECONDS * 1000)
    spent = (busy_seconds() - before) * 1000 / SECONDS
    context.close()
    return spent


if __name__ == "__main__":
    main()
