"""손이 느끼는 빠르기: 키를 누른 때부터 그림이 바뀔 때까지, 그리고 빠르게 끌 때. 진짜 JupyterLab과 Chromium에서 잽니다.

    python tests/bench/latency.py [패널 이름 …]

강의마다 노트북 한 쪽을 열어 그 안에서 견줍니다: 바닥(맨 슬라이더와 Label), 그 강의의 모든 패널, 그리고 패널마다 똑같은 그림을
움직일 때마다 새로 그리는 interact + pyplot. ipympl과 bqplot은 설치되어 있을 때만, 00_start의 그림으로 잽니다.
수는 밀리초이고 컴퓨터마다 다릅니다. 볼 것은 같은 쪽의 바닥과의 차이와 interact에 대한 비입니다.
"""

import importlib.util
import itertools
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import Panel, Window, chromium, jupyterlab   # noqa: E402
from panels import PANELS                                   # noqa: E402

PRESSES, PAUSE, MOVES = 40, 400, 200
LIVE = ("LiveTraining", "DecisionBoundary", "Capstone", "RightAndWrong")      # 지금 훈련하는 패널: 움직일 때마다, 또는 문제를 처음 고를 때

FLOOR = """
import ipywidgets
slider, label = ipywidgets.FloatSlider(min=-5, max=5), ipywidgets.Label("0")
slider.observe(lambda change: setattr(label, "value", f"x = {change.new:.1f}"), "value")
ipywidgets.VBox([slider, label.add_class("bench-watched")]).add_class("bench-floor")
"""
# 패널과 같은 그림과 컨트롤. 움직일 때마다 흔히 하듯 새 그림을 그립니다.
INTERACT = """
import ipywidgets, matplotlib.pyplot as plt
from lessons import style
def redrawn(panel_class):
    panel = panel_class.__new__(panel_class)
    def draw(**values):
        with style.styled():
            panel.draw(plt.figure(figsize=panel.size, layout="constrained"))
            panel.update(**values)
            plt.show()
    ipywidgets.interact(draw, **{name: control.widget() for name, control in panel_class.controls.items()})
"""
IPYMPL = """
from ipympl.backend_nbagg import Canvas, FigureManager
from matplotlib.figure import Figure
from lessons.start import Welcome
panel, widget = Welcome.__new__(Welcome), Welcome.controls["w"].widget()
with style.styled():
    canvas = Canvas(Figure(figsize=panel.size, layout="constrained"))
    manager = FigureManager(canvas, 0)
    panel.draw(canvas.figure)
canvas.add_class("bench-watched")
def move(change):
    with style.styled():
        panel.update(w=change.new, b=0.0, name="sigmoid", plain=True)
        canvas.draw_idle()
widget.observe(move, "value")
ipywidgets.VBox([widget, canvas]).add_class("bench-ipympl")
"""
BQPLOT = """
import bqplot, numpy as np, activations as act
x, widget, scales = np.linspace(-5, 5, 401), ipywidgets.FloatSlider(min=-5, max=5), {"x": bqplot.LinearScale(), "y": bqplot.LinearScale(min=-2, max=5)}
lines = bqplot.Lines(x=x, y=[act.sigmoid(x), x], scales=scales)
widget.observe(lambda change: setattr(lines, "y", [act.sigmoid(change.new * x), change.new * x]), "value")
axes = [bqplot.Axis(scale=scales["x"]), bqplot.Axis(scale=scales["y"], orientation="vertical")]
figure = bqplot.Figure(marks=[lines], axes=axes, animation_duration=0).add_class("bench-watched")
ipywidgets.VBox([widget, figure]).add_class("bench-bqplot")
"""
# 누른 때와, 지켜보는 곳이 바뀐 때마다의 시각을 적습니다. interact는 먼저 출력을 비우므로 새 <img>가 나타난 때를, ipympl은 캔버스에
# 그리므로 그리는 명령을 내린 때를 적습니다.
WATCH = """target => {
    window.changes = []; window.pressed = null; window.moved = null;
    window.watcher?.disconnect();
    let last = target.querySelector('img')?.src;
    const renewed = () => {
        const now = target.querySelector('img')?.src;
        return last === undefined || (now !== undefined && now !== last && (last = now));
    };
    window.watcher = new MutationObserver(() => renewed() && window.changes.push(performance.now()));
    window.watcher.observe(target, {subtree: true, childList: true, characterData: true, attributeFilter: ['d', 'src']});
    window.drawImage ??= CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (...given) {
        if (target.contains(this.canvas)) window.changes.push(performance.now());
        return window.drawImage.apply(this, given);
    };
    document.addEventListener('keydown', () => { window.pressed = performance.now(); }, true);
    document.addEventListener('pointermove', () => { window.moved = performance.now(); }, true);
}"""
FORGET = "() => { window.changes = []; }"
CHANGED = "() => window.changes.length > 0"
LATENCY = "() => window.changes[0] - window.pressed"
AFTER_DRAG = "() => [window.changes.length, Math.max(0, (window.changes.at(-1) ?? window.moved) - window.moved)]"


OTHERS = {name: cell for name, cell in (("ipympl", IPYMPL), ("bqplot", BQPLOT)) if importlib.util.find_spec(name)}


def write_notebook(folder, panels, others):
    cells = [INTERACT, FLOOR, *others.values()]
    for panel in panels:
        cells += [f"from {panel.__module__} import {panel.__name__}\n{panel.__name__}()", f"redrawn({panel.__name__})"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}     # 없으면 커널을 고르라고 묻습니다.
    notebook = new_notebook(cells=[new_code_cell(cell.strip()) for cell in cells], metadata=kernel)
    nbformat.write(notebook, Path(folder, "bench.ipynb"))


def press(page, panel, slow):
    """키를 PRESSES번(그림이 느린 것은 그 절반만) 누르며 잰 시간들. 두 방향을 번갈아 누르고, 처음 두 번은 몸풀기입니다."""
    times, keys = [], panel.there_and_back
    for k in range((PRESSES // 2 if slow else PRESSES) + 2):
        page.evaluate(FORGET)
        panel.sliders.first.press(keys[k % 2])
        page.wait_for_timeout(PAUSE)
        page.wait_for_function(CHANGED)
        times.append(page.evaluate(LATENCY))
        if slow:
            page.wait_for_timeout(PAUSE)    # 뒤늦은 그림이 다음 것으로 세어지지 않게
    return times[2:]


def measure(page, root, watched, slow=False):
    """(가운데값, p95, 빠르게 끌 때 보인 그림의 수, 멈춘 때부터 마지막 그림까지)."""
    panel = Panel(page, root)
    panel.sliders.first.scroll_into_view_if_needed()
    page.evaluate(WATCH, watched.element_handle())
    times = press(page, panel, slow)
    page.evaluate(FORGET)
    panel.drag(MOVES)
    page.wait_for_timeout(1500)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], *page.evaluate(AFTER_DRAG)


def row(name, measured, floor, redrawn=None):
    median, p95, shown, settle = measured
    ratio = f"{redrawn[0]:.1f} | {redrawn[0] / median:.1f}" if redrawn else " | "
    print(f"| {name} | {median:.1f} | {median - floor[0]:+.1f} | {p95:.1f} | {p95 - floor[1]:+.1f} | {ratio} | {shown} | {settle:.0f} |", flush=True)


def measure_lesson(browser, panels, others):
    """한 강의의 쪽을 열어 재며 줄을 찍습니다. 패널 이름 → (패널, interact, 바닥)."""
    with tempfile.TemporaryDirectory() as folder:
        write_notebook(folder, panels, others)
        with jupyterlab(folder) as lab:
            notebook = Window(browser, lab, height=1000).open("bench.ipynb")
            notebook.run_all()
            page, results = notebook.page, {}

            def one(css, index=0, watched=".bench-watched", **how):
                root = page.locator(css).nth(index)
                return measure(page, root, root.locator(watched).first, **how)

            one(".bench-floor")                             # 몸풀기
            floor = one(".bench-floor")
            row(f"바닥: 슬라이더 → Label ({panels[0].__module__})", floor, floor)
            for name in others:
                row(name, one(f".bench-{name}"), floor)
            for k, panel in enumerate(panels):
                measured, redrawn = one(".lesson-panel", k, ".lesson-foreground"), one(".widget-interact", k, ".widget-output", slow=True)
                results[panel.__name__] = measured, redrawn, floor
                row(panel.__name__, measured, floor, redrawn)
            page.close()
            return results


def summary(results):
    """패널들의 목표와 견준 몇 줄: 지금 훈련하는 패널은 따로 셉니다."""
    for title, names, goal in (("패널", [n for n in results if n not in LIVE], 8), ("지금 훈련하는 패널", [n for n in results if n in LIVE], 48)):
        rows = [results[name] for name in names]
        gaps = [panel[0] - floor[0] for panel, _, floor in rows]
        tails = [panel[1] - floor[1] for panel, _, floor in rows]
        ratios = [redrawn[0] / panel[0] for panel, redrawn, _ in rows]
        settles = [panel[3] for panel, _, _ in rows]
        if names:
            print(f"{title} {len(names)}개: 바닥과의 차이 {min(gaps):+.1f} … {max(gaps):+.1f} (목표 {goal} 안 {sum(gap <= goal for gap in gaps)}개), "
                  f"p95의 차이 {min(tails):+.1f} … {max(tails):+.1f} (20 안 {sum(tail <= 20 for tail in tails)}개), "
                  f"interact는 {min(ratios):.1f} … {max(ratios):.1f}배(8배 이상 {sum(ratio >= 8 for ratio in ratios)}개), "
                  f"멈춘 뒤 {max(settles):.0f} 이하")


def main(wanted):
    if unknown := set(wanted) - {panel.__name__ for panel in PANELS}:
        sys.exit(f"이런 패널은 없습니다: {', '.join(sorted(unknown))}. 있는 것은 {', '.join(panel.__name__ for panel in PANELS)}입니다.")
    print("| 무엇 | 가운데값 | − 바닥 | p95 | − 바닥의 p95 | interact + pyplot | 몇 배 | 끌 때 보인 그림 | 멈춘 뒤 |\n|---|---|---|---|---|---|---|---|---|")
    results = {}
    with chromium() as browser:
        for _, lesson in itertools.groupby(PANELS, key=lambda panel: panel.__module__):
            panels = [panel for panel in lesson if not wanted or panel.__name__ in wanted]
            if panels:
                results |= measure_lesson(browser, panels, OTHERS if panels[0].__name__ == "Welcome" else {})
    summary(results)


if __name__ == "__main__":
    main(sys.argv[1:])
