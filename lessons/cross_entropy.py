"""07_cross_entropy의 패널과 연습: 놀라움의 평균인 손실과, p − t라는 기울기."""

from functools import lru_cache

import numpy as np

import activations as act
from lessons import style
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Choice, Panel, Slider

CE_LOOK = {"color": style.BLUE, "label": "교차 엔트로피"}
SE_LOOK = {"color": style.VERMILLION, "label": "제곱 오차 $(a-y)^2/2$"}


class ExpectedSurprise(Panel):
    """일어날 확률이 q인 일을 p라고 믿을 때, 평균해서 얼마나 놀라는가."""

    controls = {"q": Slider("참된 확률 q", 0.01, 0.99, start=0.7, step=0.01),
                "p": Slider("믿는 확률 p", 0.01, 0.99, start=0.5, step=0.01, play=True)}

    def draw(self, figure):
        surprise, expected = figure.subplots(1, 2)
        self.p = np.linspace(0.005, 0.995, 199)
        surprise.set(title="한 번의 놀라움 $-\\log\\,p$", xlabel="그 일에 주었던 확률", xlim=(0, 1), ylim=(0, 5))
        surprise.plot(self.p, -np.log(self.p), color=style.INK, linewidth=1.2)
        self.happens, = surprise.plot([0], [0], "o", color=style.BLUE, label="일어났을 때")
        self.fails, = surprise.plot([0], [0], "s", color=style.ORANGE, label="일어나지 않았을 때")
        expected.set(title="평균 놀라움(교차 엔트로피)", xlabel="믿는 확률 p", xlim=(0, 1), ylim=(0, 5))
        self.curve, = expected.plot(self.p, self.p, color=style.INK, linewidth=1.2)
        self.now, = expected.plot([0], [0], "D", color=style.VERMILLION, label="지금")
        self.best, = expected.plot([0], [0], "v", color=style.GREEN, label="가장 작은 곳 (p = q)")
        figure.legend(handles=[self.happens, self.fails, self.now, self.best], loc="outside lower center", ncols=4)
        return [self.curve, self.happens, self.fails, self.best, self.now]

    def update(self, q, p):
        self.curve.set_ydata(act.binary_cross_entropy(self.p, np.full_like(self.p, q)))
        self.happens.set_data([p], [-np.log(p)])
        self.fails.set_data([1 - p], [-np.log(1 - p)])
        now, least = act.binary_cross_entropy(p, q), act.binary_cross_entropy(q, q)
        self.now.set_data([p], [now])
        self.best.set_data([q], [least])
        return (f"q = {q:.2f}, p = {p:.2f}: 평균 놀라움은 {now:.3f}이고, p = q일 때의 가장 작은 값(엔트로피) {least:.3f}보다 "
                f"{abs(now - least):.3f} 큽니다.")


def losses_by_logit(z, y):
    """시그모이드 뉴런 하나의 (교차 엔트로피, ½(a − y)²). z는 배열, y는 0이나 1입니다."""
    y = np.full_like(z, y)
    return act.sigmoid_cross_entropy(z, y), (act.sigmoid(z) - y) ** 2 / 2


def slopes_by_logit(z, y):
    """위의 두 손실을 로짓 z로 미분한 값 (a − y, (a − y)σ′(z))."""
    error = act.sigmoid_cross_entropy_grad(z, np.full_like(z, y))
    return error, error * act.sigmoid_grad(z)


class LogitToLoss(Panel):
    """로짓에 따른 두 손실과 그 기울기."""

    controls = {"z": Slider("로짓 z", -8, 8, start=5.0, play=True), "y": Choice("정답", {"y = 0": 0, "y = 1": 1})}

    def draw(self, figure):
        loss, slope = figure.subplots(1, 2)
        self.z = np.linspace(-8, 8, 161)
        loss.set(title="손실", xlabel="로짓 z", xlim=(-8, 8), ylim=(-0.2, 8))
        slope.set(title="손실을 z로 미분한 값", xlabel="로짓 z", xlim=(-8, 8), ylim=(-1.1, 1.1))
        looks = [("-", "o", CE_LOOK), ("--", "s", SE_LOOK)]
        self.lines = [axes.plot(self.z, self.z, line, **look)[0] for axes in (loss, slope) for line, _, look in looks]
        self.points = [axes.plot([0], [0], marker, color=look["color"])[0]
                       for axes in (loss, slope) for _, marker, look in looks]
        figure.legend(handles=self.lines[:2], loc="outside lower center", ncols=2)
        return [self.lines, self.points]

    def update(self, z, y):
        curves = [*losses_by_logit(self.z, y), *slopes_by_logit(self.z, y)]
        values = [float(value) for value in (*losses_by_logit(np.float64(z), y), *slopes_by_logit(np.float64(z), y))]
        for line, point, curve, value in zip(self.lines, self.points, curves, values):
            line.set_ydata(curve)
            point.set_data([z], [value])
        return (f"z = {z:z.1f}, 출력 a = {act.sigmoid(z):.4f}, 정답 {y}: 손실은 교차 엔트로피 {values[0]:.3f}, 제곱 오차 {values[1]:.3f}이고, "
                f"기울기는 교차 엔트로피 {values[2]:z.4f}, 제곱 오차 {values[3]:z.4f}입니다.")


STEPS = 600


@lru_cache(maxsize=64)
def race(start, rate):
    """w = b = start에서 출발한 시그모이드 뉴런이 x = 1, y = 0을 배우는 STEPS걸음 동안의 로짓.

    모양은 (STEPS + 1, 2)이고, 첫 열은 교차 엔트로피, 둘째 열은 ½(a − y)²으로 배운 것입니다.
    """
    w = b = np.full(2, start)
    path = [w + b]
    for _ in range(STEPS):
        a = act.sigmoid(path[-1])
        slope = np.array([a[0], a[1] * act.sigmoid_grad(path[-1][1])])      # x = 1이므로 w와 b의 기울기가 같습니다.
        w, b = w - rate * slope, b - rate * slope
        path.append(w + b)
    return np.array(path)


def steps_needed(outputs, goal=0.1):
    """출력이 처음으로 goal보다 작아지는 걸음. 끝까지 그렇지 않으면 None입니다."""
    return int(np.argmax(outputs < goal)) if (outputs < goal).any() else None


class NeuronRace(Panel):
    """뉴런 하나의 경주: 두 손실로 같은 자리에서 출발합니다."""

    controls = {"step": Slider("걸음", 0, STEPS, start=0, step=1, play=True),
                "start": Slider("출발하는 w = b", -1, 4, start=2.0), "rate": Slider("학습률", 0.01, 3, start=0.15, log=True)}

    def draw(self, figure):
        neuron, progress = figure.subplots(1, 2)
        z = np.linspace(-9, 9, 181)
        neuron.set(title="시그모이드 함수 위의 두 뉴런", xlabel="로짓 z = wx + b", ylabel="출력 a", xlim=(-9, 9), ylim=(-0.05, 1.05))
        neuron.plot(z, act.sigmoid(z), color=style.INK, linewidth=1.2)
        progress.set(title="걸음에 따른 출력", xlabel="걸음", ylabel="출력 a (정답은 0)", xlim=(0, STEPS), ylim=(-0.05, 1.05))
        progress.axhline(0.1, color=style.INK, linewidth=0.8, linestyle=":")
        looks = [("-", "o", CE_LOOK), ("--", "s", SE_LOOK)]
        self.lines = [progress.plot([0], [0], line, **look)[0] for line, _, look in looks]
        self.points = [[axes.plot([0], [0], marker, color=look["color"])[0] for _, marker, look in looks]
                       for axes in (neuron, progress)]
        figure.legend(handles=self.lines, loc="outside lower right", ncols=2)
        return [self.lines, self.points]

    def update(self, step, start, rate):
        path = race(start, rate)
        outputs = act.sigmoid(path)
        for k, line in enumerate(self.lines):
            line.set_data(np.arange(STEPS + 1), outputs[:, k])
            self.points[0][k].set_data([path[step, k]], [outputs[step, k]])
            self.points[1][k].set_data([step], [outputs[step, k]])
        needed = [steps_needed(outputs[:, k]) for k in range(2)]
        said = [f"{STEPS}걸음 안에는 닿지 못함" if each is None else f"{each}걸음" for each in needed]
        return (f"w = b = {start:z.1f}, 학습률 {rate:.3g}, {step}걸음 뒤: 교차 엔트로피 a = {outputs[step, 0]:.3f}, "
                f"제곱 오차 a = {outputs[step, 1]:.3f}. a < 0.1까지 교차 엔트로피 {said[0]}, 제곱 오차 {said[1]}.")


P = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.25, 0.5], [0.05, 0.9, 0.05]])
LABELS = np.array([0, 1, 2, 1])
Z = np.array([[2.0, 0.5, -1.0], [0.0, 1.0, 3.0], [-2.0, 0.3, 0.1], [5.0, -5.0, 0.0]])
T = np.eye(3)[LABELS]
TAGS = np.array([[0.9, 0.2, 0.6], [0.3, 0.8, 0.5]])
TRUE_TAGS = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def _mean_gradient(z, t):
    return (act.softmax(z) - t) / len(z)


def _binary_sum(p, t):
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=-1)


lesson = Lesson(
    "07_cross_entropy",
    predictions={
        "surprise": Predict(
            "어떤 일에 주었던 확률이 ½에서 ¼로 줄면, 그 일이 일어났을 때의 놀라움 −log p는 어떻게 될까요?",
            {"절반이 된다": "확률이 작다고 한 일이 일어나면 더 놀라야 합니다. 놀라움은 커집니다.",
             "log 2, 곧 0.69만큼 커진다": None,
             "네 배가 된다": "½의 놀라움은 0.69, ¼의 놀라움은 1.39입니다. 몇 배인지보다 얼마나 더해졌는지를 보세요. ⅛이면 2.08입니다."},
            answer="log 2, 곧 0.69만큼 커진다", why="확률을 곱하면 로그는 더해집니다. 확률이 반으로 줄 때마다 log 2씩 커집니다."),
        "wrong": Predict(
            "정답이 0인데 로짓이 5여서 출력이 0.993입니다. 배울 것이 많은 때입니다. 로짓에 대한 기울기는 어느 손실에서 더 클까요?",
            {"제곱 오차": "오차 0.993에 σ′(5) = 0.0066이 곱해집니다. 포화한 곳에서 이 값은 아주 작습니다.",
             "둘이 같다": "a − y는 같지만, 제곱 오차에는 σ′(z)가 하나 더 곱해집니다.",
             "교차 엔트로피": None},
            answer="교차 엔트로피", why="교차 엔트로피의 기울기는 a − y = 0.993 그대로이고, 제곱 오차의 것은 그 150분의 1입니다."),
        "hidden": Predict(
            "교차 엔트로피를 쓰면 시그모이드 은닉층 아홉 개를 쌓아도 기울기 소실이 없을까요?",
            {"없다. σ′이 지워졌기 때문이다": "지워지는 것은 출력층의 도함수 하나뿐입니다. 은닉층마다 σ′이 그대로 곱해집니다.",
             "있다. 은닉층의 도함수는 그대로이다": None,
             "있다. 출력층의 기울기까지 사라진다": "출력층의 기울기는 p − t이므로, 틀렸다면 사라지지 않습니다."},
            answer="있다. 은닉층의 도함수는 그대로이다", why="지워지는 것은 출력층의 도함수 하나뿐입니다. 04의 이야기는 그대로 남습니다."),
    },
    exercises={
        "cross_entropy": Exercise(
            "표본마다의 범주형 교차 엔트로피", lambda p, t: -np.log(p[np.arange(len(t)), t]),
            cases=[Case((P, LABELS), "네 표본, 세 클래스"), Case((P[:3], LABELS[:3]), "세 표본, 세 클래스"), Case((P[:1], LABELS[:1]), "표본 하나")],
            mistakes=[
                Mistake("평균", lambda p, t: -np.log(p[np.arange(len(t)), t]).mean(), "평균을 냈습니다. 이 연습에서는 표본마다 하나씩 돌려주세요."),
                Mistake("부호", lambda p, t: np.log(p[np.arange(len(t)), t]), "부호가 반대입니다. 확률의 로그는 음수이고, 손실은 0 이상입니다."),
                Mistake("모두 더함", lambda p, t: -np.log(p).sum(axis=-1), "모든 클래스의 로그를 더했습니다. 정답 클래스의 확률만 씁니다."),
                Mistake("로그를 잊음", lambda p, t: 1 - p[np.arange(len(t)), t], "1 − p를 돌려주었습니다. 확률의 로그에 음의 부호를 붙여야 합니다."),
                Mistake("상용로그", lambda p, t: -np.log10(p[np.arange(len(t)), t]), "10을 밑으로 하는 로그를 썼습니다. 자연로그 np.log를 쓰세요."),
                Mistake("가장 큰 확률", lambda p, t: -np.log(p.max(axis=-1)), "가장 큰 확률을 골랐습니다. 틀린 표본에서는 정답의 확률이 아닙니다."),
            ]),
        "gradient": Exercise(
            "평균 손실을 로짓으로 미분한 값", _mean_gradient,
            cases=[Case((Z, T), "네 표본"), Case((Z[:2], T[:2]), "두 표본")],
            mistakes=[
                Mistake("부호", lambda z, t: -_mean_gradient(z, t), "부호가 반대입니다. 정답의 로짓을 키우면 손실이 줄어야 하므로 그 기울기는 음수입니다."),
                Mistake("나누지 않음", lambda z, t: act.softmax(z) - t, "한 표본의 기울기로는 맞습니다. 손실이 평균이므로 표본의 수로 나누어야 합니다."),
                Mistake("로짓에서 뺌", lambda z, t: (z - t) / len(z), "로짓에서 정답을 뺐습니다. 먼저 소프트맥스 함수를 지나야 합니다."),
                Mistake("정답을 빼지 않음", lambda z, t: act.softmax(z) / len(z), "확률만 돌려주었습니다. 정답의 자리에서 1을 빼야 합니다."),
                Mistake("도함수를 곱함", lambda z, t: (act.softmax(z) - t) * act.softmax(z) * (1 - act.softmax(z)) / len(z),
                        "p(1 − p)를 또 곱했습니다. 교차 엔트로피에서는 그 도함수가 이미 지워졌습니다."),
            ]),
        "multi_label": Exercise(
            "표본마다 레이블의 이진 교차 엔트로피를 더한 값", _binary_sum,
            cases=[Case((TAGS, TRUE_TAGS), "두 표본, 레이블 셋"), Case((TAGS[:1], TRUE_TAGS[:1]), "표본 하나")],
            mistakes=[
                Mistake("t = 1만", lambda p, t: -(t * np.log(p)).sum(axis=-1), "t = 1인 레이블만 셌습니다. 없어야 할 레이블에 준 확률도 벌해야 합니다: (1 − t) log(1 − p)."),
                Mistake("평균", lambda p, t: _binary_sum(p, t) / p.shape[-1], "레이블에 대해 평균을 냈습니다. 이 연습에서는 더합니다."),
                Mistake("부호", lambda p, t: -_binary_sum(p, t), "부호가 반대입니다. 손실은 0 이상이어야 합니다."),
                Mistake("모두 더함", lambda p, t: _binary_sum(p, t).sum(), "모든 표본을 더했습니다. 표본마다 하나씩 돌려주세요(axis=-1)."),
                Mistake("원소별", lambda p, t: -(t * np.log(p) + (1 - t) * np.log(1 - p)), "레이블마다의 값을 그대로 돌려주었습니다. 표본마다 더하세요."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
