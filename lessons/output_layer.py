"""09_output_layer의 패널과 연습: 문제에 맞는 출력층과 손실을 고르고, 모델 하나를 처음부터 끝까지 만듭니다."""

from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgba

import activations as act
from lessons import style
from lessons.data import load_iris, standardized
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Choice, Panel, Slider, vector
from lessons.svg import Label

IRIS = load_iris()
LENGTH, WIDTH = IRIS.x[:, 2], IRIS.x[:, 3]              # 꽃잎의 길이와 너비(cm)
IS_VIRGINICA = (IRIS.t == 2).astype(float)
TAGS = np.column_stack([IRIS.x[:, 0] > 5.8, WIDTH > 1.3]).astype(float)     # 꽃받침이 길다, 꽃잎이 넓다
TAG_NAMES = ("꽃받침이 길다", "꽃잎이 넓다")
COLORS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE)


@dataclass(frozen=True)
class Pair:
    """출력층과 손실 한 쌍."""

    units: int
    activation: str
    loss: str

    def __str__(self):
        korean = {"linear": "항등 함수", "softmax": "소프트맥스 함수"}.get(self.activation) or act.ACTIVATIONS[self.activation].korean
        return f"{korean}(뉴런 {self.units}개)와 {'교차 엔트로피' if self.loss == 'cross_entropy' else '제곱 오차'}"


def untrained(inputs, pair, *, hidden=8, activation="tanh", seed=0):
    """은닉층 하나와 pair의 출력층으로 된, 아직 훈련하지 않은 신경망."""
    rng = np.random.default_rng(seed)
    return act.Network([act.Dense(hidden, input_dim=inputs, activation=activation, rng=rng),
                        act.Dense(pair.units, input_dim=hidden, activation=pair.activation, rng=rng)])


def train(network, x, t, pair, epochs, rate=None):
    """자료 전체로 훈련한 기록(Training). rate를 주지 않으면 손실에 알맞은 것을 씁니다."""
    rate = rate or {"cross_entropy": 0.5, "mean_squared_error": 0.1}[pair.loss]
    return act.train(network, x, t, loss=pair.loss, learning_rate=rate, epochs=epochs)


def trained(x, t, pair, *, epochs, rate=None, **kind):
    """새로 만들어 훈련한 (신경망, Training). kind는 untrained에 주는 hidden, activation, seed입니다."""
    network = untrained(x.shape[1], pair, **kind)
    return network, train(network, x, t, pair, epochs, rate)


# ───────────────────────── 알맞은 짝과 어긋난 짝 ─────────────────────────


@dataclass(frozen=True)
class Mismatch:
    """한 문제의 알맞은 짝과 어긋난 짝. names는 출력마다의 이름입니다."""

    t: np.ndarray
    right: Pair
    wrong: Pair
    names: tuple


MISMATCHES = {
    "회귀에 시그모이드 함수": Mismatch(WIDTH, Pair(1, "linear", "mean_squared_error"), Pair(1, "sigmoid", "mean_squared_error"),
                            ("꽃잎 너비(cm)",)),
    "이진 분류에 소프트맥스 함수 하나": Mismatch(IS_VIRGINICA, Pair(1, "sigmoid", "cross_entropy"), Pair(1, "softmax", "mean_squared_error"),
                                 ("버지니카일 확률",)),
    "이진 분류에 항등 함수": Mismatch(IS_VIRGINICA, Pair(1, "sigmoid", "cross_entropy"), Pair(1, "linear", "mean_squared_error"),
                           ("버지니카일 확률",)),
    "이진 분류에 ReLU 함수": Mismatch(IS_VIRGINICA, Pair(1, "sigmoid", "cross_entropy"), Pair(1, "relu", "mean_squared_error"),
                            ("버지니카일 확률",)),
    "다중 클래스 분류에 시그모이드 함수": Mismatch(IRIS.t, Pair(3, "softmax", "cross_entropy"), Pair(3, "sigmoid", "cross_entropy"),
                                  IRIS.class_names),
    "다중 레이블 분류에 소프트맥스 함수": Mismatch(TAGS, Pair(2, "sigmoid", "cross_entropy"), Pair(2, "softmax", "mean_squared_error"), TAG_NAMES),
}


@lru_cache
def outputs_by_length(name, side):
    """꽃잎 길이만 보고 훈련한 신경망의 출력 (len(GRID), 출력 수). side는 'right'나 'wrong'입니다."""
    mismatch = MISMATCHES[name]
    x, grid = standardized(LENGTH[:, np.newaxis]), (GRID[:, np.newaxis] - LENGTH.mean()) / LENGTH.std()
    return trained(x, mismatch.t, getattr(mismatch, side), epochs=1000)[0](grid)


GRID = np.linspace(1, 7, 61)


class RightAndWrong(Panel):
    """같은 자료, 같은 은닉층에 알맞은 출력층과 어긋난 출력층을 붙여 봅니다."""

    controls = {"name": Choice("어긋난 짝", {name: name for name in MISMATCHES}),
                "length": Slider("꽃잎 길이(cm)", 1, 7, start=5.0, step=0.05, play=True)}

    def draw(self, figure):
        axes = figure.subplots(1, 2, sharey=True)
        self.lines, self.points, self.dots, self.cursors = [], [], [], []
        for ax, title in zip(axes, ("알맞은 짝", "어긋난 짝")):
            ax.set(title=title, xlabel="꽃잎 길이(cm)", xlim=(0.9, 7.1), ylim=(-0.4, 2.7))
            self.cursors.append(ax.axvline(1, color=style.INK, linewidth=0.8, linestyle=":"))
            self.dots += ax.plot([1], [1], "o", color=style.INK, alpha=0.25, markersize=3.5, markeredgewidth=0)
            for color, line, marker in zip(COLORS, ("-", "--", "-."), "os^"):
                self.lines += ax.plot(GRID, GRID, line, color=color)
                self.points += ax.plot([1], [1], marker, color=color)
        axes[0].set_ylabel("출력")
        places = [(1.2, 2.5 - 0.25 * k) for k in range(3)]
        self.marks = [axes[0].plot(*([v] for v in place), marker, color=color)[0] for place, color, marker in zip(places, COLORS, "os^")]
        self.labels = [axes[0].add_artist(Label(x + 0.2, y, va="center")) for x, y in places]
        return [self.cursors, self.dots, self.lines, self.points, self.marks, self.labels]

    def update(self, name, length):
        mismatch = MISMATCHES[name]
        simple = mismatch.t.ndim == 1 and mismatch.right.units == 1
        for k, (mark, label) in enumerate(zip(self.marks, self.labels)):
            mark.set_visible(k < len(mismatch.names))
            label.set_text(mismatch.names[k] if k < len(mismatch.names) else "")
        said = []
        for k, side in enumerate(("right", "wrong")):
            outputs = outputs_by_length(name, side)
            values = [np.interp(length, GRID, column) for column in outputs.T]
            self.dots[k].set_visible(simple)
            if simple:
                self.dots[k].set_data(LENGTH, mismatch.t)
            self.cursors[k].set_xdata([length, length])
            for j, (line, point) in enumerate(zip(self.lines[3 * k:3 * k + 3], self.points[3 * k:3 * k + 3])):
                line.set_visible(j < len(values))
                point.set_visible(j < len(values))
                if j < len(values):
                    line.set_ydata(outputs[:, j])
                    point.set_data([length], [values[j]])
            total = f", 합 {sum(values):.2f}" if len(values) > 1 else ""
            said.append(f"{getattr(mismatch, side)}: {vector(values, 2) if len(values) > 1 else f'{values[0]:z.2f}'}{total}")
        return f"꽃잎 길이 {length:.2f} cm, {', '.join(mismatch.names)}. 알맞은 짝은 {said[0]}. 어긋난 짝은 {said[1]}."


# ─────────────────────────────── 결정 경계 ───────────────────────────────

PETALS = np.column_stack([LENGTH, WIDTH])
X_LIMITS, Y_LIMITS = (0.7, 7.2), (-0.1, 2.8)
MESH = np.stack(np.meshgrid(np.linspace(*X_LIMITS, 66), np.linspace(*Y_LIMITS, 44)), axis=-1).reshape(-1, 2)
LINE = np.linspace(*X_LIMITS, 66)
EPOCHS = 300


@dataclass(frozen=True)
class Task:
    """문제 하나: 정답, 출력층과 손실, 꽃마다 속한 무리와 무리의 이름."""

    t: np.ndarray
    pair: Pair
    groups: np.ndarray
    names: tuple

    @property
    def features(self):
        """회귀에서는 꽃잎 길이로 너비를 맞히고, 나머지에서는 둘을 모두 봅니다."""
        return PETALS[:, :1] if self.pair.activation == "linear" else PETALS


TASKS = {
    "회귀": Task(WIDTH, Pair(1, "linear", "mean_squared_error"), np.zeros(150, int), ("꽃 한 송이",)),
    "이진 분류": Task(IS_VIRGINICA, Pair(1, "sigmoid", "cross_entropy"), IS_VIRGINICA.astype(int), ("버지니카가 아님", "버지니카")),
    "다중 클래스 분류": Task(IRIS.t, Pair(3, "softmax", "cross_entropy"), IRIS.t, IRIS.class_names),
    "다중 레이블 분류": Task(TAGS, Pair(2, "sigmoid", "cross_entropy"), (TAGS @ [1, 2]).astype(int),
                      ("둘 다 아님", *TAG_NAMES, "둘 다")),
}


def group_of(outputs, task):
    """출력이 가리키는 무리의 번호: 여럿 가운데 하나는 argmax, 시그모이드 함수는 레이블마다 0.5 이상인지를 봅니다."""
    if task.pair.activation == "softmax":
        return outputs.argmax(axis=-1)
    return ((outputs >= 0.5) @ (2 ** np.arange(outputs.shape[-1]))).astype(int)


def share_right(outputs, task):
    """정답과 꼭 같은 무리를 가리킨 비율."""
    return np.mean(group_of(outputs, task) == task.groups)


@lru_cache
def stages(name):
    """문제 하나를 EPOCHS까지 훈련하며 에폭마다 남긴 (신경망, 손실)의 목록."""
    task = TASKS[name]
    x = standardized(task.features)
    network, kept = untrained(x.shape[1], task.pair), []
    for _ in range(EPOCHS):
        record = train(network, x, task.t, task.pair, epochs=1)
        kept.append((act.Network([copy(layer) for layer in network.layers]), record.loss[-1]))
    return kept


class DecisionBoundary(Panel):
    """꽃잎의 길이와 너비로 네 가지 문제를 풉니다. 색칠한 곳이 출력이 가리키는 무리입니다.

    문제를 처음 고를 때 한 번 훈련하고, 에폭을 옮기면 그때의 신경망을 꺼내 봅니다.
    """

    controls = {"task": Choice("문제", {name: name for name in TASKS}, start="다중 클래스 분류"),
                "epochs": Slider("에폭", 1, EPOCHS, start=200, step=1, play=True)}

    def draw(self, figure):
        plane, key = figure.subplots(1, 2, width_ratios=(3, 1))
        plane.set(xlabel="꽃잎 길이(cm)", ylabel="꽃잎 너비(cm)", xlim=X_LIMITS, ylim=Y_LIMITS)
        plane.grid(False)
        self.image = plane.imshow(np.zeros((44, 66, 4)), extent=(*X_LIMITS, *Y_LIMITS), origin="lower", aspect="auto",
                                  interpolation="none")
        self.groups = [plane.plot([1], [1], marker, color=color, markersize=5)[0] for color, marker in zip(COLORS, "os^D")]
        self.curve, = plane.plot(LINE, LINE, color=style.VERMILLION)
        key.set(xlim=(0, 1), ylim=(0, 1))
        key.axis("off")
        self.marks = [key.plot([0.05], [0.9 - 0.12 * k], marker, color=color)[0] for k, (color, marker) in enumerate(zip(COLORS, "os^D"))]
        self.labels = [key.add_artist(Label(0.14, 0.9 - 0.12 * k, va="center")) for k in range(4)]
        return [self.image, self.groups, self.curve, self.marks, self.labels]

    def update(self, task, epochs):
        name, task = task, TASKS[task]
        network, loss = stages(name)[epochs - 1]
        regression, features = task.pair.activation == "linear", task.features
        places = LINE[:, np.newaxis] if regression else MESH
        outputs = network((places - features.mean(axis=0)) / features.std(axis=0))
        self.image.set_visible(not regression)
        self.curve.set_visible(regression)
        if regression:
            self.curve.set_ydata(outputs[:, 0])
        else:
            colors = np.array([to_rgba(color, 0.3) for color in COLORS])
            self.image.set_data(colors[group_of(outputs, task)].reshape(44, 66, 4))
        for k, (points, mark, label) in enumerate(zip(self.groups, self.marks, self.labels)):
            for artist in (points, mark, label):
                artist.set_visible(k < len(task.names))
            points.set_data(*np.unique(PETALS[task.groups == k], axis=0).T)         # 겹친 점은 한 번만 그립니다.
            label.set_text(task.names[k] if k < len(task.names) else "")
        score = "" if regression else f", 맞힌 비율 {share_right(network(standardized(features)), task):.2f}"
        return f"{name}: {task.pair}, {epochs}에폭. 손실 {loss:.3f}{score}입니다."


# ─────────────────────────────── 마지막 과제 ───────────────────────────────


@lru_cache
def iris_split():
    """표준화한 붓꽃을 105송이와 45송이로 나눈 (훈련 x, 훈련 t, 시험 x, 시험 t)."""
    order = np.random.default_rng(0).permutation(150)
    x, train, test = standardized(IRIS.x), order[:105], order[105:]
    return x[train], IRIS.t[train], x[test], IRIS.t[test]


def confusion_matrix(t, predicted, classes):
    """혼동 행렬(confusion matrix): 정답이 i인데 j라고 말한 표본의 수. 모양은 (classes, classes)입니다."""
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (t, predicted), 1)
    return matrix


class Capstone(Panel):
    """붓꽃 모델을 통째로: 은닉층의 크기와 활성화 함수, 학습률, 에폭을 고르면 다시 훈련해 시험 자료 45송이로 잽니다."""

    controls = {
        "activation": Choice("은닉층", {act.ACTIVATIONS[key].korean: key for key in ("relu", "tanh", "sigmoid")}),
        "hidden": Slider("은닉 뉴런의 수", 1, 32, start=8, step=1),
        "rate": Slider("학습률", 0.001, 3, start=0.3, log=True),
        "epochs": Slider("에폭", 1, 200, start=100, step=1, play=True),
    }

    def draw(self, figure):
        loss, grid = figure.subplots(1, 2)
        loss.set(title="훈련 자료의 교차 엔트로피", xlabel="에폭", ylabel="손실", xlim=(0, 200), ylim=(0, 1.6))
        self.line, = loss.plot([1, 2], [1, 1], color=style.BLUE)
        self.end, = loss.plot([1], [1], "o", color=style.BLUE)
        colors = LinearSegmentedColormap.from_list("", [to_rgba(style.SKY, 0.0), to_rgba(style.SKY, 0.5)])
        grid.set(title="시험 자료의 혼동 행렬", xlabel="예측", ylabel="정답")
        grid.set_xticks(range(3), IRIS.class_names)
        grid.set_yticks(range(3), IRIS.class_names)
        grid.grid(False)
        self.image = grid.imshow(np.zeros((3, 3)), cmap=colors, vmin=0, vmax=20, interpolation="none")
        self.numbers = [[grid.add_artist(Label(j, i, ha="center", va="center", fontsize=12)) for j in range(3)] for i in range(3)]
        return [self.line, self.end, self.image, self.numbers]

    def update(self, activation, hidden, rate, epochs):
        x, t, test_x, test_t = iris_split()
        network, record = trained(x, t, Pair(3, "softmax", "cross_entropy"), epochs=epochs, hidden=hidden, activation=activation, rate=rate)
        predicted = network(test_x).argmax(axis=-1)
        matrix = confusion_matrix(test_t, predicted, 3)
        self.line.set_data(np.arange(1, epochs + 1), record.loss)
        self.end.set_data([epochs], [record.loss[-1]])
        self.image.set_data(matrix)
        for row, counts in zip(self.numbers, matrix):
            for text, count in zip(row, counts):
                text.set_text(str(count))
        return (f"4-{hidden}-3, {act.ACTIVATIONS[activation].korean}, 매개변수 {network.parameter_count}개, 학습률 {rate:.3g}, {epochs}에폭: "
                f"훈련 손실 {record.loss[-1]:.3f}, 시험 자료 45송이 가운데 {np.trace(matrix)}송이를 맞혔습니다.")


# ─────────────────────────────── 예측과 연습 ───────────────────────────────

TRUE, GUESS = np.array([0, 0, 1, 2, 2, 2, 1]), np.array([0, 1, 1, 2, 2, 0, 1])
PROBABILITIES = np.array([[0.9, 0.8, 0.1], [0.2, 0.4, 0.3], [0.5, 0.1, 0.6]])


def _assigned(t, predicted, classes):
    matrix = np.zeros((classes, classes))
    matrix[t, predicted] += 1
    return matrix


lesson = Lesson(
    "09_output_layer",
    predictions={
        "single_softmax": Predict(
            "이진 분류의 출력층을 뉴런 하나짜리 소프트맥스 함수로 만들면 출력은 어떻게 될까요?",
            {"시그모이드 함수와 같다": "시그모이드 함수와 같아지는 것은 로짓이 둘일 때입니다. 하나뿐이면 견줄 상대가 없습니다.",
             "늘 1이다": None,
             "0과 1 사이에서 배운다": "하나뿐인 eᶻ을 eᶻ으로 나누면 z가 무엇이든 같은 값입니다."},
            answer="늘 1이다", why="eᶻ/eᶻ = 1입니다. 기울기도 늘 0이어서 아무것도 배우지 못합니다."),
        "two_tags": Predict(
            "레이블은 ‘바다’와 ‘노을’ 둘이고, 사진 한 장에 함께 붙일 수 있습니다. 출력층에 소프트맥스 함수를 쓰면 두 출력은 어떻게 될까요?",
            {"둘 다 0.9가 나올 수 있다": "소프트맥스 함수의 출력은 더해서 1입니다. 0.9 + 0.9는 1을 넘습니다.",
             "둘이 확률을 나누어 가진다": None,
             "둘 다 0이 나온다": "더해서 1이어야 하므로 모두 0일 수도 없습니다."},
            answer="둘이 확률을 나누어 가진다", why="합이 1이므로 둘 다 정답이어도 ½씩 주는 것이 고작입니다. 레이블마다 시그모이드 함수를 씁니다."),
        "sigmoid": Predict(
            "“시그모이드 함수는 기울기 소실 때문에 쓰지 않는다”라는 말은 맞을까요?",
            {"맞다. 이제는 어디에도 쓰지 않는다": "이진 분류와 다중 레이블 분류의 출력층에서는 지금도 표준입니다.",
             "은닉층에는 대체로 맞고, 출력층에는 틀리다": None,
             "틀리다. 은닉층에도 가장 좋다": "깊은 은닉층에서는 σ′이 곱해져 기울기가 작아집니다. 04에서 보았습니다."},
            answer="은닉층에는 대체로 맞고, 출력층에는 틀리다",
            why="출력층에서는 교차 엔트로피와 만나 σ′이 지워지고, 출력이 확률이 됩니다. 은닉층에서는 그렇지 않습니다."),
    },
    exercises={
        "tags": Exercise(
            "다중 레이블 분류에서 붙일 레이블(0과 1의 배열)", lambda p: (p >= 0.5).astype(float),
            cases=[Case((PROBABILITIES,), "세 표본, 레이블 셋"), Case((PROBABILITIES[:1],), "표본 하나")],
            mistakes=[
                Mistake("하나만 고름", lambda p: np.eye(p.shape[1])[p.argmax(axis=1)], "가장 큰 것 하나만 골랐습니다. 다중 레이블에서는 여러 개일 수도, 하나도 없을 수도 있습니다."),
                Mistake("초과", lambda p: (p > 0.5).astype(float), "꼭 0.5인 것도 붙이기로 했습니다(≥)."),
                Mistake("확률 그대로", lambda p: p, "확률을 그대로 돌려주었습니다. 0.5 이상인지를 0과 1로 바꾸어야 합니다."),
                Mistake("번호", lambda p: p.argmax(axis=1), "가장 큰 것의 번호를 돌려주었습니다. 레이블마다 0이나 1을 돌려주세요."),
            ]),
        "confusion": Exercise(
            "정답 t, 예측 predicted, 클래스의 수를 받아 혼동 행렬을 돌려주는 함수", confusion_matrix,
            cases=[Case((TRUE, GUESS, 3), "표본 일곱"), Case((TRUE[:2], GUESS[:2], 3), "표본 둘, 나오지 않은 클래스가 있음")],
            mistakes=[
                Mistake("뒤바꿈", lambda t, p, k: confusion_matrix(p, t, k), "가로와 세로가 바뀌었습니다. 행이 정답, 열이 예측입니다."),
                Mistake("겹친 것을 한 번만", _assigned, "같은 (정답, 예측)이 여러 번 나와도 한 번만 세었습니다. NumPy의 M[t, p] += 1은 겹친 자리를 한 번만 더합니다."),
                Mistake("비율", lambda t, p, k: confusion_matrix(t, p, k) / len(t), "표본의 수로 나누었습니다. 여기서는 개수를 셉니다."),
                Mistake("맞힌 것만", lambda t, p, k: np.diag(np.diag(confusion_matrix(t, p, k))), "맞힌 것만 세었습니다. 무엇을 무엇으로 잘못 보았는지가 혼동 행렬의 쓸모입니다."),
            ]),
        "parameters": Exercise(
            "64-32-10 신경망에서 배울 수 있는 수의 개수", 64 * 32 + 32 + 32 * 10 + 10,
            mistakes=[
                Mistake("편향을 잊음", 64 * 32 + 32 * 10, "편향을 잊었습니다. 뉴런마다 하나씩 있습니다."),
                Mistake("은닉층만", 64 * 32 + 32, "은닉층만 세었습니다. 출력층에도 가중치와 편향이 있습니다."),
                Mistake("더함", 64 + 32 + 10, "뉴런의 수를 더했습니다. 층과 층 사이의 가중치는 곱해야 합니다."),
                Mistake("모두 곱함", 64 * 32 * 10, "셋을 모두 곱했습니다. 층마다 따로 세어 더합니다."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
