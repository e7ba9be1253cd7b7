"""08_ce_vs_mse의 실험, 패널과 연습: 교차 엔트로피는 정말 제곱 오차보다 빨리 수렴하는가."""

from functools import lru_cache

import numpy as np

import activations as act
from lessons import style
from lessons.data import load_digits, load_iris, standardized
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Choice, Panel, Slider
from lessons.svg import Label

LOSSES = {"cross_entropy": "교차 엔트로피", "mean_squared_error": "제곱 오차"}
LOOKS = {"cross_entropy": (style.BLUE, "-", "o"), "mean_squared_error": (style.VERMILLION, "--", "s")}
DATA = {"iris": "붓꽃", "digits": "손글씨 숫자"}
LOAD = {"iris": load_iris, "digits": load_digits}
EPOCHS = {"iris": 100, "digits": 30}
RATES = np.array([0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0])
SEEDS = range(8)
GOAL = 0.95

# ─────────────────────────────── 실험 ───────────────────────────────


@lru_cache
def split(data):
    """표준화한 자료를 7:3으로 나눈 (훈련 x, 훈련 t, 시험 x, 시험 t)."""
    everything = LOAD[data]()
    x, order = standardized(everything.x), np.random.default_rng(0).permutation(len(everything.t))
    train, test = np.split(order, [int(0.7 * len(order))])
    return x[train], everything.t[train], x[test], everything.t[test]


def starting_network(data, scale, seed):
    """ReLU 뉴런 16개와 소프트맥스 출력층을 He 초기화한 신경망. 출력층의 가중치에 scale을 곱합니다."""
    x, t, _, _ = split(data)
    rng = np.random.default_rng(seed)
    network = act.Network([act.Dense(16, input_dim=x.shape[1], init="he_normal", activation="relu", rng=rng),
                           act.Dense(int(t.max()) + 1, input_dim=16, init="he_normal", activation="softmax", rng=rng)])
    network.layers[-1].W *= scale
    return network


def experiment(data, scale, loss, learning_rate, epochs):
    """시드 여덟 개의 신경망을 32개씩 미니배치로 훈련합니다. (Training, 시험 정확도)를 돌려줍니다.

    learning_rate는 수 하나이거나 (R, 1) 모양이고, 그러면 기록의 모양은 (R, 8, epochs)입니다.
    """
    x, t, test_x, test_t = split(data)
    networks = act.Network.stack(starting_network(data, scale, seed) for seed in SEEDS)
    record = act.train(networks, x, t, loss=loss, learning_rate=learning_rate, epochs=epochs, batch_size=32,
                       rng=np.random.default_rng(0), reduction="sum")
    return record, (networks(test_x).argmax(axis=-1) == test_t).mean(axis=-1)


@lru_cache
def sweep(data, scale, loss):
    """학습률 일곱 가지 × 시드 여덟 개. 모양은 (7, 8, 에폭 수)입니다."""
    return experiment(data, scale, loss, RATES[:, np.newaxis], EPOCHS[data])


def epochs_to(accuracy, goal=GOAL):
    """정확도가 처음으로 goal 이상이 되는 에폭(1부터). 끝까지 닿지 못하면 ∞입니다. accuracy의 마지막 축이 에폭입니다."""
    reached = accuracy >= goal
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1) + 1.0, np.inf)


def medians(data, scale, loss):
    """학습률마다, 95%까지 걸린 에폭의 중앙값(시드 여덟 개). 닿지 못한 것도 ∞로 함께 셉니다."""
    return np.median(epochs_to(sweep(data, scale, loss)[0].accuracy), axis=-1)


def in_words(epochs):
    """출력에 쓰는 에폭 수. 20이 넘으면 컴퓨터마다 조금씩 다르므로(반올림 오차가 훈련에서 커집니다) 뭉뚱그립니다."""
    return "닿지 못함" if np.isinf(epochs) else f"{epochs:g}에폭" if epochs <= 20 else "20에폭 넘게"


def summary(data, scale, loss):
    """훑은 결과 한 줄: 가장 좋은 학습률에서의 중앙값과, 중앙값이 10에폭 이내인 학습률의 수(더 늦은 것은 컴퓨터마다 다릅니다)."""
    middle = medians(data, scale, loss)
    return (f"{DATA[data]}, 배율 {scale}, {LOSSES[loss]}: 가장 좋은 학습률에서 {in_words(middle.min())}, "
            f"중앙값이 10에폭 이내인 학습률은 {len(RATES)}가지 가운데 {(middle <= 10).sum()}가지")


def gradient_sizes(data, scale, loss):
    """출발점에서, 표본마다의 손실을 로짓으로 미분한 벡터의 크기. 시드 여덟 개의 것을 이어 붙였습니다."""
    x, t, _, _ = split(data)
    logits = np.concatenate([starting_network(data, scale, seed).logits(x) for seed in SEEDS])
    t = np.tile(t, len(SEEDS))
    gradient = (act.softmax_cross_entropy_grad(logits, t) if loss == "cross_entropy"
                else act.softmax_mean_squared_error_grad(logits, t, reduction="sum"))
    return np.linalg.norm(gradient, axis=-1)


# ─────────────────────────────── 패널 ───────────────────────────────


class LiveTraining(Panel):
    """붓꽃으로 시드 여덟 개의 신경망을 두 손실로 지금 훈련합니다. 가는 선이 하나하나, 굵은 선이 중앙값입니다.

    20에폭에서 멈춥니다: 그 뒤의 수는 컴퓨터마다 조금씩 다르고(in_words), 더 훈련하면 그림이 손을 따라오지 못합니다.
    """

    controls = {"rate": Slider("학습률", 0.01, 10, start=0.3, log=True),
                "scale": Slider("출력 가중치의 배율", 1, 30, start=1.0, log=True)}
    epochs = 20

    def draw(self, figure):
        axes = figure.subplots(1, 2, sharey=True)
        epochs = np.arange(1, self.epochs + 1)
        apart = np.tile(np.append(epochs, np.nan), len(SEEDS))      # 신경망 사이를 끊어, 여덟 곡선을 선 하나로 그립니다.
        self.lines, self.medians = {}, {}
        for ax, (loss, name) in zip(axes, LOSSES.items()):
            color, line, _ = LOOKS[loss]
            ax.set(title=name, xlabel="에폭", xlim=(0, self.epochs), ylim=(0, 1.03), xticks=range(0, self.epochs + 1, 5))
            ax.axhline(GOAL, color=style.INK, linewidth=0.8, linestyle=":")
            self.lines[loss], = ax.plot(apart, np.zeros_like(apart), color=color, linewidth=0.8, alpha=0.6)
            self.medians[loss], = ax.plot(epochs, np.zeros(self.epochs), line, color=color, linewidth=3)
        axes[0].set_ylabel("훈련 정확도")
        return [*self.lines.values(), *self.medians.values()]

    def update(self, rate, scale):
        said = []
        for loss, name in LOSSES.items():
            accuracy = experiment("iris", scale, loss, rate, self.epochs)[0].accuracy
            self.lines[loss].set_ydata(np.pad(accuracy, [(0, 0), (0, 1)]).ravel())
            self.medians[loss].set_ydata(np.median(accuracy, axis=0))
            needed = epochs_to(accuracy)
            said.append(f"{name} {in_words(np.median(needed))}({np.isfinite(needed).sum()}개)")
        return f"학습률 {rate:.3g}, 배율 {scale:.3g}. 정확도 95%까지 걸린 에폭의 중앙값(8개 가운데 {self.epochs}에폭 안에 닿은 수): {', '.join(said)}."


class SweepMap(Panel):
    """학습률마다, 목표 정확도까지 걸린 에폭. 점 하나가 신경망 하나이고, 닿지 못한 신경망의 수는 위의 띠에 적습니다."""

    controls = {"data": Choice("자료", {name: key for key, name in DATA.items()}),
                "scale": Choice("출발", {"보통": 1, "자신 있게 틀림(×20)": 20}),
                "goal": Slider("목표 정확도", 0.80, 0.98, start=GOAL, step=0.01)}

    def draw(self, figure):
        axes = figure.add_subplot(title="목표까지 걸린 에폭", xlabel="학습률", ylabel="에폭", xscale="log", yscale="log",
                                  xlim=(0.006, 17), ylim=(0.8, 330))
        axes.set_xticks(RATES, [f"{rate:g}" for rate in RATES])
        axes.set_yticks([1, 2, 5, 10, 20, 50, 100, 200], ["1", "2", "5", "10", "20", "50", "100", "못 닿음"])
        axes.minorticks_off()
        axes.axhspan(130, 330, color=style.INK, alpha=0.06, linewidth=0)
        self.dots, self.lines, self.counts = {}, {}, {}
        for (loss, name), side in zip(LOSSES.items(), (-1, 1)):
            color, line, marker = LOOKS[loss]
            self.dots[loss], = axes.plot([1], [1], marker, color=color, alpha=0.6, markersize=5, markeredgewidth=0)
            self.lines[loss], = axes.plot([1], [1], line, color=color, label=f"{name}의 중앙값")
            self.counts[loss] = [axes.add_artist(Label(rate * 1.12**side, 245, ha="center", va="center", fontsize=9)) for rate in RATES]
        self.jitter = np.linspace(-0.07, 0.07, len(SEEDS))
        figure.legend(handles=list(self.lines.values()), loc="outside right upper")
        return [*self.dots.values(), *self.lines.values(), *self.counts.values()]

    def update(self, data, scale, goal):
        said = []
        for (loss, name), side in zip(LOSSES.items(), (-1, 1)):
            needed = epochs_to(sweep(data, scale, loss)[0].accuracy, goal)
            x = 10 ** (np.log10(RATES)[:, np.newaxis] + 0.06 * side + self.jitter / 2)
            reached = np.isfinite(needed)
            self.dots[loss].set_data(x[reached], needed[reached])
            middle = np.median(needed, axis=-1)
            shown = np.isfinite(middle)
            self.lines[loss].set_data(RATES[shown], middle[shown])
            for text, row in zip(self.counts[loss], needed):
                text.set_text(str(np.isinf(row).sum() or ""))
            best = RATES[middle.argmin()]
            said.append(f"{name} {in_words(middle.min())}" + (f"(학습률 {best:g})" if np.isfinite(middle.min()) else ""))
        return f"{DATA[data]}, 배율 {scale}, 목표 {goal:.2f}. 가장 좋은 학습률에서의 중앙값: {', '.join(said)}."


@lru_cache
def destination():
    """교차 엔트로피로 훈련을 마친 붓꽃 신경망(시드 0)."""
    x, t, _, _ = split("iris")
    network = starting_network("iris", 1, 0)
    act.train(network, x, t, loss="cross_entropy", learning_rate=0.3, epochs=100, batch_size=32, rng=np.random.default_rng(0))
    return network


def losses_between(scale, positions):
    """출발점(0)에서 훈련을 마친 곳(1)까지 가중치를 곧게 옮길 때의 두 평균 손실. 모양은 저마다 (위치 수,)입니다."""
    x, t, _, _ = split("iris")
    ways = []
    for seed_layer, end_layer in zip(starting_network("iris", scale, 0).layers, destination().layers):
        way = act.Dense(*reversed(end_layer.W.shape), activation=end_layer.activation)
        way.W = seed_layer.W + positions[:, np.newaxis, np.newaxis] * (end_layer.W - seed_layer.W)
        way.b = seed_layer.b + positions[:, np.newaxis] * (end_layer.b - seed_layer.b)
        ways.append(way)
    logits = act.Network(ways).logits(x)
    labels = np.broadcast_to(t, logits.shape[:-1])
    return (act.softmax_cross_entropy(logits, labels).mean(axis=-1),
            act.softmax_mean_squared_error(logits, labels, reduction="sum").mean(axis=-1))


class LossAlongLine(Panel):
    """출발점에서 답까지 곧은 길을 따라 본 두 손실. 출발점의 값을 1로 놓았습니다."""

    controls = {"scale": Slider("출력 가중치의 배율", 1, 30, start=1.0, log=True),
                "position": Slider("길 위의 위치", 0, 1.2, start=0.0, step=0.01, play=True)}

    def draw(self, figure):
        axes = figure.add_subplot(title="출발점(0)에서 훈련을 마친 곳(1)까지", xlabel="길 위의 위치", ylabel="손실 ÷ 출발점의 손실",
                                  xlim=(-0.02, 1.2), ylim=(0, 1.6))
        self.positions = np.r_[0:0.8:21j, 0.82:1.2:20j]         # 배율이 크면 답 둘레에서 가파르므로 거기를 더 촘촘히
        self.lines, self.points, self.tangents = [], [], []
        for loss, name in LOSSES.items():
            color, line, marker = LOOKS[loss]
            self.lines += axes.plot([0], [0], line, color=color, label=name)
            self.points += axes.plot([0], [0], marker, color=color)
            self.tangents += axes.plot([0], [0], ":", color=color, linewidth=1.5)
        figure.legend(handles=self.lines, loc="outside right upper")
        return [self.lines, self.tangents, self.points]

    def update(self, scale, position):
        step = 1e-4
        probes = np.array([0.0, position, position - step, position + step])
        curves = losses_between(scale, np.concatenate([self.positions, probes]))
        said = []
        for curve, line, point, tangent, name in zip(curves, self.lines, self.points, self.tangents, LOSSES.values()):
            start, now, before, after = curve[-4:]
            slope = (after - before) / (2 * step) / start
            line.set_data(self.positions, curve[:-4] / start)
            point.set_data([position], [now / start])
            ends = position + np.array([-0.15, 0.15])
            tangent.set_data(ends, now / start + slope * (ends - position))
            said.append(f"{name} {now / start:.2f}(기울기 {slope:z.2f})")
        return f"배율 {scale:.3g}, 위치 {position:.2f}: 출발점의 손실을 1로 놓으면 {', '.join(said)}입니다."


# ─────────────────────────────── 예측과 연습 ───────────────────────────────

CURVE = np.array([0.3, 0.7, 0.9, 0.96, 0.94, 0.97])
EARLY, NEVER, EXACT = np.array([0.97, 0.98]), np.array([0.3, 0.5, 0.9]), np.array([0.5, 0.95, 0.99])
Z = np.array([[2.0, 0.5, -1.0], [-9.0, 0.0, 9.0]])
T = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])


def _first(accuracy, goal):
    reached = accuracy >= goal
    return reached.argmax() + 1.0 if reached.any() else np.inf


def _squared_gradient(z, t):
    p = act.softmax(z)
    g = 2 * (p - t)
    return p * (g - (p * g).sum(axis=-1, keepdims=True))


lesson = Lesson(
    "08_ce_vs_mse",
    predictions={
        "same_rate": Predict(
            "학습률 0.1로 똑같이 훈련했더니 교차 엔트로피가 목표 정확도에 세 배 빨리 닿았습니다. 이것만으로 무엇을 말할 수 있을까요?",
            {"교차 엔트로피는 제곱 오차보다 빨리 배우는 손실이다": "학습률을 바꾸면 순서가 뒤집힐 수도 있습니다. 한 학습률에서 본 것은 그 학습률의 이야기입니다.",
             "학습률 0.1에서는 교차 엔트로피가 더 빠르다는 것뿐이다": None,
             "제곱 오차는 분류에 쓸 수 없다": "느리다는 것과 쓸 수 없다는 것은 다릅니다. 게다가 아직 한 학습률만 보았습니다."},
            answer="학습률 0.1에서는 교차 엔트로피가 더 빠르다는 것뿐이다",
            why="두 손실은 기울기의 크기가 다릅니다. 공평하려면 손실마다 가장 좋은 학습률을 찾아 주어야 합니다."),
        "fair": Predict(
            "손실마다 가장 좋은 학습률을 찾아 주고, 보통의 출발점에서 겨루면 95%까지 걸리는 에폭은 어떻게 될까요?",
            {"교차 엔트로피가 몇 배 빠르다": "앞의 차이는 대부분 학습률에서 왔습니다.",
             "거의 같다": None,
             "제곱 오차가 몇 배 빠르다": "한두 에폭의 차이는 시드에 따라 뒤바뀝니다. 몇 배라고 할 차이는 없습니다."},
            answer="거의 같다", why="아래에서 신경망 224개로 확인합니다. 차이는 시드를 바꿀 때의 흔들림만 합니다."),
        "saturated": Predict(
            "출력층의 가중치를 20배로 키워, 처음부터 자신 있게 틀리는 신경망에서 출발합니다. 이번에도 손실마다 가장 좋은 학습률을 찾아 주면 어떻게 될까요?",
            {"둘 다 배우지 못한다": "교차 엔트로피의 기울기는 p − t이므로 자신 있게 틀릴수록 오히려 큽니다.",
             "이번에도 거의 같다": "기울기가 사라진 표본에 맞추어 학습률을 키우면, 기울기가 큰 표본에서는 걸음이 지나쳐 무너집니다.",
             "교차 엔트로피가 훨씬 잘 배운다": None},
            answer="교차 엔트로피가 훨씬 잘 배운다", why="제곱 오차의 기울기에는 p가 곱해져 있어, 자신 있게 틀린 표본에서 사라집니다."),
    },
    exercises={
        "first_epoch": Exercise(
            "정확도가 처음으로 목표 이상이 되는 에폭(1부터, 없으면 np.inf)", _first,
            cases=[Case((CURVE, 0.95), "넷째 에폭에 닿음"), Case((EXACT, 0.95), "목표와 꼭 같은 값"), Case((EARLY, 0.95), "첫 에폭에 닿음"),
                   Case((NEVER, 0.95), "끝까지 닿지 못함")],
            mistakes=[
                Mistake("0부터 셈", lambda a, goal: _first(a, goal) - 1, "에폭을 0부터 세었습니다. 첫 에폭이 1입니다."),
                Mistake("닿지 못함을 1로", lambda a, goal: (a >= goal).argmax() + 1.0,
                        "한 번도 닿지 못하면 argmax는 0을 돌려줍니다. 그러면 가장 느린 신경망이 가장 빠른 것이 됩니다."),
                Mistake("초과", lambda a, goal: (a > goal).argmax() + 1.0 if (a > goal).any() else np.inf, "목표와 꼭 같아도 닿은 것입니다(≥)."),
                Mistake("개수", lambda a, goal: float((a < goal).sum()) + 1, "목표보다 낮은 에폭을 모두 세었습니다. 닿은 뒤에 다시 내려갈 수도 있습니다."),
                Mistake("마지막 에폭", lambda a, goal: _first(a, goal) if (a >= goal).any() else float(len(a)),
                        "닿지 못한 것을 마지막 에폭에 닿은 것처럼 적었습니다. np.inf로 남겨 두세요."),
            ]),
        "median": Exercise(
            "닿지 못한 것(np.inf)까지 센 중앙값", lambda epochs: np.median(epochs),
            cases=[Case((np.array([3.0, 9.0, 4.0]),), "모두 닿음"), Case((np.array([5.0, np.inf, 7.0, 6.0, np.inf]),), "다섯 가운데 둘이 닿지 못함"),
                   Case((np.array([2.0, np.inf, np.inf]),), "절반 넘게 닿지 못함")],
            mistakes=[
                Mistake("버림", lambda epochs: np.median(epochs[np.isfinite(epochs)]),
                        "닿지 못한 것을 버렸습니다. 그러면 많이 실패할수록 빨라 보입니다."),
                Mistake("평균", lambda epochs: np.mean(epochs), "평균을 냈습니다. 하나만 닿지 못해도 ∞가 되고, 몇 개가 실패했는지 알 수 없습니다."),
                Mistake("버리고 평균", lambda epochs: np.mean(epochs[np.isfinite(epochs)]), "닿은 것만 평균했습니다. 닿지 못한 것도 함께 세는 중앙값을 쓰세요."),
                Mistake("최솟값", lambda epochs: np.min(epochs), "가장 운이 좋은 시드 하나만 골랐습니다."),
            ]),
        "gradient": Exercise(
            "제곱 오차의 합 Σ(pᵢ − tᵢ)²을 로짓으로 미분한 값", _squared_gradient,
            cases=[Case((Z[:1], T[:1]), "한 표본"), Case((Z, T), "두 표본, 하나는 자신 있게 틀림")],
            mistakes=[
                Mistake("p − t", lambda z, t: act.softmax(z) - t, "그것은 교차 엔트로피의 기울기입니다. 제곱 오차에서는 소프트맥스 함수의 야코비 행렬이 지워지지 않습니다."),
                Mistake("소프트맥스를 잊음", lambda z, t: 2 * (act.softmax(z) - t), "p에 대한 기울기까지만 구했습니다. 여기에 소프트맥스 함수의 야코비 행렬을 곱해야 합니다."),
                Mistake("대각선만", lambda z, t: 2 * (act.softmax(z) - t) * act.softmax(z) * (1 - act.softmax(z)),
                        "야코비 행렬의 대각선만 곱했습니다. 로짓 하나를 바꾸면 다른 확률들도 움직입니다."),
                Mistake("2를 잊음", lambda z, t: _squared_gradient(z, t) / 2, "제곱을 미분할 때 나오는 2가 빠졌습니다."),
                Mistake("부호", lambda z, t: -_squared_gradient(z, t), "부호가 반대입니다. 제곱을 미분하면 2(p − t)입니다."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
