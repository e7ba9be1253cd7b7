"""02_activations의 패널: 활성화 함수의 모양과 기울기."""

import numpy as np

import activations as act
from lessons import style
from lessons.panel import Choice, Panel, Slider

NAMES = ("linear", "step", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish")
LABELS = {act.ACTIVATIONS[name].korean: name for name in NAMES}


class FunctionAndDerivative(Panel):
    """활성화 함수 하나와, 고른 점에서의 접선과 도함수."""

    controls = {"name": Choice("활성화 함수", LABELS, start="sigmoid"), "x": Slider("점 x", -6, 6, start=0.0, play=True)}

    def draw(self, figure):
        left, right = figure.subplots(1, 2)
        self.x = np.linspace(-6, 6, 481)
        left.set(title="함수 h(x)와 접선", xlabel="x", ylabel="h(x)", xlim=(-6, 6), ylim=(-2.2, 4.2))
        right.set(title="도함수 h′(x)", xlabel="x", ylabel="h′(x)", xlim=(-6, 6), ylim=(-0.3, 1.9))
        self.curve, = left.plot(self.x, self.x, color=style.BLUE)
        self.tangent, = left.plot([], [], "--", color=style.VERMILLION, linewidth=1.5)
        self.point, = left.plot([], [], "o", color=style.VERMILLION)
        self.slope, = right.plot(self.x, self.x, color=style.GREEN)
        self.slope_point, = right.plot([], [], "o", color=style.VERMILLION)
        return [self.curve, self.tangent, self.point, self.slope, self.slope_point]

    def update(self, name, x):
        activation = act.ACTIVATIONS[name]
        value, slope = activation.function(x), activation.derivative(x)
        y = activation.function(self.x)
        y[1:][(name == "step") & (np.abs(np.diff(y)) > 0.5)] = np.nan       # 뛰는 자리를 선으로 잇지 않습니다.
        self.curve.set_ydata(y)
        reach = np.array([x - 1.5, x + 1.5])
        self.tangent.set_data(reach, value + slope * (reach - x))
        self.point.set_data([x], [value])
        self.slope.set_ydata(activation.derivative(self.x))
        self.slope_point.set_data([x], [slope])
        return f"{activation.korean}: h({x:z.1f}) = {value:z.4f}, h′({x:z.1f}) = {slope:z.4f}. 치역 {activation.range}."


class SteepSigmoid(Panel):
    """기울기 k가 커지면 시그모이드 함수 σ(kx)는 계단 함수가 됩니다."""

    controls = {"k": Slider("기울기 k", 0.25, 64, start=1.0, log=True)}

    def draw(self, figure):
        axes = figure.add_subplot(title="σ(kx)와 계단 함수", xlabel="x", ylabel="출력", xlim=(-4, 4), ylim=(-0.1, 1.15))
        self.x = np.linspace(-4, 4, 801)
        self.inputs = np.array([0.2, 2.0])
        axes.plot([-4, 0], [0, 0], color=style.ORANGE, linestyle="--")
        axes.plot([0, 4], [1, 1], color=style.ORANGE, linestyle="--", label="계단 함수")
        self.curve, = axes.plot(self.x, self.x, color=style.BLUE, label="σ(kx)")
        self.points, = axes.plot(self.inputs, self.inputs, "o", color=style.VERMILLION, label="x = 0.2와 x = 2")
        figure.legend(loc="outside right upper")
        return [self.curve, self.points]

    def update(self, k):
        self.curve.set_ydata(act.sigmoid(k * self.x))
        near, far = act.sigmoid(k * self.inputs)
        self.points.set_ydata([near, far])
        return (f"k = {k:.3g}: σ(0.2k) = {near:.3f}, σ(2k) = {far:.3f}. 계단 함수의 출력은 둘 다 1입니다. "
                f"x = 0에서 σ(kx)의 기울기는 k/4 = {k * act.sigmoid_grad(0.0):.3g}.")


class ReluFamily(Panel):
    """ReLU 함수와 그 친척들. 음수 쪽에서 무엇이 다른지 봅니다."""

    controls = {
        "what": Choice("그릴 것", {"함수": "function", "도함수": "derivative"}),
        "alpha": Slider("α (리키 렐루와 ELU)", 0, 1, start=0.1),
    }

    def draw(self, figure):
        axes = figure.add_subplot(title="ReLU 함수의 친척들", xlabel="x", ylabel="h(x) 또는 h′(x)", xlim=(-4, 2), ylim=(-1.2, 2))
        self.x = np.linspace(-4, 2, 601)
        looks = {"relu": (style.INK, "-"), "leaky_relu": (style.VERMILLION, "--"), "elu": (style.BLUE, "-."),
                 "gelu": (style.GREEN, "-"), "silu": (style.PURPLE, "--"), "mish": (style.SKY, ":")}
        self.lines = {name: axes.plot(self.x, self.x, color=color, linestyle=dashes, label=act.ACTIVATIONS[name].korean)[0]
                      for name, (color, dashes) in looks.items()}
        figure.legend(loc="outside right upper")
        return self.lines.values()

    def update(self, what, alpha):
        at_minus_two = {}
        for name, line in self.lines.items():
            curve = getattr(act.ACTIVATIONS[name], what)
            options = {"alpha": alpha} if name in ("leaky_relu", "elu") else {}
            line.set_ydata(curve(self.x, **options))
            at_minus_two[name] = curve(-2.0, **options)
        numbers = ", ".join(f"{act.ACTIVATIONS[name].korean} {value:z.3f}" for name, value in at_minus_two.items())
        return f"α = {alpha:.2f}, x = −2에서의 {'함숫값' if what == 'function' else '도함수'}: {numbers}."
