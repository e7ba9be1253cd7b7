"""진짜 JupyterLab과 진짜 Chromium: 브라우저 검사와 화면 그림이 함께 쓰는 도구.

    with jupyterlab("notebooks") as lab, chromium() as browser:
        notebook = Window(browser, lab).open("03_linear_collapse.ipynb", theme="dark")
        notebook.run_all()
        panel = notebook.panel(0)
        panel.press("ArrowRight", times=3)
        panel.screenshot("panel.png")

노트북은 언제나 사본을 엽니다. 저장소의 노트북은 바뀌지 않습니다.
"""

import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
FLAGS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run"]


def find_chromium():
    """Chromium의 경로, 없으면 None. 환경 변수 CHROMIUM이 가장 먼저입니다."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


# ─────────────────────────────── 서버 ───────────────────────────────


@dataclass(frozen=True)
class Lab:
    """돌고 있는 JupyterLab: 주소, 토큰, 노트북 사본이 있는 폴더, 프로세스 번호."""

    url: str
    token: str
    folder: Path
    pid: int

    def ask(self, path):
        """서버의 API에 토큰을 가지고 묻습니다(json)."""
        request = urllib.request.Request(f"{self.url}/{path}", headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def jupyterlab(notebooks=ROOT / "notebooks", *, log=None):
    """노트북의 사본을 보여 주는 JupyterLab을 빈 포트에 띄우고, 끝나면 커널까지 모두 내립니다."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        folder = Path(home, "notebooks")
        shutil.copytree(notebooks, folder, ignore=shutil.ignore_patterns(".*"))
        port, token = _free_port(), os.urandom(16).hex()
        with open(log or os.devnull, "wb") as output:
            server = subprocess.Popen(_server_command(port, token, folder), env=_server_environment(home), cwd=folder,
                                      stdout=output, stderr=subprocess.STDOUT)
        lab = Lab(f"http://127.0.0.1:{port}", token, folder, server.pid)
        try:
            _wait_for(lab, server)
            yield lab
        finally:
            stop(server)


def stop(server, seconds=10):
    """서버를 멈춥니다. 커널까지 내리고도 AnyIO의 쉬는 스레드를 기다리느라 끝나지 못하는 일이 드물게 있어, 그때는 끊습니다."""
    server.terminate()
    try:
        server.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _server_command(port, token, folder):
    options = {"config": ROOT / "lessons" / "jupyter" / "config.py", "ServerApp.root_dir": folder,
               "ServerApp.port": port, "ServerApp.port_retries": 0,
               "IdentityProvider.token": token, "LabApp.expose_app_in_browser": True}
    return [sys.executable, "-m", "jupyterlab", "--no-browser",
            *(["--allow-root"] if _is_root() else []), *(f"--{name}={value}" for name, value in options.items())]


def _server_environment(home):
    """쓰는 사람의 Jupyter 설정을 읽지도 바꾸지도 않는 환경."""
    private = {name: str(Path(home, name.lower())) for name in (
        "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")}
    return {**os.environ, **private, "PYTHONPATH": str(ROOT), "LESSONS_PROGRESS": str(Path(home, "progress.json"))}


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _wait_for(lab, server, seconds=60):
    for _ in range(seconds * 5):
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab이 뜨지 않고 끝났습니다(종료 코드 {server.returncode}).")
        try:
            return lab.ask("api/status")
        except urllib.error.URLError:
            time.sleep(0.2)
    raise TimeoutError(f"JupyterLab이 {seconds}초 안에 대답하지 않았습니다.")


# ─────────────────────────────── 브라우저 ───────────────────────────────


@contextmanager
def chromium(headless=True):
    """Playwright가 모는 Chromium. 브라우저는 내려받지 않고 컴퓨터에 있는 것을 씁니다."""
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=headless,
                                             args=FLAGS + (["--no-sandbox"] if _is_root() else []))
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """JupyterLab이 열린 브라우저 탭 하나. `errors`에는 브라우저 콘솔의 오류가, `requests`에는 쪽이 부른 주소가 쌓입니다."""

    def __init__(self, browser, lab, *, width=1280, height=900, scale=1, timeout=60):
        self.size = {"width": width, "height": height}
        self.page = browser.new_page(viewport=self.size, device_scale_factor=scale, locale="ko-KR")
        self.page.set_default_timeout(timeout * 1000)
        self.errors, self.requests = [], []
        self.page.context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{lab.url}/lab/workspaces/{os.urandom(4).hex()}?token={lab.token}")
        self.page.wait_for_function("() => window.jupyterapp")
        self.page.evaluate("() => window.jupyterapp.restored")

    def open(self, name, *, theme="light"):
        """노트북을 열고 커널이 준비될 때까지 기다려 Notebook을 돌려줍니다. 창의 크기와 파일 목록은 처음처럼 돌려놓습니다."""
        self.page.set_viewport_size(self.size)
        self.page.evaluate("""async path => {
            document.body.style.height = '';
            window.jupyterapp.shell.expandLeft();
            const widget = await window.jupyterapp.commands.execute('docmanager:open', {path});
            await widget.context.ready;
            await widget.sessionContext.ready;
        }""", name)
        notebook = Notebook(self)
        notebook.set_theme(theme)
        return notebook

    def drain(self):
        """지금까지 쌓인 (errors, requests)를 돌려주고 비웁니다."""
        self.page.evaluate("() => null")        # 오는 길에 있던 것까지 받습니다.
        drained = self.errors, self.requests
        self.errors, self.requests = [], []
        return drained


KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
_IDLE = f"() => {KERNEL}.status === 'idle'"
# 다 실행한 뒤에도 JupyterLab은 위젯을 그리고 마지막 셀로 옮겨 가며, 새로 보이는 셀은 높이가 바뀝니다. 0.3초 동안 그대로일 때까지 기다립니다.
_STILL = """() => new Promise(done => {
    const notebook = document.querySelector('.jp-Notebook');
    let timer;
    const again = () => { clearTimeout(timer); timer = setTimeout(finish, 300); };
    const watcher = new MutationObserver(again);
    const finish = () => { watcher.disconnect(); notebook.removeEventListener('scroll', again, true); done(); };
    watcher.observe(notebook, {subtree: true, childList: true, characterData: true, attributes: true});
    notebook.addEventListener('scroll', again, true);
    again();
})"""
_CHANGED = """([root, picture, caption]) =>
    root.querySelector('.lesson-foreground .widget-html-content').innerHTML !== picture ||
    root.querySelector('.lesson-caption').textContent.trim() !== caption"""


_COLORS = """root => [
    ...[...root.querySelectorAll('svg text')].map(each => getComputedStyle(each).fill),
    ...[...root.querySelectorAll('.lesson-caption p, label, select')].map(each => getComputedStyle(each).color),
    getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor]"""


_CONTROL = re.compile(r'- (button|checkbox|combobox|radiogroup|radio|slider|spinbutton|textbox)(?: "((?:[^"\\\\]|\\\\.)*)")?(.*)')


def _controls(root):
    return [match.groups(default="") for match in _CONTROL.finditer(root.aria_snapshot())]


# 슬라이더의 속은 빼고 봅니다: 끝에 있는 손잡이는 언제나 제 막대보다 반만큼 나와 있습니다(그만큼 여백이 있습니다).
_TOO_WIDE = """() => [...document.querySelectorAll('.lesson-panel, .lesson-predict, .lesson-progress')]
    .flatMap(root => [root, ...root.querySelectorAll('*:not(svg *, .widget-slider, .widget-slider *)')])
    .filter(each => each.clientWidth && each.scrollWidth > each.clientWidth + 1).map(each => each.outerHTML.slice(0, 300))"""


_TEXT_SIZES = """() => [...document.querySelectorAll('.lesson-panel svg text')].map(text => {
    const svg = text.ownerSVGElement;
    return parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
})"""


_WATCH_FRAME = """() => {
    window.disturbed = [];
    const watcher = new MutationObserver(records => window.disturbed.push(...records.map(({target}) => (target.outerHTML ?? target.data).slice(0, 200))));
    for (const part of [document.head, document.querySelector('#jp-main-statusbar')])
        watcher.observe(part, {subtree: true, childList: true, characterData: true, attributes: true});
}"""


_BELOW = """() => {
    document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0;
    const bottoms = [...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(cell => cell.getBoundingClientRect().bottom);
    return Math.ceil(Math.max(...bottoms) + 60 - innerHeight);
}"""


class Notebook:
    """창에서 앞에 열려 있는 노트북 하나."""

    def __init__(self, window):
        self.window, self.page = window, window.page

    def set_theme(self, theme):
        """밝은 화면("light")이나 어두운 화면("dark")으로 바꿉니다."""
        self.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", THEMES[theme])
        self.page.wait_for_selector(f"body[data-jp-theme-name='{THEMES[theme]}']", state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")     # 테마를 바꾸는 동안 화면을 덮습니다.

    def resize(self, width, height):
        """창의 크기(CSS 픽셀)를 바꾸고 화면이 다시 놓일 때까지 기다립니다."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate("() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 200))")

    def unroll(self):
        """노트북이 모두 화면에 들어오도록 창을 늘입니다. axe는 밀려나 보이지 않는 글과, 높이가 0인 body 안의 글을 보지 않습니다."""
        self.page.evaluate("() => { document.body.style.height = '100vh'; }")
        while (below := self.page.evaluate(_BELOW)) > 0:     # 화면에 들어온 칸은 어림한 높이가 제 높이로 바뀝니다.
            self.resize(1280, self.page.viewport_size["height"] + below)

    @property
    def too_wide(self):
        """패널, 예측, 진도에서 제 자리보다 넓어서 잘리거나 옆으로 밀어야 보이는 것들."""
        return self.page.evaluate(_TOO_WIDE)

    @property
    def smallest_text(self):
        """패널의 그림에서 가장 작은 글자의 크기(CSS 픽셀)."""
        return min(self.page.evaluate(_TEXT_SIZES))

    def watch_frame(self):
        """지금부터 탭의 아이콘이나 상태 표시줄에서 바뀌는 것을 적어 둡니다(disturbed)."""
        self.page.evaluate(_WATCH_FRAME)

    @property
    def disturbed(self):
        return self.page.evaluate("() => window.disturbed")

    def run_all(self):
        """메뉴의 "모든 셀 실행"과 같은 명령을 내리고 커널이 쉬고 화면이 멈출 때까지 기다립니다."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.wait_until_idle()
        self.wait_until_still()

    def wait_until_idle(self):
        self.page.wait_for_function(_IDLE)

    def wait_until_still(self):
        self.page.evaluate(_STILL)

    def click(self, target):
        """마우스로 누릅니다. 화면이 움직이는 동안 누르면 빗나가므로, 보이는 데로 옮기고 멈추기를 기다립니다."""
        target.scroll_into_view_if_needed()
        self.wait_until_still()
        target.click()

    @property
    def panels(self):
        return [Panel(self.page, each) for each in self.page.locator(".lesson-panel").all()]

    def panel(self, index=0):
        """위에서부터 index번째 패널. 나타날 때까지 기다립니다."""
        root = self.page.locator(".lesson-panel").nth(index)
        root.wait_for()
        return Panel(self.page, root)

    def cell(self, words):
        """그 글이 든 첫 코드 셀."""
        return self.page.locator(".jp-CodeCell", has_text=words).first

    def rewrite(self, words, source):
        """그 글이 든 셀을 손으로 하듯 지우고 새로 쓴 뒤 실행합니다(Shift+Enter). 출력의 글을 돌려줍니다."""
        cell = self.cell(words)
        self.click(cell.locator(".cm-content"))
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function("cell => !cell.querySelector('.jp-InputPrompt').textContent.includes('*')", arg=cell.element_handle())
        self.wait_until_idle()
        return cell.locator(".jp-OutputArea").text_content()

    @property
    def error_outputs(self):
        """오류를 낸 셀들의 출력 글."""
        return self.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error'], "
                                 ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").all_text_contents()

    def screenshot(self, path):
        self.page.screenshot(path=path)

    def close(self):
        """커널을 내리고 저장하지 않은 채 닫습니다. 창은 남습니다."""
        self.page.evaluate("""async () => {
            const widget = window.jupyterapp.shell.currentWidget;
            await widget.sessionContext.shutdown();
            widget.dispose();
            await new Promise(requestAnimationFrame);
        }""")


class Panel:
    """화면에 나타난 패널 하나(lesson-panel)."""

    def __init__(self, page, root):
        self.page = page
        self.root = root

    @property
    def caption(self):
        return self.root.locator(".lesson-caption").text_content().strip()

    @property
    def picture(self):
        """움직이는 그림(SVG)의 글."""
        return self.root.locator(".lesson-foreground .widget-html-content").inner_html()

    @property
    def background(self):
        return self.root.locator(".lesson-background .widget-html-content").inner_html()

    @property
    def colors(self):
        """(글자들의 색, 바탕의 색). 색은 (r, g, b, 불투명도)입니다."""
        *inks, paper = self.page.evaluate(_COLORS, self.root.element_handle())
        rgba = [tuple(map(float, re.findall(r"[\d.]+", color))) for color in (*inks, paper)]
        *inks, paper = [color if len(color) == 4 else (*color, 1.0) for color in rgba]
        return set(inks), paper

    @property
    def spoken(self):
        """설명글이 바뀌면 화면 낭독기가 읽을 것: 바뀌지 않는 live region이 품고 있는 것들."""
        return self.root.get_by_role("status").aria_snapshot()

    @property
    def controls(self):
        """화면 낭독기에 들리는 컨트롤들의 (역할, 이름, 나머지). 이름이 없으면 빈 글입니다."""
        return _controls(self.root)

    @property
    def sliders(self):
        return self.root.locator(".noUi-handle")

    def press(self, key, *, slider=0, times=1):
        """slider번째 슬라이더를 키로 움직입니다. 한 번 누를 때마다 패널이 바뀌고 커널이 쉴 때까지 기다립니다."""
        for _ in range(times):
            before = [self.picture, self.caption]
            self.sliders.nth(slider).press(key)
            self.page.wait_for_function(_CHANGED, arg=[self.root.element_handle(), *before], timeout=10_000)
            self.page.wait_for_function(_IDLE)

    @property
    def there_and_back(self):
        """첫 슬라이더를 한 눈금 옮기는 키와 되돌리는 키: 오른쪽으로, 오른쪽 끝에 있으면 왼쪽으로."""
        now, last = (self.sliders.first.get_attribute(f"aria-value{which}") for which in ("now", "max"))
        return ("ArrowLeft", "ArrowRight") if now == last else ("ArrowRight", "ArrowLeft")

    def nudge(self):
        """첫 슬라이더를 키로 한 눈금 옮기고, 되돌리는 키를 돌려줍니다."""
        there, back = self.there_and_back
        self.press(there)
        return back

    def drag(self, moves=200):
        """첫 슬라이더의 손잡이를 잡고 빠르게 왔다 갔다 moves번 옮긴 뒤 놓습니다. 화면이 다 따라왔는지는 기다리지 않습니다."""
        self.sliders.first.scroll_into_view_if_needed()
        box = self.sliders.first.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for k in range(1, moves + 1):
            self.page.mouse.move(x + 60 * math.sin(k / 20), y)
        self.page.mouse.up()

    def screenshot(self, path):
        self.root.scroll_into_view_if_needed()
        self.root.screenshot(path=path)
