"""00_start의 패널: 슬라이더를 처음 움직여 봅니다."""

import numpy as np

import activations as act
from lessons import style
from lessons.panel import Checkbox, Choice, Panel, Slider


class Welcome(Panel):
    """뉴런 하나: 입력에 가중치를 곱하고 편향을 더한 뒤 활성화 함수를 지납니다."""

    controls = {
        "w": Slider("가중치 w", -5, 5, start=1.0, play=True),
        "b": Slider("편향 b", -5, 5, start=0.0),
        "name": Choice("활성화 함수", {act.ACTIVATIONS[key].korean: key for key in ("sigmoid", "tanh", "relu")}),
        "plain": Checkbox("활성화 함수를 지나기 전의 값도 보기"),
    }

    def draw(self, figure):
        axes = figure.add_subplot(xlim=(-5, 5), ylim=(-2, 5), xlabel="입력 x", ylabel="출력",
                                  title="뉴런 하나의 출력 h(wx + b)")
        self.x = np.linspace(-5, 5, 401)
        self.line, = axes.plot(self.x, self.x, color=style.BLUE, label="h(wx + b)")
        self.before, = axes.plot(self.x, self.x, "--", color=style.ORANGE, label="wx + b")
        figure.legend(handles=[self.line, self.before], loc="outside right upper")
        return [self.before, self.line]

    def update(self, w, b, name, plain):
        z = w * self.x + b
        self.line.set_ydata(act.ACTIVATIONS[name].function(z))
        self.before.set_ydata(z)
        self.before.set_visible(plain)
        at_one = act.ACTIVATIONS[name].function(w + b)
        return (f"w = {w:.1f}, b = {b:.1f}, {act.ACTIVATIONS[name].korean}: "
                f"x = 1을 넣었을 때의 출력은 {at_one:.3f}입니다.")
