"""02_activations의 패널: 활성화 함수의 모양과 기울기."""

import numpy as np

import activations as act
from lessons import style
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
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
        return f"{activation.korean}: h({x:z.1f}) = {value:z.4f}, h′({x:z.1f}) = {slope:z.4f}. 치역은 {activation.range}입니다."


class SteepSigmoid(Panel):
    """k가 커지면 시그모이드 함수 σ(kx)는 계단 함수에 가까워집니다."""

    controls = {"k": Slider("입력의 배율 k", 0.25, 64, start=1.0, log=True)}

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
                f"x = 0에서 σ(kx)의 기울기는 k/4 = {k * act.sigmoid_grad(0.0):.3g}입니다.")


class ReluFamily(Panel):
    """ReLU 함수와 그 친척들. 음수 쪽에서 무엇이 다른지 봅니다."""

    controls = {
        "what": Choice("그릴 것", {"함수": "function", "도함수": "derivative"}),
        "alpha": Slider("α (리키 렐루와 ELU)", 0, 1, start=0.1),
    }

    def draw(self, figure):
        axes = figure.add_subplot(title="ReLU 함수의 친척들", xlabel="x", ylabel="h(x) 또는 h′(x)", xlim=(-4, 2), ylim=(-1.2, 2))
        self.x = np.linspace(-4, 2, 301)
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
        return f"α = {alpha:.2f}, x = −2에서의 {'함숫값은' if what == 'function' else '미분계수는'} {numbers}입니다."


POINTS = np.array([-3.0, -0.5, 0.0, 0.5, 3.0])

lesson = Lesson(
    "02_activations",
    predictions={
        "how_much": Predict(
            "z = 0.2인 뉴런과 z = 2인 뉴런이 있습니다. 다음 층은 두 뉴런을 구별할 수 있을까요?",
            {"계단 함수로도 시그모이드 함수로도 구별할 수 있다": "계단 함수는 0.2에도 2에도 똑같이 1을 내보냅니다. ‘얼마나’가 사라집니다.",
             "계단 함수로는 구별할 수 없고, 시그모이드 함수로는 구별할 수 있다": None,
             "어느 함수로도 구별할 수 없다. 어차피 0과 1 사이의 수이기 때문이다": "범위가 (0, 1)이어도 그 안에 서로 다른 수가 얼마든지 있습니다."},
            answer="계단 함수로는 구별할 수 없고, 시그모이드 함수로는 구별할 수 있다",
            why="계단 함수의 출력은 둘 다 1이지만, 시그모이드 함수의 출력은 서로 다릅니다. 값은 아래에서 확인합니다."),
        "max_slope": Predict(
            "시그모이드 함수의 도함수 σ′(x)의 최댓값은 얼마일까요?",
            {"1": "쌍곡탄젠트의 도함수가 x = 0에서 1입니다. 시그모이드 함수는 더 완만합니다.",
             "0.5": "x = 0에서의 함숫값이 0.5입니다. 도함수가 아닙니다.",
             "0.3": "그래프의 눈금을 어림해 읽으면 나오기 쉬운 값입니다. 정확한 값을 구해 보세요.",
             "0.25": None},
            answer="0.25", why="x = 0에서 σ(1 − σ) = ½ × ½ = ¼입니다."),
        "kink": Predict(
            "ReLU 함수는 x = 0에서 미분할 수 없습니다. 그러면 어떻게 할까요?",
            {"경사 하강법을 쓸 수 없으므로 조금 둥글린 함수를 쓴다": "둥글린 함수(소프트플러스)도 있지만 대부분은 ReLU 함수를 그대로 씁니다. 모든 점에서 미분할 수 있어야 하는 것은 아닙니다.",
             "x = 0에서의 도함수의 값을 하나로 정해 두고 그대로 쓴다": None,
             "정확히 0이 들어오면 오류가 난다": "라이브러리들은 꺾인 점에서의 도함수의 값을 정해 두므로 오류가 나지 않습니다."},
            answer="x = 0에서의 도함수의 값을 하나로 정해 두고 그대로 쓴다",
            why="보통 0으로 정해 둡니다. 입력이 정확히 0인 일은 드물고, 한 점의 값은 학습을 거의 바꾸지 않습니다."),
    },
    exercises={
        "sigmoid_grad": Exercise(
            "시그모이드 함수의 출력 y만 받아 도함수의 값을 돌려주는 함수", lambda y: y * (1 - y),
            cases=[Case((0.5,), "y = 0.5"), Case((act.sigmoid(POINTS),), "여러 점의 배열"),
                   Case((act.sigmoid(np.array([[-1.0, 2.0]])),), "2차원 배열")],
            mistakes=[
                Mistake("y를 x로", lambda y: act.sigmoid_grad(y), "y는 이미 σ(x)입니다. 시그모이드 함수를 한 번 더 지나게 하지 않았나요?"),
                Mistake("1 − y만", lambda y: 1 - y, "1 − y에 무엇을 하나 더 곱해야 합니다. y = 0.5에서 ¼이 되어야 합니다."),
                Mistake("쌍곡탄젠트의 식", lambda y: 1 - y**2, "그것은 쌍곡탄젠트의 도함수입니다."),
            ]),
        "leaky_relu": Exercise(
            "리키 렐루", lambda x, alpha: np.where(x > 0, x, alpha * x),
            cases=[Case((np.array([1.0, 2.0]), 0.1), "양수만 있는 배열"), Case((POINTS, 0.1), "음수와 0이 있는 배열"),
                   Case((POINTS, 2.0), "α가 1보다 큰 경우")],
            mistakes=[
                Mistake("ReLU 함수", lambda x, alpha: np.maximum(x, 0), "음수 쪽이 0입니다. 리키 렐루는 음수 쪽에 기울기 α를 남깁니다."),
                Mistake("최댓값으로", lambda x, alpha: np.maximum(x, alpha * x),
                        "α ≤ 1일 때는 맞습니다. α > 1이면 x와 αx 가운데 어느 쪽이 더 큰지 생각해 보세요."),
                Mistake("α를 더함", lambda x, alpha: np.where(x > 0, x, alpha), "음수 쪽의 값은 α가 아니라 x에 α를 곱한 것입니다."),
            ]),
        "leaky_relu_grad": Exercise(
            "리키 렐루의 도함수", lambda x, alpha: np.where(x > 0, 1.0, alpha),
            cases=[Case((np.array([1.0, 2.0]), 0.1), "양수만 있는 배열"), Case((POINTS, 0.1), "음수와 0이 있는 배열")],
            mistakes=[
                Mistake("ReLU 함수의 도함수", lambda x, alpha: np.where(x > 0, 1.0, 0.0), "음수 쪽의 기울기가 0입니다. 직선 αx의 기울기는 얼마인가요?"),
                Mistake("함숫값", lambda x, alpha: np.where(x > 0, x, alpha * x), "함숫값을 돌려주었습니다. 도함수는 그래프의 기울기입니다."),
                Mistake("0에서 1", lambda x, alpha: np.where(x >= 0, 1.0, alpha), "x = 0에서의 도함수는 이 강의에서 α로 정해 둡니다."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
