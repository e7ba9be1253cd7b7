"""00_start의 패널: 슬라이더를 처음 움직여 봅니다."""

import numpy as np

import activations as act
from lessons import style
from lessons.exercise import Exercise, Lesson, Mistake, Predict
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


lesson = Lesson(
    "00_start",
    predictions={"weight": Predict(
        "가중치 w를 1에서 5로 키우면 시그모이드 함수의 그래프는 어떻게 될까요?",
        {"위로 올라간다": "x > 0에서는 올라가지만 x < 0에서는 내려갑니다. 가운데의 높이 ½은 그대로입니다.",
         "가운데가 더 가팔라진다": None,
         "오른쪽으로 옮겨 간다": "그래프를 옆으로 옮기는 것은 편향 b입니다. 아래에서 b를 옮겨 확인해 보세요."},
        answer="가운데가 더 가팔라진다", why="w가 크면 입력이 조금만 변해도 출력이 빠르게 변합니다.")},
    exercises={"center": Exercise(
        "w = 2, b = −3일 때 그래프의 가운데가 되는 x", 1.5,
        mistakes=[Mistake("부호", -1.5, "부호를 다시 보세요. wx + b = 0을 x에 대해 풀면 됩니다."),
                  Mistake("곱", -6.0, "w와 b를 곱하는 것이 아닙니다. wx + b = 0을 x에 대해 풀면 됩니다.")])})
predict, check, progress = lesson.predict, lesson.check, lesson.progress
