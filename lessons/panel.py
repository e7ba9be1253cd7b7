"""움직이는 그림: 컨트롤을 움직이면 숫자를 말하는 설명글과 함께 그림이 따라 움직입니다.

그림은 애니메이션의 셀처럼 두 장입니다. 변하지 않는 배경은 한 번만 보내고, 움직일 때마다 움직이는 것만 담은
작은 SVG를 그 위에 겹칩니다. 패널은 세 가지를 선언합니다.

    class Tangent(Panel):
        '''시그모이드 함수의 접선.'''
        controls = {"x": Slider("점 x", -5, 5, start=0.0)}

        def draw(self, figure):         # 한 번: 축과 선을 만들고, 움직이는 것을 돌려줍니다.
            axes = figure.add_subplot()
            self.point, = axes.plot([], [], "o")
            return [self.point]

        def update(self, x):            # 움직일 때마다: 값 → 그림, 설명글을 돌려줍니다.
            self.point.set_data([x], [act.sigmoid(x)])
            return f"x = {x:.1f}에서 σ(x) = {act.sigmoid(x):.3f}입니다."
"""

import base64
import html
import io
import math
import re
from dataclasses import dataclass

import ipywidgets as widgets
from matplotlib.artist import Artist
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from lessons import style, svg
from lessons.view import announcer, bundle

# ─────────────────────────────── 컨트롤 ───────────────────────────────
# 컨트롤은 선언일 뿐입니다. 패널마다 widget()으로 자기 위젯을 만들고, check()로 값을 확인합니다.


@dataclass(frozen=True)
class Slider:
    """수 하나. low, high, start, step이 모두 정수이면 정수 슬라이더입니다.

    step을 주지 않으면 범위에 맞는 10의 거듭제곱을 씁니다. log=True이면 low와 high 사이를 로그 눈금으로 움직입니다.
    play=True이면 슬라이더를 저절로 움직이는 재생 단추가 붙습니다(log와는 함께 쓸 수 없습니다).
    """

    label: str
    low: float
    high: float
    start: float
    step: float | None = None
    log: bool = False
    play: bool = False

    @property
    def whole(self):
        return self.step is not None and all(isinstance(v, int) for v in (self.low, self.high, self.start, self.step))

    @property
    def ends(self):
        return self.low, self.high

    def check(self, name, value):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not self.low <= value <= self.high:
            raise ValueError(f"{name}에는 {self.low} 이상 {self.high} 이하인 수가 와야 하는데 {value!r}이(가) 왔습니다.")
        if self.whole and value != int(value):
            raise ValueError(f"{name}에는 정수가 와야 하는데 {value!r}이(가) 왔습니다.")
        return int(value) if self.whole else float(value)

    def widget(self):
        if self.log:
            low, start = math.log10(self.low), math.log10(self.start)
            step = (start - low) / (round((start - low) / 0.02) or 1) or 0.02   # start가 눈금 위에 오도록
            return widgets.FloatLogSlider(value=self.start, min=low, max=math.log10(self.high), step=step, **_SLIDER)
        kind = widgets.IntSlider if self.whole else widgets.FloatSlider
        step = self.step or 10.0 ** math.floor(math.log10((self.high - self.low) / 50))
        return kind(value=self.start, min=self.low, max=self.high, step=step, **_SLIDER)

    def box(self, slider):
        """슬라이더와 함께 움직이는 수 칸. 손잡이에는 ipywidgets에서 이름을 붙일 길이 없어, 어디서나 이것이 이름과 값을 말합니다(JupyterLab에서는
        lessons/jupyter/labextensions의 플러그인이 손잡이에도 붙입니다)."""
        kind = widgets.BoundedIntText if self.whole else widgets.BoundedFloatText
        box = kind(min=self.low, max=self.high, step=self.low if self.log else slider.step, description=self.label,
                   tooltip=self.label, layout={"width": f"{len(self.label) * 3 // 4 + 7}em", "flex": "0 0 auto"}, **_ROW)
        digits = 3 if self.log else 9
        widgets.link((slider, "value"), (box, "value"), transform=(lambda value: float(f"{value:.{digits}g}"), lambda value: value))
        return box


@dataclass(frozen=True)
class Choice:
    """여럿 가운데 하나. options는 화면 이름 → 값인 dict이거나 값의 목록입니다. 이름이 모두 40자를 넘으면 펼침 목록이 됩니다."""

    label: str
    options: dict | list
    start: object = None

    @property
    def named(self):
        return self.options if isinstance(self.options, dict) else {str(v): v for v in self.options}

    @property
    def ends(self):
        return tuple(self.named.values())

    def check(self, name, value):
        if not any(value is v or value == v for v in self.ends):
            raise ValueError(f"{name}에는 {', '.join(map(repr, self.ends))} 가운데 하나가 와야 하는데 {value!r}이(가) 왔습니다.")
        return value

    def widget(self):
        given = {"options": list(self.named.items()), "value": self.ends[0] if self.start is None else self.start,
                 "description": self.label, "tooltip": self.label, **_ROW}
        if len("".join(self.named)) > 40:
            return widgets.Dropdown(layout={"width": "auto", "max_width": "calc(100% - 4px)"}, **given)
        return widgets.RadioButtons(orientation="horizontal", **given,
                                    layout={"width": "auto", "max_width": "calc(100% - 4px)", "display": "flex",
                                            "flex_flow": "row wrap", "grid_gap": "0 8px"})


@dataclass(frozen=True)
class Checkbox:
    """켜고 끄는 것 하나."""

    label: str
    start: bool = False

    ends = (False, True)

    def check(self, name, value):
        if not isinstance(value, bool):
            raise ValueError(f"{name}에는 True나 False가 와야 하는데 {value!r}이(가) 왔습니다.")
        return value

    def widget(self):
        return widgets.Checkbox(value=self.start, description=self.label, indent=False)


_ROW = {"style": {"description_width": "initial"}}
_SLIDER = {"readout": False, "layout": {"width": "auto", "flex": "1 1 0", "min_width": "6em", "margin": "2px 12px 2px 2px"}}

# ─────────────────────── draw와 update에서 쓰는 것 ───────────────────────


def set_heights(bars, heights):
    """막대마다 높이를 바꿉니다."""
    for bar, height in zip(bars, heights):
        bar.set_height(height)


def vector(values, digits):
    """설명글에 쓰는 벡터: vector([0.25, −1], 2)는 (0.25, -1.00)입니다."""
    return f"({', '.join(f'{value:z.{digits}f}' for value in values)})"


def minus(text):
    """수 앞의 붙임표를 그림의 눈금과 같은 빼기표(−)로 바꿉니다. 1e-12의 것은 그대로 둡니다. 설명글에는 패널이 부릅니다."""
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text)


# ─────────────────────────────── 패널 ───────────────────────────────


class Panel:
    """컨트롤, 그림, 설명글이 한 몸인 위젯. 상속해서 `controls`, `draw`, `update`를 선언합니다.

    - `Panel(T=0.5)`: 컨트롤을 그 값에서 시작합니다. 모르는 이름이나 범위를 벗어난 값은 ValueError입니다.
    - `panel.set(T=9)`, `panel.values`, `panel.caption`: 브라우저 없이도 움직이고 읽습니다.
    - `panel.save("figure.svg")`: 지금 그림을 파일로 남깁니다(.svg, .png, .pdf).

    update는 받은 값만으로 그림을 정해야 합니다(움직인 순서가 남지 않습니다). 눈금까지 움직여야 하면 `axes.yaxis`를
    움직이는 것으로 돌려줍니다. 넓이 size의 단위는 인치이고, 1인치가 72 SVG 단위입니다.
    """

    controls: dict = {}
    size = (9.0, 3.6)

    def draw(self, figure):
        """축과 그림을 한 번 만들고, 움직이는 것(Artist, 또는 그 묶음)의 목록을 돌려줍니다."""
        raise NotImplementedError

    def update(self, **values):
        """컨트롤의 값으로 그림을 바꾸고 설명글을 돌려줍니다."""
        raise NotImplementedError

    def __init__(self, **start):
        start = self._checked(start)
        self._widgets = {name: control.widget() for name, control in self.controls.items()}
        self._setting = True
        for widget in self._widgets.values():           # 수 칸과 재생 단추보다 먼저 들어서, 그림을 먼저 보냅니다.
            widget.observe(self._on_change, names="value")
        defaults = self.values
        with style.styled():
            self.figure = Figure(figsize=self.size, dpi=72, layout="constrained")
            self._moving = sorted(_flatten(self.draw(self.figure)), key=Artist.get_zorder)
            self.caption = self.update(**defaults)
            self.figure.get_layout_engine().execute(self.figure)    # 자리를 한 번만 잡습니다: 늘 기본값에서 잡아야 그림이 한결같습니다.
            self.figure.set_layout_engine("none")
        self._renderer = RendererSVG.__new__(RendererSVG)
        self._background = _layer(self._svg(self._draw_background))
        self._foreground = _layer("")
        self._caption = widgets.HTML().add_class("lesson-caption")
        self.widget = self._assemble()
        for name, value in start.items():
            self._widgets[name].value = value
        self._setting = False
        self._refresh()

    # 움직이기

    @property
    def values(self):
        """컨트롤 이름 → 지금 값."""
        return {name: widget.value for name, widget in self._widgets.items()}

    def set(self, **values):
        """컨트롤을 그 값으로 옮깁니다. 잘못된 값이 하나라도 있으면 아무것도 바꾸지 않고 ValueError를 냅니다."""
        values = self._checked(values)
        self._setting = True                            # 여럿을 옮겨도 그림은 한 번만 바꿉니다.
        try:
            for name, value in values.items():
                self._widgets[name].value = value
        finally:
            self._setting = False
        self._refresh()

    def _checked(self, values):
        unknown = values.keys() - self.controls.keys()
        if unknown:
            raise ValueError(f"{type(self).__name__}에는 {', '.join(sorted(unknown))}(이)라는 컨트롤이 없습니다. "
                             f"있는 것은 {', '.join(self.controls)}입니다.")
        return {name: self.controls[name].check(name, value) for name, value in values.items()}

    def _on_change(self, _):
        if self._setting:
            return
        try:
            self._refresh()
        except Exception as error:      # 브라우저에서 부른 콜백의 오류는 어디에도 보이지 않으므로, 패널이 직접 말합니다.
            self._say(f"오류: 그림을 바꾸지 못했습니다. {type(error).__name__}: {error}", role="alert")

    def _refresh(self):
        with style.styled():
            self.caption = minus(self.update(**self.values))
            self._foreground.value = self._svg(self._draw_foreground)
            self._say(self.caption)

    def _say(self, text, role="paragraph"):
        self._caption.value = (f'<p id="{self._caption.model_id}" role="{role}" style="margin:0;line-height:1.5">'
                               f'{html.escape(text)}</p>')

    # 그리기

    def _draw_foreground(self, renderer):
        for artist in self._moving:
            svg.draw(artist, renderer)

    def _draw_background(self, renderer):
        shown = [artist for artist in self._moving if artist.get_visible()]
        for artist in shown:
            artist.set_visible(False)
        with style.styled():
            self.figure.draw(renderer)
        for artist in shown:
            artist.set_visible(True)

    def _svg(self, draw):
        width, height = (72 * side for side in self.size)
        text = io.StringIO()
        # 늘 같은 객체를 다시 시작합니다: matplotlib은 글자의 크기를 렌더러마다 기억해 두고 다시 씁니다.
        self._renderer.__init__(width, height, text, image_dpi=144, metadata={"Date": None})
        draw(self._renderer)
        self._renderer.finalize()
        return svg.inline(text.getvalue(), width, height)

    def save(self, path):
        """지금 그림을 흰 바탕에 담아 파일로 남깁니다. 글자는 윤곽선이 되어 글꼴이 없는 컴퓨터에서도 같습니다."""
        with style.styled(), style.outlined():
            self.figure.savefig(path, dpi=200, metadata=style.undated(path))

    # 보여 주기

    def _assemble(self):
        self._players = {name: _player(control, self._widgets[name])
                         for name, control in self.controls.items() if getattr(control, "play", False)}
        rows = [widgets.HBox([*self._players.get(name, []), control.box(widget), widget],
                             layout={"width": "30em", "max_width": "100%", "flex_flow": "row wrap"}) if isinstance(control, Slider) else widget
                for (name, control), widget in zip(self.controls.items(), self._widgets.values())]
        controls = widgets.Box(rows, layout={"flex_flow": "row wrap", "grid_gap": "2px 24px", "align_items": "center"})
        picture = widgets.GridBox([self._background.add_class("lesson-background"),
                                   self._foreground.add_class("lesson-foreground")],
                                  layout={"grid_template_columns": "100%", "max_width": f"{self.size[0] * 100:.0f}px"})
        return widgets.VBox([controls, picture, announcer(self._caption), self._caption]).add_class("lesson-panel")

    def _repr_mimebundle_(self, include=None, exclude=None):
        """위젯이 사는 곳에서는 위젯을, 그 밖(GitHub, nbconvert)에서는 PNG 그림과 설명글을 보입니다. 설명글은 그림의 대체 텍스트이기도 합니다."""
        return bundle(self.widget, {"text/plain": self.caption, "image/png": self._png()}), {"image/png": {"alt": self.caption}}

    def _png(self):
        picture = io.BytesIO()
        with style.styled():
            self.figure.savefig(picture, format="png", dpi=100, metadata={"Software": None})
        return base64.b64encode(picture.getvalue()).decode()

    def __repr__(self):
        return self.caption


def _layer(picture):
    """두 장 가운데 한 장. 격자의 같은 칸에 놓여 서로 겹칩니다."""
    return widgets.HTML(picture, layout={"grid_area": "1/1", "margin": "0", "width": "100%"})


def _flatten(artists):
    """묶음(막대, 선의 목록)을 풀어 그릴 수 있는 것만 남깁니다."""
    for artist in artists:
        if isinstance(artist, Artist):
            yield artist
        else:
            yield from _flatten(artist)


def _player(slider, widget):
    """슬라이더를 처음부터 끝까지 걷게 하는 Play와, 그것을 켜고 끄는 단추. 손으로 옮긴 자리에서 이어 걷습니다.

    Play 자신의 단추는 이름이 없어 감추고, 이름이 있는 단추를 대신 놓습니다. ipywidgets 7(Colab)의 Play는 커널에서 켜고 끌 수 없습니다.
    그때는 Play 자신의 단추를 그대로 씁니다.
    """
    step = widget.step
    last = round((slider.high - slider.low) / step)
    interval = 60 if last > 40 else 500                 # 눈금이 몇 개뿐이면 하나씩 볼 틈을 둡니다.
    player = widgets.Play(min=0, max=last, step=max(1, last // 100), interval=interval)

    def tick():
        return round((widget.value - slider.low) / step)

    def place():
        player.value = tick()

    def walk(change):
        if change.new != tick():                        # place()가 옮긴 것이면 슬라이더는 이미 그 자리에 있습니다.
            widget.value = min(slider.high, slider.low + change.new * step)

    def follow(_):
        if getattr(player, "playing", True):
            place()

    player.observe(walk, names="value")
    widget.observe(follow, names="value")
    if not player.has_trait("playing"):
        place()
        return [player]

    button = widgets.ToggleButton(description="재생", icon="play", tooltip=f"{slider.label} 저절로 움직이기",
                                  layout={"width": "auto", "flex": "0 0 auto"})

    def switch(change):
        button.description, button.icon = ("멈춤", "pause") if change.new else ("재생", "play")
        place()
        player.playing = change.new

    player.layout.display = "none"
    button.observe(switch, names="value")
    widgets.dlink((player, "playing"), (button, "value"))
    return [player, button]
