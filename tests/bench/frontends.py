"""JupyterLab이 아닌 곳에서도 움직이는가: 깔려 있으면 Notebook 7과 Voila를 띄워, 키 하나로 그림과 설명글이 바뀌는지 봅니다.

    pip install notebook voila
    python tests/bench/frontends.py [화면 그림을 둘 폴더]
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import browser as tools                                     # noqa: E402

LESSON, TOKEN = "05_softmax.ipynb", os.urandom(16).hex()
SERVERS = {                                                 # 이름 → (선택지, 경로)
    "notebook": (["--allow-root", f"--IdentityProvider.token={TOKEN}", "--JupyterNotebookApp.expose_app_in_browser=True"],
                 f"/notebooks/{LESSON}?token={TOKEN}"),
    "voila": (["--theme=dark", r"--RegexRemovePreprocessor.patterns=\*\*강사 노트", LESSON], "/"),
}
RUN_ALL = """async () => {
    const {commands, restored, shell} = window.jupyterapp;
    await restored;
    await shell.currentWidget.sessionContext.ready;
    await commands.execute('notebook:run-all-cells');
}"""


def look(name, browser, folder):
    """노트북의 사본이 있는 서버를 띄우고, 첫 슬라이더에서 키를 눌러 본 것을 한 줄로 말합니다."""
    options, path = SERVERS[name]
    port = tools._free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        shutil.copy(ROOT / "notebooks" / LESSON, home)
        server = subprocess.Popen([sys.executable, "-m", name, "--no-browser", f"--port={port}", *options], cwd=home,
                                  env=tools._server_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="ko-KR")
            page.set_default_timeout(60_000)
            open_when_ready(page, f"http://127.0.0.1:{port}{path}")
            if name == "notebook":
                page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
                page.evaluate(RUN_ALL)
            root = page.locator(".lesson-panel").first
            root.wait_for()
            panel = tools.Panel(page, root)
            seen = {key: moves(panel, key) for key in ("ArrowRight", "PageUp")}
            panel.screenshot(Path(folder, f"{name}.png"))
            page.close()
        finally:
            tools.stop(server)
    return ", ".join(f"{key} {'움직임' if moved else '그대로'}" for key, moved in seen.items())


def open_when_ready(page, url):
    for _ in range(100):
        try:
            return page.goto(url)
        except Exception as error:                          # 서버가 아직 듣지 않습니다.
            if "ERR_CONNECTION_REFUSED" not in str(error):
                raise
            time.sleep(0.3)
    raise TimeoutError(url)


def moves(panel, key):
    """키를 누른 뒤 2초 안에 그림과 설명글이 둘 다 바뀌는가."""
    before = panel.picture, panel.caption
    panel.sliders.first.press(key)
    panel.page.wait_for_timeout(2000)
    return panel.picture != before[0] and panel.caption != before[1]


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    with tools.chromium() as browser:
        for name in SERVERS:
            if importlib.util.find_spec(name):
                print(f"{name} {version(name)}: {look(name, browser, folder)}", flush=True)
            else:
                print(f"{name}: 깔려 있지 않습니다.")
    print(f"화면 그림: {folder}")
