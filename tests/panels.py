"""모든 강의의 모든 패널, 그리고 그 컨트롤을 브라우저가 하듯 아무렇게나 옮기는 손: 시험과 벤치가 함께 씁니다."""

import importlib
import math
import pkgutil

import lessons
from lessons.panel import Panel


def all_panels():
    for module in pkgutil.iter_modules(lessons.__path__):
        if module.name not in ("__main__", "panel", "style", "refresh"):
            for value in vars(importlib.import_module(f"lessons.{module.name}")).values():
                if isinstance(value, type) and issubclass(value, Panel) and value is not Panel:
                    yield value


PANELS = sorted(set(all_panels()), key=lambda panel: (panel.__module__, panel.__name__))


def shown(panel):
    """독자가 보는 것 모두: 두 장의 그림과, 설명글이나 오류의 말(id는 패널마다 다르므로 뺍니다)."""
    return panel._background.value, panel._foreground.value, panel._caption.value.replace(panel._caption.model_id, "")


def move(panel, rng):
    """컨트롤이나 재생 단추 하나를 아무 데로나 옮깁니다. 무엇을 옮겼는지 돌려줍니다."""
    widget = rng.choice([*panel._widgets.values(), *(player for player, *_ in panel._players.values())])
    widget.value = value = somewhere(widget, rng)
    return f"{type(panel).__name__}: {type(widget).__name__}({widget.description!r}) → {value!r}"


def somewhere(widget, rng):
    """그 위젯이 브라우저에서 설 수 있는 자리 하나: 눈금 하나(양 끝도), 보기 하나."""
    if hasattr(widget, "options"):
        return rng.choice([value for _, value in widget.options])
    if not hasattr(widget, "step"):
        return rng.random() < 0.5               # 체크박스
    steps = math.ceil((widget.max - widget.min) / widget.step - 1e-9)
    place = min(widget.max, widget.min + rng.randint(0, steps) * widget.step)
    return widget.base**place if hasattr(widget, "base") else place
