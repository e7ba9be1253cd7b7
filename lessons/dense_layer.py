"""01_dense_layer의 패널과 연습: Dense(8, input_dim=4, init='uniform', activation='relu') 한 줄을 인자마다 읽습니다."""

import numpy as np

import activations as act
from lessons import style
from lessons.data import load_iris
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Choice, Panel, Slider, set_heights, vector

IRIS = load_iris()
FLOWERS = {"세토사(0번)": 0, "버시컬러(50번)": 50, "버지니카(100번)": 100}
INITS = ("uniform", "normal", "glorot_uniform", "he_uniform")


def small_network(init, seed, units=8):
    """4 → units → 6 → 1, 은닉층은 ReLU 함수, 출력층은 시그모이드 함수인 신경망."""
    rng = np.random.default_rng(seed)
    return act.Network([act.Dense(units, input_dim=4, init=init, activation="relu", rng=rng),
                        act.Dense(6, input_dim=units, init=init, activation="relu", rng=rng),
                        act.Dense(1, input_dim=6, init=init, activation="sigmoid", rng=rng)])


def layer_spreads(network, x):
    """층마다, 활성화 함수를 지나기 전 값의 표준편차."""
    spreads = []
    for layer in network.layers:
        spreads.append(layer.logits(x).std())
        x = layer(x)
    return spreads


class OneNeuron(Panel):
    """붓꽃 한 송이를 받은 뉴런 하나: 입력마다 가중치를 곱하고, 더하고, 활성화 함수를 지납니다."""

    controls = {
        "flower": Choice("붓꽃", FLOWERS),
        "name": Choice("활성화 함수", {act.ACTIVATIONS[key].korean: key for key in ("relu", "sigmoid", "linear")}),
        **{f"w{k}": Slider(f"가중치 w{'₁₂₃₄'[k - 1]} ({feature})", -1, 1, start=start, step=0.05)
           for k, (feature, start) in enumerate(zip(IRIS.feature_names, (0.3, -0.5, 0.4, 0.2)), 1)},
        "b": Slider("편향 b", -3, 3, start=0.5),
    }

    def draw(self, figure):
        terms, output = figure.subplots(1, 2, width_ratios=[3, 1])
        labels = [name.replace(" ", "\n") + " × w" for name in IRIS.feature_names] + ["편향 b", "합 z"]
        terms.set(title="더해지는 것들", ylim=(-22, 22), xlim=(-0.6, 5.6), ylabel="값")
        terms.set_xticks(range(6), labels)
        terms.axhline(0, color=style.INK, linewidth=0.8)
        self.terms = terms.bar(range(6), np.ones(6), width=0.6, color=[style.BLUE] * 4 + [style.ORANGE, style.VERMILLION])
        output.set(title="출력 h(z)", ylim=(-22, 22), xlim=(-0.8, 0.8), xticks=[])
        output.axhline(0, color=style.INK, linewidth=0.8)
        self.output = output.bar([0], [1], width=0.6, color=style.GREEN, hatch="//")
        return [self.terms, self.output]

    def update(self, flower, name, b, **weights):
        neuron = act.Dense(1, input_dim=4, init="zeros", activation=name)
        neuron.W[:, 0], neuron.b[:] = list(weights.values()), b
        x = IRIS.x[flower]
        z, y = neuron.logits(x)[0], neuron(x)[0]
        set_heights(self.terms, [*(x * neuron.W[:, 0]), b, z])
        set_heights(self.output, [y])
        return (f"{IRIS.class_names[IRIS.t[flower]]} x = {vector(x, 1)}: "
                f"z = {z:z.3f}, {act.ACTIVATIONS[name].korean} h(z) = {y:z.3f}입니다.")


class OutputSpread(Panel):
    """가중치 초기화가 층을 지나는 값의 퍼짐을 어떻게 바꾸는가. 입력은 표준정규분포에서 뽑은 1,000개입니다."""

    controls = {
        "init": Choice("가중치 초기화", list(INITS), start="uniform"),
        "units": Slider("첫 은닉층의 뉴런 수", 1, 64, start=8, step=1),
        "seed": Slider("난수 시드", 0, 20, start=0, step=1),
    }

    def draw(self, figure):
        spread, outputs = figure.subplots(1, 2)
        self.x = np.random.default_rng(0).normal(size=(1000, 4))
        spread.set(title="층마다 값의 표준편차", xlabel="층", ylabel="표준편차", yscale="log", ylim=(1e-7, 30), xlim=(0.7, 3.3))
        spread.set_xticks([1, 2, 3], ["1", "2", "3(출력)"])
        spread.set_yticks([1e-6, 1e-4, 1e-2, 1], ["0.000001", "0.0001", "0.01", "1"])
        spread.minorticks_off()
        self.spread, = spread.plot([1, 2, 3], [1, 1, 1], "o-", color=style.BLUE)
        outputs.set(title="입력 1,000개의 출력 확률", xlabel="출력 σ(z)", ylabel="개수", xlim=(0, 1), ylim=(0, 1000))
        self.edges = np.linspace(0, 1, 22)           # 0.5가 가운데 칸의 한가운데에 오는 21칸
        self.bars = outputs.stairs(np.ones(21), self.edges, fill=True, color=style.VERMILLION)
        return [self.spread, self.bars]

    def update(self, init, units, seed):
        network = small_network(init, seed, units)
        spreads = layer_spreads(network, self.x)
        self.spread.set_ydata(np.maximum(spreads, 1e-12))
        probabilities = network(self.x)[:, 0]
        self.bars.set_data(np.histogram(probabilities, self.edges)[0])
        return (f"{init}, 4-{units}-6-1: 출력층 로짓의 표준편차는 {spreads[-1]:.2g}이고, "
                f"출력 확률은 {probabilities.min():.3f}에서 {probabilities.max():.3f}까지입니다.")


def _layer(rows, inputs, units):
    rng = np.random.default_rng(rows + inputs + units)
    return rng.normal(size=(rows, inputs)), rng.normal(size=(inputs, units)), rng.normal(size=units)


lesson = Lesson(
    "01_dense_layer",
    predictions={
        "parameters": Predict(
            "Dense(8, input_dim=4)가 배우는 수(매개변수)는 모두 몇 개일까요?",
            {"12개": "4 + 8이 아닙니다. 입력 하나하나가 뉴런 하나하나와 이어집니다.",
             "32개": "가중치만 세었습니다. 뉴런마다 편향이 하나씩 더 있습니다.",
             "40개": None,
             "36개": "편향은 입력마다가 아니라 출력 뉴런마다 하나씩, 곧 8개입니다."},
            answer="40개", why="가중치 4 × 8 = 32개에 편향 8개를 더해 40개입니다."),
        "uniform": Predict(
            "init='uniform'은 가중치를 −0.05와 0.05 사이에서 고르게 뽑습니다. 입력이 4개, 층마다 뉴런이 8, 6, 1개이고 출력층이 시그모이드 함수인 신경망(4-8-6-1)의 처음 출력은 어떨까요?",
            {"입력마다 다른, 0과 1 사이에 고루 퍼진 확률": "작은 수를 세 번 거듭 곱하면 어떻게 될지 생각해 보세요.",
             "어떤 입력이든 거의 똑같이 0.5": None,
             "거의 모두 0이거나 1": "그러려면 출력층의 로짓이 아주 커야 합니다. 여기서는 층을 지날수록 작아집니다."},
            answer="어떤 입력이든 거의 똑같이 0.5",
            why="층을 지날 때마다 값이 작아져 로짓이 거의 0이 되고, σ(0) = 0.5입니다."),
        "keras": Predict(
            "원래의 이 한 줄은 Keras 1의 것입니다. 지금의 Keras 3에서 그대로 실행하면 어떻게 될까요?",
            {"그대로 잘 된다": "init이라는 인자 이름은 이제 없습니다.",
             "경고만 나오고 init은 무시된다": "모르는 인자를 조용히 무시하지 않습니다.",
             "모르는 인자라는 오류(ValueError)가 난다": None},
            answer="모르는 인자라는 오류(ValueError)가 난다",
            why="init=은 kernel_initializer=로 이름이 바뀌었고, Keras 3은 모르는 인자에 ValueError를 냅니다."),
    },
    exercises={
        "neuron": Exercise(
            "ReLU 뉴런 하나의 출력", lambda x, w, b: np.maximum(x @ w + b, 0.0),
            cases=[Case((np.array([1.0, 2.0]), np.array([0.5, 0.25]), 0.5), "양수가 되는 뉴런"),
                   Case((np.array([1.0, 2.0]), np.array([-1.0, 0.25]), 0.25), "음수가 되는 뉴런"),
                   Case((IRIS.x[0], np.array([0.3, -0.5, 0.4, 0.2]), 0.5), "붓꽃 한 송이")],
            mistakes=[
                Mistake("활성화 함수를 잊음", lambda x, w, b: x @ w + b, "합까지는 맞습니다. 음수이면 0이 되게 하는 한 걸음이 남았습니다."),
                Mistake("편향을 잊음", lambda x, w, b: np.maximum(x @ w, 0.0), "편향 b를 더하지 않았습니다."),
                Mistake("더하지 않음", lambda x, w, b: np.maximum(x * w + b, 0.0),
                        "입력마다 곱하기만 하고 더하지 않아 값이 여럿입니다. 뉴런 하나의 출력은 수 하나입니다."),
                Mistake("편향을 나중에", lambda x, w, b: np.maximum(x @ w, 0.0) + b, "편향은 활성화 함수를 지나기 전에 더합니다."),
            ]),
        "dense": Exercise(
            "Dense 층의 출력: 표본이 여럿이고 뉴런도 여럿", lambda X, W, b: np.maximum(X @ W + b, 0.0),
            cases=[Case(_layer(1, 4, 8), "표본 하나"), Case(_layer(5, 4, 8), "표본 다섯"), Case(_layer(3, 3, 3), "정사각 행렬")],
            mistakes=[
                Mistake("활성화 함수를 잊음", lambda X, W, b: X @ W + b, "음수가 그대로 나옵니다. ReLU 함수를 지나야 합니다."),
                Mistake("곱의 순서", lambda X, W, b: np.maximum(W @ X + b, 0.0), "X와 W의 순서를 보세요. X의 마지막 축(입력 4개)이 W의 첫 축과 만나야 합니다."),
                Mistake("뒤집은 W", lambda X, W, b: np.maximum(X @ W.T + b, 0.0), "W의 모양은 이미 (입력 수, 뉴런 수)입니다. 뒤집을 필요가 없습니다."),
                Mistake("편향을 잊음", lambda X, W, b: np.maximum(X @ W, 0.0), "편향 b를 더하지 않았습니다."),
            ]),
        "count": Exercise(
            "Dense(8, input_dim=4), Dense(6), Dense(1)을 쌓은 신경망의 매개변수 수", small_network("zeros", seed=0).parameter_count,
            mistakes=[
                Mistake("편향을 잊음", 86, "가중치만 세었습니다. 뉴런마다 편향이 하나씩 있습니다."),
                Mistake("출력층을 잊음", 94, "출력층의 가중치 6개와 편향 1개를 빠뜨렸습니다."),
                Mistake("첫 층만", 40, "그것은 첫 층만의 수입니다. 층 셋을 모두 더하세요."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
