"""05_softmax의 패널과 연습: 여러 점수를 합이 1인 확률로 바꿉니다."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgba

import activations as act
from lessons import style
from lessons.data import load_iris, standardized
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Panel, Slider, minus, set_heights, vector
from lessons.svg import Label

CLASSES = ("클래스 1", "클래스 2", "클래스 3")
COLORS = (style.BLUE, style.ORANGE, style.GREEN)
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])      # 삼각형의 세 꼭짓점이 세 클래스입니다.


def logits_sliders(*starts):
    return {f"z{k}": Slider(f"로짓 z{'₁₂₃'[k - 1]}", -4, 4, start=start) for k, start in enumerate(starts, 1)}


def trained_iris(epochs=200):
    """붓꽃으로 훈련한 4-8-3 신경망과, 평균 0, 표준편차 1로 맞춘 입력과 레이블."""
    iris = load_iris()
    x = standardized(iris.x)
    rng = np.random.default_rng(0)
    network = act.Network([act.Dense(8, input_dim=4, init="he_normal", activation="relu", rng=rng),
                           act.Dense(3, input_dim=8, activation="softmax", rng=rng)])
    act.train(network, x, iris.t, loss="cross_entropy", learning_rate=0.5, epochs=epochs)
    return network, x, iris.t


def class_bars(axes):
    """클래스마다 색이 다르고 이름이 적힌 막대 셋."""
    bars = axes.bar(range(3), np.ones(3), width=0.6, color=COLORS)
    axes.set_xticks(range(3), CLASSES)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    return bars


class ThreeLogits(Panel):
    """로짓 셋과 온도가 정하는 확률. 삼각형 안의 점 하나가 확률 분포 하나입니다."""

    controls = {**logits_sliders(1.0, 2.0, 0.0), "temperature": Slider("온도 T", 0.1, 10, start=1.0, log=True)}

    def draw(self, figure):
        probability, simplex = figure.subplots(1, 2)
        probability.set(title="소프트맥스 함수의 출력", ylabel="확률", ylim=(0, 1.05))
        self.bars = class_bars(probability)
        simplex.set(title="확률의 삼각형", xlim=(-0.25, 1.25), ylim=(-0.15, 1.0), aspect="equal", xticks=[], yticks=[])
        simplex.grid(False)
        simplex.spines[:].set_visible(False)
        outline = CORNERS[[0, 1, 2, 0]]
        simplex.plot(*outline.T, color=style.INK, linewidth=1)
        for corner, name, place in zip(CORNERS, CLASSES, ("top", "top", "bottom")):
            simplex.annotate(name, corner, (0, -6 if place == "top" else 6), textcoords="offset points", ha="center", va=place)
        self.path, = simplex.plot([], [], "--", color=style.SKY, label="온도를 바꿀 때 지나는 길")
        self.point, = simplex.plot([], [], "o", color=style.VERMILLION, label="지금의 확률")
        figure.legend(handles=[self.point, self.path], loc="outside lower right", ncols=2)
        return [self.bars, self.path, self.point]

    def update(self, temperature, **logits):
        z = np.array(list(logits.values()))
        p = act.softmax(z, temperature=temperature)
        set_heights(self.bars, p)
        along = act.softmax(z / np.geomspace(0.02, 100, 61)[:, np.newaxis])
        self.path.set_data(*(along @ CORNERS).T)
        self.point.set_data(*(p @ CORNERS)[:, np.newaxis])
        return (f"z = {vector(z, 1)}, T = {temperature:.3g}: "
                f"확률은 {vector(p, 3)}이고 합은 {p.sum():.3f}입니다.")


class CommonShift(Panel):
    """모든 로짓에 같은 수 c를 더해도 확률은 그대로입니다."""

    controls = {"c": Slider("더하는 수 c", -20, 20, start=0.0, step=0.5, play=True)}
    z = np.array([1.0, 2.0, 0.0])

    def draw(self, figure):
        logits, probability = figure.subplots(1, 2)
        logits.set(title="로짓 z + c", ylabel="로짓", ylim=(-22, 24))
        probability.set(title="소프트맥스 함수의 출력", ylabel="확률", ylim=(0, 1.05))
        self.logits, self.bars = class_bars(logits), class_bars(probability)
        return [self.logits, self.bars]

    def update(self, c):
        p = act.softmax(self.z + c)
        set_heights(self.logits, self.z + c)
        set_heights(self.bars, p)
        return (f"c = {c:z.1f}: 로짓은 {vector(self.z + c, 1)}이지만 "
                f"확률은 {vector(p, 3)}입니다.")


class Jacobian(Panel):
    """로짓 하나를 조금 움직일 때 확률 하나가 얼마나 변하는가: ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ)."""

    controls = logits_sliders(1.0, 2.0, 0.0)

    def draw(self, figure):
        grid, bars = figure.subplots(1, 2)
        colors = LinearSegmentedColormap.from_list("", [        # 0은 투명합니다: 어느 테마에서도 숫자가 읽힙니다.
            (0.0, to_rgba(style.ORANGE, 0.5)), (0.5, to_rgba(style.ORANGE, 0.0)),
            (0.5, to_rgba(style.SKY, 0.0)), (1.0, to_rgba(style.SKY, 0.5))])
        grid.set(title="확률 i를 로짓 j로 미분한 값", xlabel="움직인 로짓 j", ylabel="변하는 확률 i")
        grid.set_xticks(range(3), "123")
        grid.set_yticks(range(3), "123")
        grid.grid(False)
        self.image = grid.imshow(np.zeros((3, 3)), cmap=colors, vmin=-0.25, vmax=0.25, interpolation="none")
        self.numbers = [[grid.add_artist(Label(j, i, ha="center", va="center")) for j in range(3)] for i in range(3)]
        bars.set(title="소프트맥스 함수의 출력", ylabel="확률", ylim=(0, 1.05))
        self.bars = class_bars(bars)
        return [self.image, self.numbers, self.bars]

    def update(self, **logits):
        z = np.array(list(logits.values()))
        p, jacobian = act.softmax(z), act.softmax_jacobian(z)
        self.image.set_data(jacobian)
        for row, values in zip(self.numbers, jacobian):
            for text, value in zip(row, values):
                text.set_text(minus(f"{value:z.3f}"))
        set_heights(self.bars, p)
        largest_sum = np.abs(jacobian.sum(axis=1)).max()
        return (f"p = {vector(p, 3)}: 가장 큰 칸은 {jacobian.max():.3f}이고, "
                f"줄마다 더한 값의 크기는 {'1e-15 이하' if largest_sum <= 1e-15 else f'{largest_sum:.1g}'}입니다.")


class SoftmaxAndSparsemax(Panel):
    """클래스가 둘일 때의 첫 확률: 소프트맥스 함수는 시그모이드 함수이고, 스파스맥스는 정확히 0과 1에 닿습니다."""

    controls = {"difference": Slider("z₁ − z₂", -4, 4, start=0.5, play=True)}

    def draw(self, figure):
        axes = figure.add_subplot(title="두 클래스의 첫 확률", xlabel="$z_1 - z_2$", ylabel="$p_1$", xlim=(-4, 4), ylim=(-0.05, 1.05))
        x = np.linspace(-4, 4, 401)
        pairs = np.stack([x, np.zeros_like(x)], axis=-1)
        axes.plot(x, act.softmax(pairs)[:, 0], color=style.BLUE, label="소프트맥스 함수")
        axes.plot(x, act.sparsemax(pairs)[:, 0], "--", color=style.ORANGE, label="스파스맥스")
        self.soft, = axes.plot([], [], "o", color=style.BLUE)
        self.sparse, = axes.plot([], [], "s", color=style.ORANGE)
        figure.legend(loc="outside right upper")
        return [self.soft, self.sparse]

    def update(self, difference):
        pair = np.array([difference, 0.0])
        soft, sparse = act.softmax(pair)[0], act.sparsemax(pair)[0]
        self.soft.set_data([difference], [soft])
        self.sparse.set_data([difference], [sparse])
        return (f"z₁ − z₂ = {difference:z.1f}: 소프트맥스 함수 {soft:.4f}, 시그모이드 함수 σ(z₁ − z₂) = "
                f"{act.sigmoid(difference):.4f}, 스파스맥스 {sparse:.4f}입니다.")


P = np.array([0.2, 0.5, 0.3])

lesson = Lesson(
    "05_softmax",
    predictions={
        "temperature": Predict(
            "로짓 셋을 모두 같은 수 T(온도)로 나눈 뒤 소프트맥스 함수를 지나게 합니다. T를 아주 크게 하면 세 확률은 어떻게 될까요?",
            {"가장 큰 로짓의 확률이 1에 가까워진다": "그것은 온도를 0에 가깝게 낮출 때의 일입니다.",
             "세 확률이 모두 ⅓에 가까워진다": None,
             "가장 큰 로짓이 다른 클래스로 바뀐다": "T로 나누어도 크기의 순서는 바뀌지 않습니다."},
            answer="세 확률이 모두 ⅓에 가까워진다", why="z/T의 차이가 모두 0에 가까워지기 때문입니다. 순서는 그대로입니다."),
        "shift": Predict(
            "로짓이 (1, 2, 0)입니다. 세 로짓에 모두 10을 더하면 확률은 어떻게 될까요?",
            {"셋 다 1에 가까워진다": "확률의 합은 늘 1입니다. 셋이 함께 커질 수는 없습니다.",
             "그대로이다": None,
             "세 확률이 서로 비슷해진다": "10에 견주면 1의 차이가 작아 보이지만, 소프트맥스 함수는 비율이 아니라 차이를 봅니다.",
             "가장 큰 것이 더 커진다": "그것은 모든 로짓에 1보다 큰 같은 수를 곱했을 때의 일입니다. 여기서는 더했습니다."},
            answer="그대로이다", why="분자와 분모에 똑같이 e¹⁰이 곱해져 지워집니다. 소프트맥스 함수는 로짓의 차이만 봅니다."),
        "truth": Predict(
            "소프트맥스 함수의 출력이 0.98입니다. 이런 예측을 100번 하면 98번쯤 맞을까요?",
            {"그렇다. 합이 1인 확률이기 때문이다": "합이 1이라는 것은 모양의 약속일 뿐, 세상의 빈도와 맞는다는 뜻이 아닙니다.",
             "아니다. 98번보다 늘 더 많이 맞는다": "늘 그런 것은 아닙니다. 요즘의 깊은 신경망은 오히려 지나치게 자신하는 일이 많습니다(Guo 외, 2017).",
             "알 수 없다. 실제 빈도와 맞는지는 따로 재어 보아야 한다": None},
            answer="알 수 없다. 실제 빈도와 맞는지는 따로 재어 보아야 한다",
            why="로짓에 같은 양수를 곱하면 맞히는 개수는 그대로인데 확률만 달라집니다. 아래에서 확인합니다."),
    },
    exercises={
        "tempered": Exercise(
            "온도가 있는 소프트맥스 함수", lambda z, T: act.softmax(z, temperature=T),
            cases=[Case((np.array([1.0, 2.0, 0.0]), 1.0), "온도 1"), Case((np.array([1.0, 2.0, 0.0]), 2.0), "온도 2"),
                   Case((np.array([[1.0, 2.0, 0.0], [0.5, -1.0, 3.0]]), 0.5), "두 줄, 온도 0.5")],
            mistakes=[
                Mistake("온도를 잊음", lambda z, T: act.textbook_softmax(z), "온도 T를 쓰지 않았습니다. 지수를 취하기 전에 로짓을 T로 나눕니다."),
                Mistake("온도를 곱함", lambda z, T: act.textbook_softmax(z * T), "로짓에 T를 곱했습니다. 온도가 높을수록 차이가 줄어야 합니다."),
                Mistake("나중에 나눔", lambda z, T: act.textbook_softmax(z) / T, "확률을 T로 나누면 합이 1이 아닙니다. 나누는 것은 로짓입니다."),
                Mistake("축", lambda z, T: np.exp(z / T) / np.exp(z / T).sum(), "줄이 여럿이면 줄마다 따로 더해야 합니다. axis=-1과 keepdims=True를 떠올려 보세요."),
            ]),
        "jacobian": Exercise(
            "확률 p만 받아 야코비 행렬을 돌려주는 함수", lambda p: np.diag(p) - np.outer(p, p),
            cases=[Case((np.array([0.5, 0.5]),), "두 클래스"), Case((P,), "세 클래스")],
            mistakes=[
                Mistake("대각선만", lambda p: np.diag(p * (1 - p)), "대각선은 맞습니다. 로짓 하나를 움직이면 다른 확률들도 변합니다."),
                Mistake("부호", lambda p: np.outer(p, p) - np.diag(p), "부호가 반대입니다. 자기 로짓을 키우면 자기 확률은 커집니다."),
                Mistake("δ를 잊음", lambda p: -np.outer(p, p), "대각선을 다시 보세요. i = j이면 pᵢ가 하나 더 있습니다."),
            ]),
        "two_classes": Exercise(
            "z = (3, 1)일 때 첫 클래스의 확률", float(act.sigmoid(2.0)), tolerance=5e-4,
            mistakes=[
                Mistake("σ(z₁)", float(act.sigmoid(3.0)), "z₁만 넣었습니다. 두 클래스의 소프트맥스 함수는 차이 z₁ − z₂를 봅니다."),
                Mistake("뒤집음", float(act.sigmoid(-2.0)), "둘째 클래스의 확률입니다."),
                Mistake("비율", 0.75, "로짓의 비율(3 ÷ 4)이 아닙니다. 지수를 취한 뒤에 나눕니다."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
