"""손이 느끼는 빠르기: 글쇠를 누른 때부터 그림이 바뀔 때까지, 그리고 빠르게 끌 때. 진짜 JupyterLab과 Chromium에서 잽니다.

    python tests/bench/latency.py [패널 이름 …]

한 번의 실행 안에서 견줍니다: 바닥(맨 슬라이더와 Label), 모든 강의의 모든 패널, 같은 그림을 그리는 interact + pyplot.
수는 밀리초이고 컴퓨터마다 다릅니다. 볼 것은 바닥과의 차이와 interact에 대한 비입니다.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import chromium, jupyterlab, open_notebook     # noqa: E402
from panels import PANELS                                   # noqa: E402

PRESSES, PAUSE, MOVES = 16, 400, 200

FLOOR = """
import ipywidgets
slider, label = ipywidgets.FloatSlider(min=-5, max=5), ipywidgets.Label("0")
slider.observe(lambda change: setattr(label, "value", f"x = {change.new:.1f}"), "value")
ipywidgets.VBox([slider, label.add_class("measured")])
"""
INTERACT = """
import ipywidgets, matplotlib.pyplot as plt, numpy as np, activations as act
def draw(w=0.0):
    x = np.linspace(-5, 5, 401)
    figure, axes = plt.subplots(figsize=(9, 3.6))
    axes.plot(x, act.sigmoid(w * x)); axes.plot(x, w * x, "--")
    axes.set(xlim=(-5, 5), ylim=(-2, 5), xlabel="x", ylabel="h(wx)")
    plt.show()
ipywidgets.interact(draw, w=(-5.0, 5.0, 0.1));
"""
# 누른 때와, 지켜보는 곳이 바뀐 때마다의 시각을 적습니다.
WATCH = """target => {
    window.changes = []; window.pressed = null; window.moved = null;
    window.watcher?.disconnect();
    window.watcher = new MutationObserver(() => window.changes.push(performance.now()));
    window.watcher.observe(target, {subtree: true, childList: true, characterData: true});
    document.addEventListener('keydown', () => { window.pressed = performance.now(); }, true);
    document.addEventListener('pointermove', () => { window.moved = performance.now(); }, true);
}"""
FORGET = "() => { window.changes = []; }"
LATENCY = "() => window.changes.length ? window.changes[0] - window.pressed : null"
AFTER_DRAG = "() => [window.changes.length, Math.max(0, (window.changes.at(-1) ?? window.moved) - window.moved)]"


def all_panels():
    return [(panel.__module__.removeprefix("lessons."), panel.__name__) for panel in PANELS]


def write_notebook(folder, panels):
    cells = [FLOOR, INTERACT, *(f"from lessons.{module} import {name}\n{name}()" for module, name in panels)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}     # 없으면 커널을 고르라고 묻습니다.
    notebook = new_notebook(cells=[new_code_cell(cell.strip()) for cell in cells], metadata=kernel)
    nbformat.write(notebook, Path(folder, "bench.ipynb"))


def press(page, handle):
    """글쇠를 PRESSES번 누르며 잰 시간들. 오른쪽과 왼쪽을 번갈아 누르고, 처음 두 번은 몸풀기입니다."""
    times = []
    for k in range(PRESSES + 2):
        page.evaluate(FORGET)
        handle.press("ArrowRight" if k % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(PAUSE)
        times.append(page.evaluate(LATENCY))
    return [time for time in times[2:] if time is not None]


def drag(page, handle):
    """손잡이를 잡고 MOVES번 빠르게 옮긴 뒤의 (보인 그림의 수, 멈춘 때부터 마지막 그림까지)."""
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FORGET)
    for k in range(MOVES):
        page.mouse.move(x + 60 * (1 - abs(k / MOVES * 4 % 4 - 2)), y)
    page.mouse.up()
    page.wait_for_timeout(1500)
    return page.evaluate(AFTER_DRAG)


def measure(page, root, watched):
    handle = root.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()
    page.evaluate(WATCH, watched.element_handle())
    times = press(page, handle)
    shown, settle = drag(page, handle)
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return median, p95, shown, settle


def main(wanted):
    panels = [(module, name) for module, name in all_panels() if not wanted or name in wanted]
    with tempfile.TemporaryDirectory() as folder:
        write_notebook(folder, panels)
        with jupyterlab(folder) as lab, chromium() as browser:
            notebook = open_notebook(browser, lab, "bench.ipynb", height=1000)
            notebook.run_all()
            page = notebook.page
            print("| 무엇 | 가운데값 | 바닥과의 차이 | p95 | p95 − 바닥 | 끌 때 보인 그림 | 멈춘 뒤 |\n|---|---|---|---|---|---|---|")
            notebook.panel(len(panels) - 1)
            rows = [("바닥: 슬라이더 → Label", page.locator(".jp-OutputArea", has=page.locator(".measured")).first, ".measured"),
                    ("interact + pyplot", page.locator(".jp-OutputArea", has=page.locator(".widget-interact")).first, ".jp-OutputArea"),
                    *((f"{module}.{name}", each.root, ".lesson-foreground") for (module, name), each in zip(panels, notebook.panels))]
            floor = None
            for name, root, watched in rows:
                median, p95, shown, settle = measure(page, root, root.locator(watched).first)
                floor = floor or (median, p95)
                print(f"| {name} | {median:.1f} | {median - floor[0]:+.1f} | {p95:.1f} | {p95 - floor[1]:+.1f} | {shown} | {settle:.0f} |", flush=True)
            notebook.close()


if __name__ == "__main__":
    main(sys.argv[1:])
