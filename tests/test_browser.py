"""진짜 JupyterLab에서 노트북을 열고, 실행하고, 손으로 하듯 움직여 봅니다. Chromium이 없으면 건너뜁니다."""

import io
import re
from collections import Counter
from ipaddress import ip_address
from pathlib import Path

import numpy as np
import psutil
import pytest
from matplotlib.image import imread

from browser import KERNEL, THEMES, Window
from lessons import style, svg
from lessons.panel import Panel

# axe의 판정 가운데, 파이썬에서 닿을 수 없는 ipywidgets 자신의 결함과 axe가 판정하지 못하는 것: (axe의 규칙, 요소의 HTML 첫머리).
EXCUSED = {
    # 펼침 목록의 화살표가 배경 그림이라 axe가 판정하지 못합니다. 그 명암비는 Panel.colors로 우리가 셈합니다.
    ("color-contrast", "<select"),
    # 글자가 아닌 부호 하나뿐인 보기의 명암비는 판정하지 않습니다. 다른 보기의 단추와 같은 색입니다.
    ("color-contrast", '<button class="lm-Widget jupyter-widgets jupyter-button widget-button" title="∞"'),
}

SLOWEST = "08_ce_vs_mse"            # 첫 패널이 움직일 때마다 신경망 16개를 훈련합니다.
# 서버가 대신 인터넷에 물어보게 하는 주소: 새 소식과 새 판.
ASKING_OUTSIDE = ("lab/api/news", "lab/api/update")


@pytest.fixture(scope="module")
def window(lab, browser):
    """시험들이 함께 쓰는 창. JupyterLab을 새로 띄우는 것이 노트북을 여는 것보다 몇 배 오래 걸립니다."""
    return Window(browser, lab)


@pytest.fixture
def opened(lab, browser, window):
    """노트북을 열고 다 실행합니다. 시험이 끝나면 콘솔 오류도, 이 컴퓨터 밖을 부른 일도 없었음을 확인하고 닫습니다."""
    notebooks = []

    def open_and_run(name, apart=False):
        notebooks.append((Window(browser, lab) if apart else window).open(name))
        notebooks[-1].run_all()
        return notebooks[-1]

    yield open_and_run
    for notebook in notebooks:
        errors, requests = notebook.window.drain()
        notebook.close()
        _, closing = notebook.window.drain()        # 닫힌 노트북에 초점을 옮기려던 JupyterLab이 오류를 내기도 합니다(_ensureFocus).
        if notebook.window is not window:
            notebook.window.page.close()
        assert any(url.startswith("ws:") for url in requests)
        assert [url for url in requests + closing if leaves(lab, url)] == []
        assert errors == []


def leaves(lab, url):
    """이 컴퓨터 밖으로 나가거나, 서버를 나가게 하는 주소인가."""
    scheme, _, rest = url.partition(":")
    inside, _, path = rest.partition(f"{lab.url.partition(':')[2]}/")
    return scheme not in ("data", "blob") and (inside != "" or path.startswith(ASKING_OUTSIDE))


def test_a_key_press_moves_the_picture_and_the_caption_of_one_notebook(opened, lab):
    """오른쪽 화살표 하나로 움직이는 그림과 설명글이 바뀌고, 배경은 그대로입니다. 왼쪽으로 되돌아옵니다. 함께 연 노트북은 움직이지 않습니다."""
    other = opened("00_start.ipynb", apart=True).panel(0)
    panel = opened("03_linear_collapse.ipynb").panel(0)
    assert len(lab.ask("api/kernels")) == 2
    beside = other.picture, other.caption
    start = panel.picture, panel.caption
    background = panel.background
    status = panel.root.get_by_role("status").element_handle()
    panel.press("ArrowRight")
    assert panel.picture != start[0] and panel.caption != start[1]
    assert (other.picture, other.caption) == beside
    assert panel.caption in panel.spoken and status.evaluate("status => status.isConnected")     # 바뀌지 않는 live region
    panel.press("ArrowLeft")
    assert (panel.picture, panel.caption) == start
    assert panel.background == background


def test_a_move_leaves_the_frame_of_jupyterlab_alone_and_stays_in_the_thread_of_the_cells(opened):
    """슬라이더를 옮겨도 탭의 아이콘과 상태 표시줄은 그대로이고(page_config.json), 커널은 다른 스레드를 만들지 않습니다(overrides.json).

    JupyterLab이 그것까지 다시 그리면 그림이 늦고, 다른 스레드에서 움직이면 그때 실행하는 칸의 그림에 패널의 모양새가 섞입니다.
    """
    notebook = opened("00_start.ipynb")
    panel = notebook.panel(0)
    panel.press(panel.nudge())          # 처음 움직이면 노트북에 고친 표시가 붙습니다.
    notebook.watch_frame()
    panel.press(panel.nudge())
    assert notebook.disturbed == []
    listed = notebook.page.evaluate(f"async () => (await {KERNEL}.requestListSubshell({{}}).done).content")
    assert listed["subshell_id"] == []


def test_every_control_is_reached_by_tab_and_moves_by_keys(opened):
    """00_start: Tab만으로 모든 컨트롤에 닿고(라디오 단추는 고른 것 하나), 재생 단추는 이름(아이콘의 글자는 빼고)이 하는 일을 따라 바뀌며, 수 칸에 쓴 값이 그림을 옮깁니다."""
    notebook = opened("00_start.ipynb")
    panel, keyboard = notebook.panel(0), notebook.page.keyboard
    panel.root.get_by_role("button", name="재생", exact=True).focus()
    controls = panel.root.locator("button:visible, input:not([type=radio]), input:checked, select, .noUi-handle")
    for k in range(controls.count()):
        assert controls.nth(k).evaluate("each => each === document.activeElement"), controls.nth(k).evaluate("each => each.outerHTML")
        keyboard.press("Tab")
    panel.root.get_by_role("spinbutton", name="편향 b").fill("2.5")
    keyboard.press("Enter")
    panel.root.get_by_text("b = 2.5").wait_for()
    panel.root.get_by_role("radio", name="ReLU 함수").press("Space")
    panel.root.get_by_text("ReLU 함수: x = 1").wait_for()
    panel.root.get_by_role("button", name="재생", exact=True).press("Enter")
    panel.root.get_by_role("button", name="멈춤", exact=True).press("Enter")
    panel.root.get_by_role("button", name="재생", exact=True).wait_for()


def test_a_handle_says_the_value_of_its_box(opened):
    """02_activations: 키로 옮긴 뒤 손잡이가 말하는 값이 수 칸의 값과 같습니다. 소수 한 자리로 반올림하지도, 로그 슬라이더의 지수를 말하지도 않습니다."""
    panels = opened("02_activations.ipynb").panels
    for label, low in (("입력의 배율 k", 0.25), ("α (리키 렐루와 ELU)", 0.0)):
        panel = next(panel for panel in panels if label in panel.root.aria_snapshot())
        handle, box = (panel.root.get_by_role(role, name=label) for role in ("slider", "spinbutton"))
        for key in ("ArrowRight", "ArrowRight", "End", "Home"):
            before = box.input_value()
            handle.press(key)
            panel.page.wait_for_function("([box, before]) => box.value !== before", arg=[box.element_handle(), before])
            for said in ("aria-valuenow", "aria-valuetext"):
                assert float(handle.get_attribute(said)) == pytest.approx(float(box.input_value()), rel=5e-3), (label, key)
            assert len(handle.get_attribute("aria-valuetext")) <= 5
        assert float(box.input_value()) == low


def test_arrow_keys_choose_among_radio_buttons_and_in_a_list(opened):
    """02_activations: 라디오 단추와 펼침 목록에서 누른 화살표 키는 고르는 일을 하고, 노트북의 다음 칸으로 가지 않습니다."""
    panels = opened("02_activations.ipynb").panels
    for css in ("input[type=radio]:checked", "select"):
        panel = next(panel for panel in panels if panel.root.locator(css).count())
        chosen, caption = panel.root.locator(css).first, panel.caption
        chosen.press("ArrowDown")
        panel.page.wait_for_function("([root, caption]) => root.querySelector('.lesson-caption').textContent.trim() !== caption",
                                     arg=[panel.root.element_handle(), caption])
        assert panel.root.locator(css).first.evaluate("each => each === document.activeElement")
    panel.page.keyboard.press("Control+B")              # JupyterLab의 다른 단축키는 그대로입니다.
    panel.page.locator("#jp-left-stack").wait_for(state="hidden")


def test_a_playing_panel_is_hushed_and_speaks_where_it_stops(opened):
    """03_linear_collapse: 재생하는 동안 설명글은 낭독기에 밀려들지 않고, 멈춘 뒤에는 다시 들립니다."""
    panel = opened("03_linear_collapse.ipynb").panel(0)
    status = panel.root.locator("[role=status]")
    panel.sliders.first.press("Home")                   # 처음부터 끝까지 걷는 동안 멈춥니다.
    panel.root.get_by_role("button", name="재생").press("Enter")
    panel.root.get_by_role("button", name="멈춤").wait_for()
    assert status.get_attribute("aria-live") == "off"
    panel.root.get_by_role("button", name="멈춤").press("Enter")
    panel.root.get_by_role("button", name="재생").wait_for()
    assert status.get_attribute("aria-live") == "polite"
    stopped = panel.root.locator(".lesson-caption p").element_handle()
    panel.page.wait_for_function("caption => !caption.isConnected", arg=stopped)        # 다시 끼운 설명글을 낭독기가 읽습니다.
    assert panel.caption in panel.spoken


def test_a_learner_predicts_fails_and_solves(opened):
    """01_dense_layer: 틀린 보기와 맞은 보기, 알아본 실수와 맞은 답이 저마다 제 말을 하고, 진도가 따라갑니다."""
    notebook = opened("01_dense_layer.ipynb")
    prediction = notebook.page.locator(".lesson-predict").first
    status = prediction.get_by_role("status")           # 화면 낭독기가 읽을 것. 말은 그 곁에 있고 aria-owns로 이어집니다.
    assert status.aria_snapshot() == "- status"
    notebook.click(prediction.get_by_role("button", name="32개"))
    prediction.get_by_text("뉴런마다 편향이 하나씩 더 있습니다").wait_for()
    assert "뉴런마다 편향이 하나씩 더 있습니다" in status.aria_snapshot()
    prediction.get_by_role("button", name="40개").press("Enter")
    prediction.get_by_text("✓ 맞습니다").wait_for()

    write = 'def my_neuron(x, w, b):\n    return {}\n\ncheck("neuron", my_neuron)'
    assert "음수이면 0이 되게 하는" in notebook.rewrite('check("neuron"', write.format("x @ w + b"))
    assert "✓ 맞습니다" in notebook.rewrite('check("neuron"', write.format("max(x @ w + b, 0)"))
    progress = notebook.page.locator(".lesson-progress").last
    progress.get_by_text("✓ 끝냄").nth(1).wait_for()
    assert progress.get_by_text("✓ 끝냄").count() == 2


def contrast(ink, paper):
    """WCAG 2의 명암비: 1(같은 색)에서 21(검정과 하양)까지."""
    alpha = ink[3]
    bright, dark = sorted((_luminance([alpha * i + (1 - alpha) * p for i, p in zip(ink[:3], paper)]),
                           _luminance(paper[:3])), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(rgb):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (c / 255 for c in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def axe(page):
    """우리 출력(패널, 예측, 진도, 연습의 결과)에 대한 axe의 판정: (흠과 판정하지 못한 것, 명암비를 확인한 것).

    그림(svg)은 낭독기에 들리지 않고, 두 장이 겹쳐 axe가 배경을 모르므로, 그 명암비는 Panel.colors로 우리가 셈합니다.
    """
    from axe_playwright_python.sync_playwright import Axe
    said = Axe().run(page, {"include": [".jp-OutputArea-output"], "exclude": ["svg"]}, options={}).response
    faults = [(rule["id"], node["html"], node["failureSummary"]) for kind in ("violations", "incomplete")
              for rule in said[kind] for node in rule["nodes"]]
    return ([each for each in faults if not any(each[0] == rule and each[1].startswith(start) for rule, start in EXCUSED)],
            [node["html"] for rule in said["passes"] if rule["id"] == "color-contrast" for node in rule["nodes"]])


def a_burst_settles(page, panel):
    """200번 빠르게 끌어도 밀린 그림이 없습니다: 놓고 나서 멈춘 그림이, 같은 값으로 천천히 되돌아와 본 그림과 같습니다."""
    panel.drag()
    page.page.wait_for_timeout(1000)
    settled = panel.picture, panel.caption
    panel.press(panel.nudge())
    assert (panel.picture, panel.caption) == settled


def test_every_notebook_runs_and_shows_its_panels(opened, notebook_path, notebook):
    """오류를 낸 칸이 없고, 저장된 그림이 있던 자리마다 같은 말을 하는 패널이 있으며, 두 테마에서, 좁은 화면에서, 화면 낭독기로도 읽히고,
    키를 따라 움직입니다."""
    page = opened(notebook_path.name)
    assert page.error_outputs == []
    stored = [output.data["text/plain"] for cell in notebook.cells if cell.cell_type == "code"
              for output in cell.outputs if "image/png" in output.get("data", {})]
    page.panel(len(stored) - 1)         # 마지막 것이 나타날 때까지 기다립니다.
    assert [panel.caption for panel in page.panels] == stored
    for panel in page.panels:
        assert panel.caption in panel.spoken
        named = Counter((role, name) for role, name, _ in panel.controls)
        assert all(name not in ("", "null") for _, name in named), named
        assert all(named["spinbutton", name] == named["slider", name] for role, name in named if role in ("spinbutton", "slider")), named
        boxes = [rest for role, _, rest in panel.controls if role == "spinbutton"]
        assert len(boxes) == panel.sliders.count() and all(re.search(r"\d", rest) for rest in boxes), panel.controls
        assert panel.root.get_by_role("radiogroup").count() == panel.root.locator(".widget-radio").count()
        assert panel.root.locator("svg:not([aria-hidden=true])").count() == 0
    for prediction in page.page.locator(".lesson-predict").all():
        assert prediction.get_attribute("aria-label").startswith("예측 ")       # 보기의 단추들은 물음을 모릅니다.
        page.click(prediction.get_by_role("button").first)
        prediction.get_by_text(re.compile("^[✓✗] ")).wait_for()
        assert re.search("✓|✗", prediction.get_by_role("status").aria_snapshot())
    page.unroll()
    for theme in THEMES:
        page.set_theme(theme)
        faults, readable = axe(page.page)
        assert faults == [], theme
        assert sum('role="paragraph"' in html for html in readable) == len(page.panels)    # 설명글을 하나도 빠뜨리지 않고 보았습니다.
        for panel in page.panels:
            assert "<svg" in panel.background and "<svg" in panel.picture
            inks, paper = panel.colors
            assert inks and min(contrast(ink, paper) for ink in inks) >= 4.5, (theme, panel.caption, inks)
    for panel in page.panels:
        panel.nudge()
    if notebook_path.stem == SLOWEST:
        a_burst_settles(page, page.panels[0])
    for zoom, size in [(1, (1024, 768)), (2, (640, 450))]:      # 작은 프로젝터, 그리고 1280 × 900 창을 200 %로 키운 것
        page.resize(*size)
        assert page.too_wide == [], size
        assert page.smallest_text * zoom >= 10, size            # 파일 목록이 저절로 접혀 그림에 자리를 내줍니다.


class Shapes(Panel):
    """빨리 쓰는 것들. 표식은 작은 것과, 비치고 테두리가 없는 큰 것. 막대는 음수, 축을 넘는 것, 로그 축에 선 것, 비치는 띠. 격자 그림은 위에서부터
    놓은 것과 아래에서부터 놓은 것."""

    size = (6.0, 1.5)

    def draw(self, figure):
        axes, bars, log, upper, lower = figure.subplots(1, 5)
        axes.set(xlim=(0, 6), ylim=(0, 3))
        bars.set(xlim=(0, 6), ylim=(-1, 1))
        log.set(xlim=(0, 6), ylim=(0.1, 10), yscale="log")
        log.yaxis.set_visible(False)
        small = [axes.plot(k, 1, each, color=style.VERMILLION, markersize=4)[0] for k, each in enumerate(svg.OUTLINES, 1)]
        large = [axes.plot(k, 2, each, color=style.BLUE, markersize=12, alpha=0.5, markeredgewidth=0)[0] for k, each in enumerate(svg.OUTLINES, 1)]
        images = [upper.imshow([[0, 1, 2], [3, 4, 5]], cmap="viridis", interpolation="none"),
                  lower.imshow([[0, 1, 2], [3, 4, 5]], cmap="viridis", interpolation="none", origin="lower", extent=(0, 9, 1, 3), aspect="auto")]
        return [small, large, bars.bar([1, 2, 3], [0.5, -0.5, 2], color=style.GREEN), log.bar([1, 2], [1, 0.01]),
                bars.axvspan(4, 7, alpha=0.3, linewidth=0), images]

    def update(self):
        return "표식, 막대, 격자 그림"


def test_what_is_written_fast_looks_as_matplotlib_draws_it(browser):
    """빨리 쓴 표식, 막대, 격자 그림(lessons/svg.py)을 Chromium이 그리면, matplotlib이 쓴 것과 같은 그림입니다."""
    panel, page = Shapes(), browser.new_page(viewport={"width": 600, "height": 150}, device_scale_factor=4)
    pixels = []
    for draw in (panel._draw_foreground, lambda renderer: [artist.draw(renderer) for artist in panel._moving]):
        page.set_content(f'<body style="margin:0">{panel._svg(draw)}')
        pixels.append(imread(io.BytesIO(page.screenshot()))[..., :3])
    page.close()
    ours, theirs = pixels
    assert (theirs < 0.9).any(axis=-1).mean() > 0.01                # 그림이 비어 있지 않습니다.
    assert np.abs(ours - theirs).max() < 0.4                        # 윤곽의 화소만 살짝 다릅니다. 표식이 10% 크면 0.4를 넘습니다.


def test_the_menus_are_korean_and_the_start_page_is_the_first_lesson(lab, browser):
    """config.py와 overrides.json이 정말로 읽힙니다."""
    page = browser.new_page()
    page.goto(f"{lab.url}/?token={lab.token}")
    page.get_by_role("tab", name="00_start.ipynb").wait_for()
    assert page.get_by_role("menuitem", name="파일", exact=True).is_visible()
    page.close()


def test_a_stranger_without_the_token_is_turned_away(lab, browser):
    answer = browser.new_context().request.get(f"{lab.url}/api/contents")
    assert answer.status == 403


def test_the_server_listens_on_this_machine_alone(lab):
    listening = {connection.laddr for connection in psutil.Process(lab.pid).net_connections("inet") if connection.status == psutil.CONN_LISTEN}
    assert int(lab.url.rpartition(":")[2]) in {address.port for address in listening}
    assert all(ip_address(address.ip).is_loopback for address in listening)


def test_all_this_needs_no_network(lab, unplugged):
    """여기의 시험은 모두 빈 네트워크에서 돕니다(conftest). 서버에 보이는 것은 루프백뿐이고, 확장 목록도 PyPI에 묻지 않고 대답합니다."""
    assert re.findall(r"(\S+):", Path(f"/proc/{lab.pid}/net/dev").read_text()) == ["lo"]
    lab.ask("lab/api/extensions?query=jupyterlab&refresh=1")
