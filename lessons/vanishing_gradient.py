"""04_vanishing_gradient의 패널과 연습: 기울기는 층마다 곱해지면서 사라지거나 폭주합니다."""

import numpy as np
from matplotlib.colors import ListedColormap

import activations as act
from lessons import style
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Choice, Panel, Slider


def gradient_norms(activation, *, init="glorot_uniform", scale=1.0, depth=10, width=100, samples=256, seed=0):
    """깊이 depth인 신경망에 난수 입력과 난수 기울기를 넣었을 때, 층마다 가중치 기울기의 크기(노름)."""
    rng = np.random.default_rng(seed)
    layers = [act.Dense(width, input_dim=width, init=init, activation=activation, rng=rng) for _ in range(depth)]
    for layer in layers:
        layer.W *= scale
    network = act.Network(layers)
    output = network(rng.normal(size=(samples, width)))
    network.backward(rng.normal(size=output.shape) / samples)
    return np.array([np.linalg.norm(layer.W_grad) for layer in layers])


def median_norms(activation, **options):
    """난수 시드 열 개에서 셈한 gradient_norms의 층마다의 중앙값과, 첫 층 ÷ 마지막 층의 중앙값."""
    norms = np.array([gradient_norms(activation, seed=seed, **options) for seed in range(10)])
    return np.median(norms, axis=0), np.median(norms[:, 0] / norms[:, -1])


def relu_layer(bias, units=64, samples=256, seed=0):
    """입력 10개를 받는 ReLU 층의, 활성화 함수를 지나기 전 값 (samples, units). 편향은 모두 bias입니다."""
    rng = np.random.default_rng(seed)
    layer = act.Dense(units, input_dim=10, init="he_normal", activation="relu", rng=rng)
    layer.b[:] = bias
    return layer.logits(rng.normal(size=(samples, 10)))


def dead_share(z):
    """어떤 표본에서도 켜지지 않는(z ≤ 0) 뉴런의 비율. z의 모양은 (표본 수, 뉴런 수)입니다."""
    return np.mean(np.all(z <= 0, axis=0))


class GradientByLayer(Panel):
    """층마다 기울기의 크기: 깊이, 활성화 함수, 가중치의 크기를 바꾸어 봅니다(폭 40, 표본 64개)."""

    controls = {
        "activation": Choice("활성화 함수", {act.ACTIVATIONS[key].korean: key for key in ("sigmoid", "tanh", "relu")}),
        "init": Choice("가중치 초기화", {"Glorot": "glorot_uniform", "He": "he_normal"}),
        "scale": Slider("가중치의 배율", 0.25, 8, start=1.0, log=True),
        "depth": Slider("층의 수", 2, 20, start=10, step=1, play=True),
    }

    def draw(self, figure):
        axes = figure.add_subplot(title="층마다 가중치 기울기의 크기", xlabel="층(1이 입력 쪽)", ylabel="기울기의 크기",
                                  xlim=(0.5, 20.5), ylim=(1e-14, 1e10), yscale="log")
        axes.set_xticks(range(1, 21))
        axes.set_yticks([1e-12, 1e-8, 1e-4, 1, 1e4, 1e8], ["$10^{-12}$", "$10^{-8}$", "$10^{-4}$", "1", "$10^{4}$", "$10^{8}$"])
        axes.minorticks_off()
        self.line, = axes.plot([1, 20], [1, 1], "o-", color=style.BLUE)
        return [self.line]

    def update(self, activation, init, scale, depth):
        norms = gradient_norms(activation, init=init, scale=scale, depth=depth, width=40, samples=64)
        self.line.set_data(np.arange(1, depth + 1), np.maximum(norms, 1e-300))
        return (f"{act.ACTIVATIONS[activation].korean}, {depth}층, 배율 {scale:.2f}: 첫 층 {norms[0]:.2g}, "
                f"마지막 층 {norms[-1]:.2g}, 첫 층 ÷ 마지막 층은 {norms[0] / norms[-1]:.2g}입니다.")


class DeadUnits(Panel):
    """편향이 낮아질 때: 어느 표본에서 꺼져 있는 것과, 모든 표본에서 꺼져 죽은 것은 다릅니다."""

    controls = {"bias": Slider("편향 b", -8, 2, start=0.0, play=True)}
    size = (9.0, 3.8)

    def draw(self, figure):
        grid, curve = figure.subplots(1, 2)
        grid.set(title="켜진 뉴런(칠한 칸)", xlabel="뉴런 64개", ylabel="표본 64개", xticks=[], yticks=[])
        grid.grid(False)
        self.image = grid.imshow(np.zeros((64, 64)), cmap=ListedColormap([(0, 0, 0, 0), style.BLUE]), vmin=0, vmax=1,
                                 aspect="auto", interpolation="none")
        biases = np.linspace(-8, 2, 101)
        self.z = relu_layer(0.0)
        values = [self.z + bias for bias in biases]
        curve.set(title="꺼진 비율과 죽은 비율", xlabel="편향 b", ylabel="비율", xlim=(-8, 2), ylim=(-0.04, 1.04))
        curve.plot(biases, [np.mean(z <= 0) for z in values], "--", color=style.ORANGE, label="꺼진 (표본, 뉴런) 쌍")
        curve.plot(biases, [dead_share(z) for z in values], color=style.VERMILLION, label="죽은 뉴런")
        self.silent, = curve.plot([0], [0], "s", color=style.ORANGE)
        self.dead, = curve.plot([0], [0], "o", color=style.VERMILLION)
        figure.legend(loc="outside lower right", ncols=2)
        return [self.image, self.silent, self.dead]

    def update(self, bias):
        z = self.z + bias
        silent, dead = np.mean(z <= 0), dead_share(z)
        self.image.set_data((z[:64] > 0).astype(float))
        self.silent.set_data([bias], [silent])
        self.dead.set_data([bias], [dead])
        return (f"b = {bias:z.1f}: 꺼진 (표본, 뉴런) 쌍의 비율은 {silent:.3f}, "
                f"모든 표본에서 꺼진(죽은) 뉴런의 비율은 {dead:.3f}입니다.")


def _values(*rows):
    return (np.array(rows, dtype=float),)


lesson = Lesson(
    "04_vanishing_gradient",
    predictions={
        "factor": Predict(
            "뉴런이 하나뿐인 시그모이드 층이 열 개입니다. 가중치가 모두 1이면 기울기에는 많아야 얼마가 곱해질까요?",
            {"10 × 0.25 = 2.5배": "층마다 더해지는 것이 아니라 곱해집니다. 연쇄법칙을 떠올려 보세요.",
             "0.25배": "한 층을 지날 때의 값입니다. 열 층을 지나야 합니다.",
             "0.25의 10제곱, 약 백만분의 1배": None},
            answer="0.25의 10제곱, 약 백만분의 1배", why="층마다 σ′ ≤ ¼이 곱해집니다. 그래서 입력 쪽 층일수록 기울기가 작습니다."),
        "weights": Predict(
            "층마다 뉴런이 100개인 시그모이드 층 열 개를 Glorot로 초기화했습니다. 가중치만 네 배로 키우면 첫 층의 기울기는 어떻게 될까요?",
            {"σ′ ≤ ¼이므로 달라지지 않는다": "층마다 곱해지는 것은 σ′ 하나가 아니라 σ′ × 가중치입니다.",
             "수천 배 커지지만 마지막 층보다는 여전히 작다": None,
             "사라지지 않고 마지막 층과 같아진다": "가중치가 크면 뉴런이 포화되어 σ′ 자체가 작아집니다. 그래서 다 되돌리지는 못합니다."},
            answer="수천 배 커지지만 마지막 층보다는 여전히 작다",
            why="가중치가 크면 곱해지는 수가 커지지만, 뉴런이 더 포화되어 σ′은 작아집니다. 둘의 곱이 정합니다."),
        "dead": Predict(
            "표본 하나에서 ReLU 뉴런의 z(활성화 함수를 지나기 전의 값)가 음수가 되었습니다. 이 뉴런은 어떻게 될까요?",
            {"그때부터 영원히 죽는다": "그 표본에서만 기울기가 0입니다. 다른 표본에서 켜지면 계속 배웁니다.",
             "그 표본에서만 배우지 않는다. 모든 표본에서 꺼져 있을 때에만 죽은 것이다": None,
             "출력에 음수가 없으므로 아무 문제도 생기지 않는다": "출력의 부호가 아니라 도함수가 문제입니다. 꺼져 있으면 도함수가 0입니다."},
            answer="그 표본에서만 배우지 않는다. 모든 표본에서 꺼져 있을 때에만 죽은 것이다",
            why="기울기는 표본마다 따로 나와 더해집니다. 하나라도 켜지면 가중치가 움직입니다."),
    },
    exercises={
        "factor": Exercise(
            "시그모이드 층 n개, 가중치 w일 때 곱해지는 수의 상한", lambda n, w: (abs(w) / 4) ** n,
            cases=[Case((1, 1.0), "한 층"), Case((10, 1.0), "열 층"), Case((5, 4.0), "가중치 4"), Case((3, -2.0), "음의 가중치")],
            mistakes=[
                Mistake("가중치를 잊음", lambda n, w: 0.25**n, "가중치가 1일 때만 맞습니다. 층마다 σ′ 말고 무엇이 더 곱해지나요?"),
                Mistake("더함", lambda n, w: n * w / 4, "층마다 더하는 것이 아니라 곱합니다."),
                Mistake("부호", lambda n, w: (w / 4) ** n, "크기의 상한이므로 음의 가중치는 절댓값으로 셉니다."),
                Mistake("σ의 값", lambda n, w: (abs(w) / 2) ** n, "σ(0) = ½이 아니라 σ′(0) = ¼입니다."),
            ]),
        "dead": Exercise(
            "죽은 뉴런의 비율(z의 모양은 (표본 수, 뉴런 수))", dead_share,
            cases=[Case(_values([1, 1], [1, 1]), "모두 켜진 층"), Case(_values([-1, 2, -1], [-1, -1, 3], [-1, -1, -1]), "하나만 죽은 층"),
                   Case(_values([-1, 0, 1, -2], [-1, -1, -1, 5]), "z = 0이 있는 층")],
            mistakes=[
                Mistake("꺼진 쌍의 비율", lambda z: np.mean(z <= 0), "어느 표본에서 꺼진 것까지 세었습니다. 죽은 것은 모든 표본에서 꺼진 뉴런입니다."),
                Mistake("축", lambda z: np.mean(np.all(z <= 0, axis=1)), "표본을 세었습니다. 뉴런마다(열마다) 모든 표본을 살펴야 합니다."),
                Mistake("한 번이라도", lambda z: np.mean(np.any(z <= 0, axis=0)), "한 번이라도 꺼진 뉴런을 세었습니다. 음수 하나로 죽지 않습니다."),
                Mistake("z = 0", lambda z: np.mean(np.all(z < 0, axis=0)), "z = 0도 꺼진 것입니다. ReLU 함수의 도함수는 z ≤ 0에서 0으로 정했습니다."), Mistake("개수", lambda z: np.sum(np.all(z <= 0, axis=0)), "개수가 아니라 비율입니다. 뉴런의 수로 나누세요."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
