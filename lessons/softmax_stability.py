"""06_softmax_stability의 패널과 연습: 수학에서는 같은 식이 컴퓨터에서는 nan이 되기도 합니다."""

from decimal import Context, Decimal
from functools import lru_cache

import numpy as np

import activations as act
from lessons import style
from lessons.exercise import Case, Exercise, Lesson, Mistake, Predict
from lessons.panel import Choice, Panel, Slider, set_heights
from lessons.svg import Label

DTYPES = Choice("수의 형(dtype)", ["float16", "float32", "float64"], start="float64")
EXACT = Context(prec=50)


def exact_softmax(z):
    """십진수 50자리로 셈한 소프트맥스 함수의 참값. z는 벡터이고, Decimal의 목록을 돌려줍니다."""
    powers = [EXACT.exp(Decimal(float(value))) for value in z]
    return [EXACT.divide(power, sum(powers)) for power in powers]


def ulp_error(p, exact):
    """계산한 p와 참값 exact의 가장 큰 차이를 ULP(참값 자리에서 이웃한 두 수의 간격)로 잽니다. nan이 있으면 nan입니다."""
    if np.isnan(p).any():
        return np.nan
    spacing = np.spacing(np.array(exact, dtype=p.dtype))
    return float(max(abs(Decimal(float(got)) - want) / Decimal(float(ulp))
                     for got, want, ulp in zip(p, exact, spacing)))


def shifted_softmax(z):
    """최댓값을 뺀 뒤 교과서의 식을 쓰는 소프트맥스 함수. 모든 계산을 z의 dtype으로 합니다."""
    return act.textbook_softmax(z - z.max(axis=-1, keepdims=True))


def shifted_log_softmax(z):
    """최댓값을 뺀 로그 소프트맥스: (z − m) − log Σ exp(z − m)."""
    below = z - z.max(axis=-1, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


METHODS = {"공식 그대로": act.textbook_softmax, "최댓값 빼기": shifted_softmax, "act.softmax": act.softmax}
STYLES = dict(zip(METHODS, [(style.VERMILLION, "-", "o"), (style.ORANGE, "--", "s"), (style.BLUE, ":", "^")]))
LOGITS = np.array([0.0, 1.0, 2.0])
_STEEP = np.r_[0:21, 84:108, 704:750]         # float16, float32, float64의 한계 둘레는 한 칸씩
OFFSETS = np.unique(np.outer([-1, 1], np.r_[_STEEP, np.geomspace(20, 1000, 90).round()])).astype(int)


@lru_cache
def offset_errors(dtype):
    """OFFSETS마다, METHODS 셋의 ULP 오차. 정수 로짓은 어느 dtype에도 정확히 담기므로 참값은 하나뿐입니다."""
    exact = exact_softmax(LOGITS)
    with np.errstate(all="ignore"):
        return [np.array([ulp_error(p, exact) for p in method((LOGITS + OFFSETS[:, np.newaxis]).astype(dtype))])
                for method in METHODS.values()]


def in_words(error):
    """설명글에 쓰는 오차. 마지막 자리는 컴퓨터마다 다르므로 작은 오차는 뭉뚱그립니다."""
    return "NaN" if np.isnan(error) else "2 ULP 미만" if error < 2 else f"약 {error:.0e} ULP"


class Offset(Panel):
    """로짓 (0, 1, 2)에 같은 수를 더합니다. 수학에서는 확률이 그대로이지만 공식은 그렇지 않습니다."""

    controls = {"offset": Slider("더하는 수 c", -1000, 1000, start=0, step=1, play=True), "dtype": DTYPES}

    def draw(self, figure):
        probability, error = figure.subplots(1, 2)
        probability.set(title="세 방법의 출력", ylabel="확률", ylim=(0, 1.05))
        probability.set_xticks(range(3), METHODS)
        x = np.arange(3)[:, np.newaxis] + [-0.25, 0, 0.25]
        colors = [color for color, _, _ in STYLES.values()]
        self.bars = probability.bar(x.ravel(), np.ones(9), width=0.22, color=np.repeat(colors, 3, axis=0))
        self.nans = [probability.add_artist(Label(k, 0.08, "NaN", ha="center", fontsize=14)) for k in range(3)]
        error.set(title="참값과의 차이", xlabel="더하는 수 c", ylabel="오차 (ULP)", xlim=(-1000, 1000), ylim=(0.03, 1e17),
                  xscale="symlog", yscale="log")
        error.set_xticks([-1000, -100, -10, 0, 10, 100, 1000], ["−1000", "−100", "−10", "0", "10", "100", "1000"])
        error.set_yticks([1, 1e4, 1e8, 1e12, 1e16], ["1", "$10^4$", "$10^8$", "$10^{12}$", "$10^{16}$"])
        error.minorticks_off()
        self.zones = [error.axvspan(-1000, -900, color=style.VERMILLION, alpha=0.15, linewidth=0) for _ in range(2)]
        self.lines = [error.plot([0], [1], line, color=color, label=name, linewidth=1.5)[0] for name, (color, line, _) in STYLES.items()]
        self.points = [error.plot([0], [1], marker, color=color)[0] for color, _, marker in STYLES.values()]
        self.zones[0].set_label("공식이 NaN인 곳")
        figure.legend(handles=[*self.lines, self.zones[0]], loc="outside lower right", ncols=4)
        return [self.bars, self.nans, self.zones, self.lines, self.points]

    def update(self, offset, dtype):
        curves = offset_errors(dtype)
        finite = OFFSETS[~np.isnan(curves[0])]
        for zone, ends in zip(self.zones, [(-1000, finite[0]), (finite[-1], 1000)]):
            zone.set(x=ends[0], width=ends[1] - ends[0])
        z, exact = (LOGITS + offset).astype(dtype), exact_softmax(LOGITS)
        with np.errstate(all="ignore"):
            outputs = np.array([method(z) for method in METHODS.values()])
        set_heights(self.bars, np.nan_to_num(outputs).ravel())
        errors = [ulp_error(p, exact) for p in outputs]
        for curve, line, error, point, nan in zip(curves, self.lines, errors, self.points, self.nans):
            line.set_data(OFFSETS, np.maximum(curve, 0.05))
            point.set_data([offset], [0.05 if np.isnan(error) else max(error, 0.05)])
            point.set_visible(not np.isnan(error))
            nan.set_visible(bool(np.isnan(error)))
        said = ", ".join(f"{name} {in_words(error)}" for name, error in zip(METHODS, errors))
        return f"{dtype}, c = {offset}: 오차는 {said}입니다."


GAPS = np.geomspace(1, 1000, 241)


def wrong_losses(gap, dtype):
    """정답의 로짓이 gap만큼 낮을 때, 세 방법의 손실 (log(softmax), +1e-7, 로짓에서 바로). 로짓은 (−gap, 0)이고 정답은 0번입니다."""
    z = np.stack([-np.asarray(gap, dtype=float), np.zeros_like(gap, dtype=float)], axis=-1).astype(dtype)
    p, t = shifted_softmax(z), np.zeros(z.shape[:-1], dtype=int)
    with np.errstate(divide="ignore"):
        return -np.log(p[..., 0]), act.textbook_cross_entropy(p, t), act.softmax_cross_entropy(z, t)


def wrong_slopes(gap):
    """같은 로짓에서, 손실을 정답의 로짓으로 미분한 값의 크기 (+1e-7, 로짓에서 바로)."""
    p = act.sigmoid(-np.asarray(gap, dtype=float))
    return p * (1 - p) / (p + 1e-7), 1 - p


class LossCap(Panel):
    """자신 있게 틀릴수록 손실은 커져야 합니다. +1e-7을 더한 손실은 어느 값에서 멈추고, 기울기는 사라집니다."""

    controls = {"gap": Slider("틀린 정도 d", 1, 1000, start=10.0, log=True), "dtype": DTYPES}

    def draw(self, figure):
        loss, slope = figure.subplots(1, 2)
        names = ["log(softmax)", "log(p + 1e-7)", "로짓에서 바로"]
        looks = [(style.SKY, "-.", "o"), (style.VERMILLION, "--", "s"), (style.BLUE, ":", "^")]
        for axes, title in ((loss, "손실"), (slope, "정답의 로짓에 대한 기울기의 크기")):
            axes.set(title=title, xlabel="d: 정답의 로짓이 낮은 정도", xscale="log", xlim=(1, 1000))
            axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
        loss.set(yscale="log", ylim=(1, 1500))
        loss.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
        slope.set(ylim=(-0.05, 1.1))
        self.lines = [loss.plot(GAPS, GAPS, line, color=color, label=name)[0] for name, (color, line, _) in zip(names, looks)]
        self.points = [loss.plot([1], [1], marker, color=color)[0] for color, _, marker in looks]
        for curve, (color, line, _) in zip(wrong_slopes(GAPS), looks[1:]):
            slope.plot(GAPS, curve, line, color=color)
        self.slopes = [slope.plot([1], [1], marker, color=color)[0] for color, _, marker in looks[1:]]
        figure.legend(handles=self.lines, loc="outside lower center", ncols=3)
        return [self.lines, self.points, self.slopes]

    def update(self, gap, dtype):
        losses, slopes = wrong_losses(gap, dtype), wrong_slopes(gap)
        for line, point, curve, value in zip(self.lines, self.points, wrong_losses(GAPS, dtype), losses):
            line.set_data(GAPS, np.where(np.isinf(curve), np.nan, curve))
            point.set_visible(bool(np.isfinite(value)))
            point.set_data([gap], [value if np.isfinite(value) else 1.0])
        for point, value in zip(self.slopes, slopes):
            point.set_data([gap], [value])
        said = ["∞" if np.isinf(value) else f"{value:.4g}" for value in losses]
        return (f"{dtype}, d = {gap:.4g}: 손실은 log(softmax) {said[0]}, +1e-7 {said[1]}, 로짓에서 바로 {said[2]}이고, "
                f"기울기는 +1e-7 {slopes[0]:.2g}, 로짓에서 바로 {slopes[1]:.2g}입니다.")


ROWS = np.array([[1.0, 2.0, 0.0], [3.0, -1.0, 0.5]])
HUGE = np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -999.0]])
SQUARE = np.array([[400.0, 401.0, 399.0], [3.0, -1.0, 0.5], [-2.0, 0.0, 1.0]])
FAR = np.array([[0.0, -800.0, -1.0], [900.0, 0.0, 100.0]])


def _log_with_floor(z, floor):
    return np.log(np.clip(shifted_softmax(z), floor, 1.0))


lesson = Lesson(
    "06_softmax_stability",
    predictions={
        "overflow": Predict(
            "교과서의 공식 exp(z)/Σ exp(z)에 z = (1000, 1001)을 넣으면 무엇이 나올까요?",
            {"(0.269, 0.731)": "수학에서는 그렇습니다. 그런데 e¹⁰⁰⁰은 float64에 담기지 않습니다.",
             "(0, 1)": "큰 쪽이 모두 가져가려면 로짓의 차이가 커야 합니다. 여기서 차이는 1뿐입니다.",
             "(nan, nan)": None,
             "오류가 나서 멈춘다": "NumPy는 경고만 하고 계속 셈합니다. 그래서 더 늦게 알아차립니다."},
            answer="(nan, nan)", why="e¹⁰⁰⁰은 ∞로 넘치고, ∞/∞는 nan입니다."),
        "underflow": Predict(
            "그러면 z = (−1000, −1001)은 괜찮을까요?",
            {"괜찮다. 지수가 음수이면 넘치지 않는다": "넘치지는 않습니다. 그런데 e⁻¹⁰⁰⁰은 0으로 반올림됩니다. 분모는 무엇이 되나요?",
             "(0, 0)이 나온다": "분자는 둘 다 0입니다. 그런데 분모도 0입니다.",
             "(nan, nan)이 나온다": None},
            answer="(nan, nan)이 나온다", why="분자도 분모도 0이 되어 0/0입니다. 오버플로만 막아서는 모자랍니다."),
        "floor": Predict(
            "정답의 로짓이 800 낮아 참된 손실이 800입니다. −log(p + 1e-7)로 셈하면 얼마가 나올까요?",
            {"800": "p는 0으로 언더플로했습니다. 남는 것은 1e-7뿐입니다.",
             "∞": "1e-7을 더했으므로 log 0은 나오지 않습니다. 그것이 이 방법의 목적이었습니다.",
             "16.12": None},
            answer="16.12", why="−log(1e-7)은 16.12입니다. 아무리 크게 틀려도 손실이 이 값을 넘지 못합니다."),
    },
    exercises={
        "softmax": Exercise(
            "어떤 로짓에서도 nan이 나오지 않는 소프트맥스 함수", shifted_softmax,
            cases=[Case((ROWS[0],), "줄 하나"), Case((ROWS,), "두 줄"), Case((SQUARE,), "줄과 클래스가 셋씩"),
                   Case((HUGE[0],), "아주 큰 로짓"),
                   Case((HUGE,), "한 줄은 아주 크고 한 줄은 아주 작은 로짓")],
            mistakes=[
                Mistake("최댓값을 빼지 않음", act.textbook_softmax, "큰 로짓에서 nan이 됩니다. 지수를 취하기 전에 최댓값을 빼 보세요."),
                Mistake("최댓값을 더함", lambda z: act.textbook_softmax(z + z.max(axis=-1, keepdims=True)),
                        "최댓값을 더했습니다. 작은 로짓에서는 맞지만 큰 로짓은 더 빨리 넘칩니다. 빼야 합니다."),
                Mistake("모두의 합", lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
                        "줄이 여럿이면 줄마다 따로 셈해야 합니다. max와 sum에 axis=-1을 주었는지 보세요."),
                Mistake("최댓값의 축", lambda z: act.textbook_softmax(z - z.max()),
                        "줄마다 자기 최댓값을 빼야 합니다. 한 줄이 크고 한 줄이 작으면 작은 줄이 0/0이 됩니다."),
                Mistake("다른 축", lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0),
                        "세로로 더했습니다. 클래스는 마지막 축에 있습니다: axis=-1."),
                Mistake("keepdims", lambda z: np.exp(z - z.max(axis=-1)) / np.exp(z - z.max(axis=-1)).sum(axis=-1),
                        "max와 sum에서 축이 사라져 줄끼리 맞지 않습니다. keepdims=True를 주세요."),
                Mistake("합의 keepdims", lambda z: np.exp(z - z.max(axis=-1, keepdims=True))
                        / np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=-1),
                        "최댓값은 잘 뺐습니다. sum에도 keepdims=True를 주세요."),
            ]),
        "log_softmax": Exercise(
            "확률을 거치지 않는 로그 소프트맥스", shifted_log_softmax,
            cases=[Case((ROWS,), "두 줄"), Case((HUGE,), "아주 큰 로짓과 아주 작은 로짓"), Case((FAR,), "로짓의 차이가 800")],
            mistakes=[
                Mistake("확률의 로그", lambda z: np.log(shifted_softmax(z)),
                        "차이가 크면 −∞가 됩니다. 확률이 이미 0으로 반올림되었기 때문입니다. 나누기를 빼기로 바꾸어 로그를 먼저 펼쳐 보세요."),
                Mistake("자르기", lambda z: _log_with_floor(z, 1e-7),
                        "잘라서 −∞는 막았지만 값이 틀립니다. 참값은 −800인데 −16.12에서 멈춥니다."),
                Mistake("더 작게 자르기", lambda z: _log_with_floor(z, 1e-300),
                        "더 작은 수로 잘라도 멈추는 자리만 옮겨집니다. 확률을 거치지 않는 식을 써 보세요."),
                Mistake("+1e-7", lambda z: np.log(shifted_softmax(z) + 1e-7),
                        "1e-7을 더하면 −16.12 아래로 내려가지 못하고, 다른 값도 조금씩 틀어집니다."),
                Mistake("최댓값을 빼지 않음", lambda z: z - np.log(np.exp(z).sum(axis=-1, keepdims=True)),
                        "식은 맞지만 큰 로짓에서는 합이 ∞로 넘치고, 아주 작은 로짓에서는 합이 0이 됩니다. 먼저 최댓값을 빼 보세요."),
                Mistake("최댓값을 되돌리지 않음", lambda z: z - np.log(np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True)),
                        "로그 안에서만 최댓값을 뺐습니다. 앞의 z에서도 같은 최댓값을 빼야 합니다."),
            ]),
        "limit": Exercise(
            "float32에서 e의 x제곱이 넘치기 시작하는 x", float(np.log(np.finfo(np.float32).max)), tolerance=1e-3,
            mistakes=[
                Mistake("float64", float(np.log(np.finfo(np.float64).max)), "float64의 한계입니다. float32의 가장 큰 수로 다시 셈해 보세요."),
                Mistake("float16", float(np.log(np.float64(np.finfo(np.float16).max))), "float16의 한계입니다."),
                Mistake("상용로그", float(np.log10(np.finfo(np.float32).max)), "10을 밑으로 하는 로그입니다. 자연로그를 써야 합니다."),
                Mistake("가장 큰 수", float(np.finfo(np.float32).max), "가장 큰 수 자체입니다. e를 몇 제곱하면 그 수가 되는지를 묻습니다."),
            ]),
    })
predict, check, progress = lesson.predict, lesson.check, lesson.progress
