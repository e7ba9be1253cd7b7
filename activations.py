"""활성화 함수와 신경망의 층: 이 강의의 모든 계산이 여기에 있습니다.

배열을 받아 배열을 돌려줄 뿐, 그림도 위젯도 모릅니다. 배너 주석이 차례입니다.

    입력 확인 · 활성화 함수와 도함수 · 활성화 함수의 표 · 소프트맥스 함수 · 교과서의 꼴 · 손실 함수 · 가중치 초기화 · 층 · 신경망 · 훈련

모든 원소별 함수의 약속
- 입력: 실수로 바꿀 수 있는 것이면 무엇이든, 어떤 모양이든 받습니다(빈 배열과 스칼라도). 받은 배열은 바꾸지 않습니다.
- dtype: float16, float32, float64는 그대로 돌려주고, 정수와 bool은 float64가 됩니다. 계산은 늘 float64로 하고
  마지막에 한 번만 반올림합니다. 스칼라를 주면 NumPy 스칼라를 돌려줍니다.
- NaN은 NaN으로 지나가고, ±∞에서는 극한값을 돌려줍니다. 경고는 내지 않습니다.
- 글자, None, 복소수, 들쭉날쭉한 목록은 TypeError입니다.
"""

import copy
import functools
import math
import sys
from dataclasses import dataclass
from typing import Callable

import numpy as np
from scipy.special import erfc, erfcx, xlog1py, xlogy

# ════════════════════════════════ 입력 확인 ════════════════════════════════


def _real(name, value):
    """value를 실수 배열로 바꿉니다. float16/32/64는 dtype을 지키고 나머지 수는 float64가 됩니다."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise TypeError(f"{name}에는 실수 배열이 와야 하는데 길이가 들쭉날쭉한 목록이 왔습니다.") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}에는 실수 배열이 와야 하는데 {_described(value, array)} 왔습니다.")
    return array if array.dtype in (np.float16, np.float32, np.float64) else array.astype(np.float64)


def _described(value, array):
    kinds = {"U": "글자가", "S": "글자가", "c": "복소수가"}
    return "None이" if value is None else kinds.get(array.dtype.kind, f"{type(value).__name__} 형의 값이")


def _number(name, value, low, high=math.inf, *, strict=False):
    """유한한 실수 하나인지, low 이상(strict이면 low 초과) high 이하인지 확인합니다."""
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, (bool, np.bool_))
    if not real or not abs(value) <= sys.float_info.max or not low <= value <= high or (strict and value == low):
        bound = "초과" if strict else "이상"
        raise ValueError(f"{name}에는 {low:g} {bound}인 유한한 수가 와야 하는데 {value!r}이(가) 왔습니다.")
    return float(value)


def _size(name, value):
    """1 이상의 정수인지 확인합니다."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name}에는 1 이상의 정수가 와야 하는데 {value!r}이(가) 왔습니다.")
    return int(value)


def _several(name, values, kind):
    """kind가 하나 이상 든 목록인지 확인하고 list로 바꿉니다."""
    try:
        items = list(values)
    except TypeError:
        items = None
    if not items or not all(isinstance(each, kind) for each in items):
        came = (f"{type(values).__name__} 형의 값이" if items is None else
                "다른 것이 든 목록이" if items else "빈 목록이")
        raise ValueError(f"{name}에는 {kind.__name__}가 하나 이상 든 목록이 와야 하는데 {came} 왔습니다.")
    return items


def _known(name, value, table):
    """table에 있는 이름인지 확인합니다."""
    if not isinstance(value, str) or value not in table:
        raise ValueError(f"{name}에는 {', '.join(table)} 가운데 하나가 와야 하는데 {value!r}이(가) 왔습니다.")
    return value


_BLOCK = 32768     # 한 번에 셈하는 수의 개수: 중간 배열이 프로세서의 캐시 안에 머물러 몇 배 빨라집니다.


def _elementwise(function):
    """원소별 함수의 약속을 지킵니다: 확인 → float64로 계산 → 입력의 dtype으로 한 번 반올림."""

    @functools.wraps(function)
    def wrapper(x, **options):
        x = _real("x", x)
        y = np.empty(x.shape, x.dtype)
        source, target = x.reshape(-1), y.reshape(-1)
        with np.errstate(all="ignore"):                     # ±∞와 아주 큰 수도 정상 입력입니다.
            for start in range(0, max(x.size, 1), _BLOCK):
                block = slice(start, start + _BLOCK)
                target[block] = function(source[block].astype(np.float64, copy=False), **options)
        return y[()]

    return wrapper


def _one_pass(function):
    """_elementwise와 같은 약속. 결과 말고는 배열을 거의 만들지 않는 함수는 나누지 않고 한 번에 셈하는 쪽이 빠릅니다."""

    @functools.wraps(function)
    def wrapper(x, **options):
        x = _real("x", x)
        with np.errstate(all="ignore"):
            y = function(x.reshape(-1).astype(np.float64, copy=False), **options)
            return y.astype(x.dtype, copy=False).reshape(x.shape)[()]

    return wrapper


def _at_least(x, low):
    """max(x, low). np.maximum과 같은 값이지만(NaN도 지나갑니다) 두 끝을 모두 받는 np.clip이 더 빠릅니다."""
    return np.clip(x, low, np.inf)


def _at_most(x, high):
    """min(x, high)."""
    return np.clip(x, -np.inf, high)


# ═══════════════════════ 활성화 함수와 도함수 (elementwise) ═══════════════════════
# 도함수는 y가 아니라 x로 계산합니다. 예를 들어 1 − tanh²(x)는 |x|가 20만 되어도 0이 되지만 참값은 1e-17입니다.


@_elementwise
def identity(x):
    """항등 함수(identity, linear): h(x) = x. 치역 (−∞, ∞). 회귀의 출력층에 씁니다."""
    return x


@_elementwise
def identity_grad(x):
    """항등 함수의 도함수: h′(x) = 1."""
    return np.where(np.isnan(x), x, 1.0)


@_elementwise
def step(x):
    """계단 함수(step function): x > 0이면 1, 아니면 0. step(0) = 0. (Rosenblatt, 1958)"""
    return np.heaviside(x, 0.0)


@_elementwise
def step_grad(x):
    """계단 함수의 도함수: 어디서나 0으로 둡니다(x = 0에서는 미분할 수 없습니다). 그래서 경사 하강법이 배울 것이 없습니다."""
    return np.where(np.isnan(x), x, 0.0)


@_elementwise
def sigmoid(x):
    """시그모이드 함수(sigmoid): σ(x) = 1/(1 + e⁻ˣ). 치역 (0, 1). 이진 분류의 출력층에 씁니다.

    같은 값인 eˣ/(1 + eˣ)으로 계산합니다. x > 40에서는 float64로 이미 1이므로, x를 40에서 잘라 지수가 넘치지 않게 합니다.
    (Rumelhart 외, 1986)
    """
    e = np.exp(_at_most(x, 40.0))
    return e / (1.0 + e)


@_elementwise
def sigmoid_grad(x):
    """시그모이드 함수의 도함수: σ′(x) = σ(x)(1 − σ(x)) = e/(1 + e)², e = exp(−|x|). 최댓값은 σ′(0) = 1/4입니다."""
    e = np.exp(-np.abs(x))
    return e / (1.0 + e) ** 2


@_elementwise
def log_sigmoid(x):
    """로그 시그모이드(log-sigmoid): log σ(x) = min(x, 0) − log(1 + exp(−|x|)). 치역 (−∞, 0)."""
    return _at_most(x, 0.0) - np.log1p(np.exp(-np.abs(x)))


@_elementwise
def log_sigmoid_grad(x):
    """로그 시그모이드의 도함수: 1 − σ(x) = σ(−x)."""
    return sigmoid(-x)


@_one_pass
def tanh(x):
    """쌍곡탄젠트(tanh): (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ). 치역 (−1, 1), 0이 중심입니다. (LeCun 외, 1998)"""
    return np.tanh(x)


@_elementwise
def tanh_grad(x):
    """쌍곡탄젠트의 도함수: 1 − tanh²(x) = 4e/(1 + e)², e = exp(−2|x|). 최댓값은 1입니다."""
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * e / (1.0 + e) ** 2


@_elementwise
def softsign(x):
    """소프트사인(softsign): x/(1 + |x|). 치역 (−1, 1). (Bergstra 외, 2009)"""
    x = np.clip(x, -(2.0**60), 2.0**60)                     # 이 밖에서 값은 float64로 ±1이고, ∞/∞도 피합니다.
    return x / (1.0 + np.abs(x))


@_elementwise
def softsign_grad(x):
    """소프트사인의 도함수: 1/(1 + |x|)². 제곱은 역수에 합니다: 먼저 제곱하면 큰 x에서 넘칩니다."""
    return (1.0 / (1.0 + np.abs(x))) ** 2


@_elementwise
def softplus(x):
    """소프트플러스(softplus): log(1 + eˣ) = max(x, 0) + log(1 + exp(−|x|)). 치역 (0, ∞). (Dugas 외, 2001)"""
    return _at_least(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


@_elementwise
def softplus_grad(x):
    """소프트플러스의 도함수: σ(x)."""
    return sigmoid(x)


@_one_pass
def relu(x):
    """ReLU 함수(rectified linear unit): max(x, 0). 치역 [0, ∞). 은닉층의 기본값입니다. (Nair와 Hinton, 2010)"""
    return np.maximum(x, 0.0)


@_elementwise
def relu_grad(x):
    """ReLU 함수의 도함수: x > 0이면 1, 아니면 0. 꺾인 점에서는 relu_grad(0) = 0으로 둡니다."""
    slope = (x > 0).astype(np.float64)
    np.copyto(slope, x, where=np.isnan(x))
    return slope


@_one_pass
def leaky_relu(x, *, alpha=0.01):
    """리키 렐루(leaky ReLU): x > 0이면 x, 아니면 αx. 치역 (−∞, ∞). alpha는 0 이상의 수입니다. (Maas 외, 2013)"""
    alpha = _number("alpha", alpha, 0.0)
    if alpha == 0.0:
        return np.maximum(x, 0.0)                           # 0 × (−∞)를 피합니다.
    y = alpha * x
    outer = np.maximum if alpha <= 1.0 else np.minimum      # 두 직선 x와 αx 가운데 위의 것, α > 1이면 아래의 것
    return outer(x, y, out=y)


@_elementwise
def leaky_relu_grad(x, *, alpha=0.01):
    """리키 렐루의 도함수: x > 0이면 1, 아니면 α. leaky_relu_grad(0) = α로 둡니다."""
    alpha = _number("alpha", alpha, 0.0)
    active = np.heaviside(x, 0.0)
    return active + alpha * (1.0 - active)


@_one_pass
def relu6(x):
    """ReLU6: min(max(x, 0), 6). 치역 [0, 6]. (Krizhevsky, 2010)"""
    return np.clip(x, 0.0, 6.0)


@_elementwise
def relu6_grad(x):
    """ReLU6의 도함수: 0 < x < 6이면 1, 아니면 0(두 꺾인 점에서도 0)."""
    return np.heaviside(x, 0.0) * np.heaviside(6.0 - x, 0.0)


@_elementwise
def elu(x, *, alpha=1.0):
    """ELU(exponential linear unit): x > 0이면 x, 아니면 α(eˣ − 1). 치역 (−α, ∞). alpha는 0 이상입니다. (Clevert 외, 2016)"""
    alpha = _number("alpha", alpha, 0.0)
    return _at_least(x, 0.0) + alpha * np.expm1(_at_most(x, 0.0))


@_elementwise
def elu_grad(x, *, alpha=1.0):
    """ELU의 도함수: x > 0이면 1, 아니면 αeˣ. elu_grad(0) = α로 둡니다(α = 1이면 꺾이지 않습니다)."""
    alpha = _number("alpha", alpha, 0.0)
    return np.where(x > 0, 1.0, alpha * np.exp(_at_most(x, 0.0)))


_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SCALE_ALPHA = 1.7580993408473768599402175208123     # 배율과 α의 곱: 따로 곱하면 반올림이 한 번 더 생깁니다.


@_elementwise
def selu(x):
    """SELU(scaled ELU): λ·elu(x, α), λ ≈ 1.0507, α ≈ 1.6733. 치역 (−1.7581, ∞). (Klambauer 외, 2017)"""
    return _SELU_SCALE * _at_least(x, 0.0) + _SELU_SCALE_ALPHA * np.expm1(_at_most(x, 0.0))


@_elementwise
def selu_grad(x):
    """SELU의 도함수: x > 0이면 λ, 아니면 λαeˣ. selu_grad(0) = λα로 둡니다."""
    return np.where(x > 0, _SELU_SCALE, _SELU_SCALE_ALPHA * np.exp(_at_most(x, 0.0)))


# 밀스 비(Mills ratio) M(x) = (1 − Φ(x))/φ(x)의 표: 0부터 40까지 1/1024마다. Φ와 φ는 표준 정규 분포의 누적 함수와 밀도입니다.
_TICKS = np.arange(40 * 1024 + 1) / 1024.0
_MILLS = math.sqrt(math.pi / 2.0) * erfcx(_TICKS / math.sqrt(2.0))
_MILLS[:1024] = math.sqrt(math.pi / 2.0) * erfc(_TICKS[:1024] / math.sqrt(2.0)) * np.exp(0.5 * _TICKS[:1024] ** 2)     # x < 1에서 더 정확합니다.


def _mills_and_gauss(x):
    """M(x)와 exp(−x²/2), 0 ≤ x ≤ 40. 둘 다 가까운 눈금 h = k/1024에서 셈하고 x − h만큼 고칩니다.

    - M′ = xM − 1이므로 h에서의 테일러 급수의 계수는 cₙ = (h·cₙ₋₁ + cₙ₋₂)/n입니다. |x − h|가 작아 4차까지면 됩니다.
    - x²를 그대로 반올림하면 지수가 그 오차를 수백 배로 키웁니다. h²은 반올림 없이 나오고, 나머지 (x − h)(x + h)는 작습니다.
    """
    h = np.rint(x * 1024.0) * (1.0 / 1024.0)
    gap = x - h
    before = _MILLS.take((h * 1024.0).astype(np.intp), mode="clip")       # x가 NaN이면 번호는 아무것이나 되지만 결과는 NaN입니다.
    now = h * before - 1.0
    mills, power = before + gap * now, gap
    for n in (2, 3, 4):
        before, now, power = now, (h * now + before) / n, power * gap
        mills += power * now
    return mills, np.exp(-0.5 * h * h) * np.exp(-0.5 * gap * (x + h))


@_elementwise
def gelu(x):
    """GELU(Gaussian error linear unit): x·Φ(x), Φ는 표준 정규 분포의 누적 함수. 치역 [−0.17, ∞). gelu(−∞) = 0.

    x·Φ(x) = max(x, 0) − |x|·(1 − Φ(|x|))이므로 음의 꼬리에서도 빼기로 잃는 것이 없습니다. (Hendrycks와 Gimpel, 2016)
    """
    size = _at_most(np.abs(x), 40.0)                        # 이 밖에서 꼬리는 float64로 0입니다.
    mills, gauss = _mills_and_gauss(size)
    return _at_least(x, 0.0) - size * (mills / math.sqrt(2.0 * math.pi)) * gauss


@_elementwise
def gelu_grad(x):
    """GELU의 도함수: Φ(x) + xφ(x). 음수에서는 φ(x)(M(|x|) − |x|)로 묶어 꼬리를 지킵니다(M은 밀스 비)."""
    x = np.clip(x, -40.0, 40.0)
    size = np.abs(x)
    mills, gauss = _mills_and_gauss(size)
    tail = (mills - size) / math.sqrt(2.0 * math.pi) * gauss
    return np.where(x < 0, tail, 1.0 - tail)


# √(8/π)와 0.044715·√(8/π)를 두 조각으로: 앞 조각은 14비트와 13비트, 뒤 조각은 그 나머지입니다.
_GELU_A_HEAD, _GELU_A_REST = 1.5958251953125, -5.607370676928824e-05
_GELU_B_HEAD, _GELU_B_REST = 0.07135009765625, 4.718616350248776e-06
_GELU_A, _GELU_B = _GELU_A_HEAD + _GELU_A_REST, _GELU_B_HEAD + _GELU_B_REST


def _gelu_exponentials(size):
    """곱하면 exp(−v)인 두 수, v = √(8/π)(x + 0.044715x³), 0 ≤ x ≤ 24. v를 한 수로 반올림하면 지수가 그 오차를 수백 배로 키웁니다.

    x = h + (x − h)로 나누면(h는 소수점 아래 8비트) h³과 앞 조각의 곱이 반올림 없이 나오고, 나머지는 작은 지수로 보탭니다.
    """
    h = np.rint(size * 256.0) * (1.0 / 256.0)
    square = h * h
    cube = square * h
    slope = _GELU_A + _GELU_B * ((size + h) * size + square)     # (v(x) − v(h))/(x − h)
    rest = _GELU_A_REST * h + _GELU_B_REST * cube + (size - h) * slope
    return np.exp(-_GELU_A_HEAD * h) * np.exp(-rest), np.exp(-_GELU_B_HEAD * cube)


@_elementwise
def gelu_tanh(x):
    """GELU의 tanh 근사: ½x(1 + tanh(√(2/π)(x + 0.044715x³))) = x·σ(v). (Hendrycks와 Gimpel, 2016)"""
    near, far = _gelu_exponentials(_at_most(np.abs(x), 24.0))        # 이 밖에서 σ(v)는 float64로 0이나 1입니다.
    return (_at_least(x, 0.0) + np.clip(x, -24.0, 0.0) * near * far) / (1.0 + near * far)


@_elementwise
def gelu_tanh_grad(x):
    """GELU의 tanh 근사의 도함수: σ(v) + x·σ(v)(1 − σ(v))·v′, v′ = √(8/π)(1 + 3·0.044715x²)."""
    x = np.clip(x, -24.0, 24.0)
    near, far = _gelu_exponentials(np.abs(x))
    e = near * far
    steep = x * (_GELU_A + 3.0 * _GELU_B * x * x) / (1.0 + e)
    return np.where(x < 0, near * (1.0 + steep) * far, 1.0 + steep * e) / (1.0 + e)


def _half_exponential(x):
    """h = exp(x/2). eˣ = h·h의 두 h를 따로 곱하면, eˣ이 먼저 0이 되는 꼬리에서도 값이 남습니다. 넘치지 않게 2²⁵⁰에서 자릅니다."""
    return _at_most(np.exp(0.5 * x), 2.0**250)


@_elementwise
def silu(x):
    """SiLU(sigmoid linear unit, swish): x·σ(x) = x·e/(1 + e), e = eˣ. 치역 [−0.28, ∞). silu(−∞) = 0. (Elfwing 외, 2018)"""
    x = _at_least(x, -800.0)                                # 이 아래는 float64로 0입니다.
    h = _half_exponential(x)
    return h / (1.0 + h * h) * x * h


@_elementwise
def silu_grad(x):
    """SiLU의 도함수: σ(x)(1 + x(1 − σ(x))) = e(1 + x/(1 + e))/(1 + e), e = eˣ. 최댓값은 약 1.1입니다."""
    x = np.clip(x, -800.0, 800.0)
    h = _half_exponential(x)
    below = 1.0 + h * h
    return h * (1.0 + x / below) * h / below


@_elementwise
def mish(x):
    """미시(mish): x·tanh(softplus(x)) = x·n/(n + 2), n = e(e + 2), e = eˣ. 치역 [−0.31, ∞). (Misra, 2019)"""
    x = _at_least(x, -800.0)
    h = _half_exponential(x)
    e = h * h
    return h * ((e + 2.0) / (e * (e + 2.0) + 2.0)) * x * h


@_elementwise
def mish_grad(x):
    """미시의 도함수: n/(n + 2) + 4x·e(1 + e)/(n + 2)², n = e(e + 2), e = eˣ."""
    x = np.clip(x, -800.0, 800.0)
    h = _half_exponential(x)
    e = h * h
    below = e * (e + 2.0) + 2.0
    return h * ((e + 2.0) / below + 4.0 * x * (1.0 + e) / below**2) * h


@_one_pass
def hard_sigmoid(x):
    """하드 시그모이드(hard sigmoid): relu6(x + 3)/6. 치역 [0, 1]. (Courbariaux 외, 2015; 이 꼴은 Howard 외, 2019)"""
    y = x + 3.0
    np.clip(y, 0.0, 6.0, out=y)
    return np.divide(y, 6.0, out=y)


@_elementwise
def hard_sigmoid_grad(x):
    """하드 시그모이드의 도함수: −3 < x < 3이면 1/6, 아니면 0(꺾인 점에서도 0)."""
    return np.heaviside(x + 3.0, 0.0) * np.heaviside(3.0 - x, 0.0) / 6.0


@_one_pass
def hard_swish(x):
    """하드 스위시(hard swish): x·hard_sigmoid(x). 치역 [−3/8, ∞). (Howard 외, 2019)"""
    y = np.clip(x, -3.0, 3.0)
    y += 3.0
    y *= 1.0 / 6.0
    y *= _at_least(x, -3.0)                                 # 0 × (−∞)를 피합니다.
    return y


@_elementwise
def hard_swish_grad(x):
    """하드 스위시의 도함수: x ≤ −3이면 0, x ≥ 3이면 1, 그 사이에서 (2x + 3)/6."""
    return np.where(x <= -3, 0.0, np.where(x >= 3, 1.0, (2.0 * x + 3.0) / 6.0))


# ═══════════════════════════ 활성화 함수의 표 (ACTIVATIONS) ═══════════════════════════


@dataclass(frozen=True)
class Activation:
    """활성화 함수 하나: 함수, 도함수, 한국어 이름, TeX 식, 치역, 출처."""

    function: Callable
    derivative: Callable
    korean: str
    formula: str
    range: str
    source: str


ACTIVATIONS = {
    "linear": Activation(identity, identity_grad, "항등 함수", r"x", "(−∞, ∞)", "—"),
    "step": Activation(step, step_grad, "계단 함수", r"[x > 0]", "{0, 1}", "Rosenblatt 1958"),
    "sigmoid": Activation(sigmoid, sigmoid_grad, "시그모이드 함수", r"\frac{1}{1+e^{-x}}", "(0, 1)", "Rumelhart 외 1986"),
    "log_sigmoid": Activation(log_sigmoid, log_sigmoid_grad, "로그 시그모이드", r"-\log(1+e^{-x})", "(−∞, 0)", "—"),
    "tanh": Activation(tanh, tanh_grad, "쌍곡탄젠트", r"\tanh x", "(−1, 1)", "LeCun 외 1998"),
    "softsign": Activation(softsign, softsign_grad, "소프트사인", r"\frac{x}{1+|x|}", "(−1, 1)", "Bergstra 외 2009"),
    "softplus": Activation(softplus, softplus_grad, "소프트플러스", r"\log(1+e^x)", "(0, ∞)", "Dugas 외 2001"),
    "relu": Activation(relu, relu_grad, "ReLU 함수", r"\max(x, 0)", "[0, ∞)", "Nair·Hinton 2010"),
    "leaky_relu": Activation(leaky_relu, leaky_relu_grad, "리키 렐루", r"\max(x,0)+\alpha\min(x,0)", "(−∞, ∞)", "Maas 외 2013"),
    "relu6": Activation(relu6, relu6_grad, "ReLU6", r"\min(\max(x,0),6)", "[0, 6]", "Krizhevsky 2010"),
    "elu": Activation(elu, elu_grad, "ELU", r"x>0:\ x;\ x\le 0:\ \alpha(e^x-1)", "(−α, ∞)", "Clevert 외 2016"),
    "selu": Activation(selu, selu_grad, "SELU", r"\lambda\,\mathrm{elu}(x,\alpha)", "(−1.758, ∞)", "Klambauer 외 2017"),
    "gelu": Activation(gelu, gelu_grad, "GELU", r"x\,\Phi(x)", "[−0.170, ∞)", "Hendrycks·Gimpel 2016"),
    "gelu_tanh": Activation(gelu_tanh, gelu_tanh_grad, "GELU(tanh 근사)",
                            r"\frac{x}{2}\left(1+\tanh\left(\sqrt{2/\pi}\,(x+0.044715x^3)\right)\right)", "[−0.170, ∞)",
                            "Hendrycks·Gimpel 2016"),
    "silu": Activation(silu, silu_grad, "SiLU", r"x\,\sigma(x)", "[−0.278, ∞)", "Elfwing 외 2018"),
    "mish": Activation(mish, mish_grad, "미시", r"x\tanh(\log(1+e^x))", "[−0.309, ∞)", "Misra 2019"),
    "hard_sigmoid": Activation(hard_sigmoid, hard_sigmoid_grad, "하드 시그모이드", r"\mathrm{relu6}(x+3)/6", "[0, 1]",
                               "Howard 외 2019"),
    "hard_swish": Activation(hard_swish, hard_swish_grad, "하드 스위시", r"x\,\mathrm{relu6}(x+3)/6", "[−0.375, ∞)",
                             "Howard 외 2019"),
}

# ═══════════════════════ 소프트맥스 함수와 그 변형 (softmax) ═══════════════════════


def _two_sum(a, b):
    """a + b와 그 반올림 오차. 둘을 더하면 정확합니다. (Knuth, 1969)"""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _two_product(a, b):
    """a·b와 그 반올림 오차. 둘을 더하면 정확합니다. (Dekker, 1971)"""
    split = 134217729.0                                     # 2²⁷ + 1: 53비트를 26비트 두 조각으로 나눕니다.
    a_high, b_high = a * split - (a * split - a), b * split - (b * split - b)
    a_low, b_low = a - a_high, b - b_high
    product = a * b
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _rows(*, totals=False):
    """한 축을 따라 셈하는 함수의 약속: 그 축을 맨 뒤로 옮겨 float64로 셈하고, 제자리와 제 dtype으로 되돌립니다.

    함수는 (줄, K)를 받아 (줄, K)를, totals=True이면 줄마다 하나인 (줄,)을 돌려줍니다.
    """

    def decorate(function):
        @functools.wraps(function)
        def wrapper(z, *, axis=-1, **options):
            z = _real("z", z)
            moved = np.moveaxis(z, _axis(z, axis), -1)
            rows = moved.reshape(-1, moved.shape[-1])
            y = np.empty(len(rows) if totals else rows.shape, z.dtype)
            step = max(1, _BLOCK // rows.shape[-1])
            with np.errstate(all="ignore"):
                for start in range(0, max(len(rows), 1), step):
                    block = slice(start, start + step)
                    y[block] = function(_by_columns(rows[block]), **options)
            return y.reshape(moved.shape[:-1])[()] if totals else np.moveaxis(y.reshape(moved.shape), -1, axis)

        return wrapper

    return decorate


def _by_columns(a):
    """float64로. 줄이 짧으면 메모리에 열을 이어 놓습니다: 계산이 긴 쪽을 따라 돕니다."""
    return a.astype(np.float64, "F" if a.ndim > 1 and a.shape[-1] < 32 else "C", copy=False)


def _axis(z, axis):
    if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)) or not -z.ndim <= axis < z.ndim:
        raise ValueError(f"axis에는 모양이 {z.shape}인 z의 축 번호가 와야 하는데 {axis!r}이(가) 왔습니다.")
    if z.shape[axis] == 0:
        raise ValueError(f"z에는 axis = {axis} 방향으로 수가 하나 이상 있어야 하는데 모양이 {z.shape}인 것이 왔습니다.")
    return axis


def _below_max(z, temperature=1.0):
    """(z − max z)/T와 그 반올림 오차. 지수는 작은 오차도 수백 배로 키우므로, 뺄 때 잃은 것을 따로 둡니다."""
    shifted, lost = _two_sum(z, -z.max(axis=-1, keepdims=True))
    if temperature != 1.0:
        quotient = shifted / temperature
        product, rest = _two_product(quotient, temperature)
        shifted, lost = quotient, ((shifted - product) - rest + lost) / temperature
    finite = np.isfinite(lost)
    if not finite.all():                                    # ∞가 든 줄: ∞ − ∞는 0으로 두고, 잃은 것도 없습니다.
        shifted, lost = np.where(z == np.inf, 0.0, shifted), np.where(finite, lost, 0.0)
    return shifted, lost


def _exponentials(z, temperature=1.0):
    """exp(z − max z). 잃은 것 r은 e^r ≈ 1 + r로 되돌려 줍니다."""
    shifted, lost = _below_max(z, temperature)
    e = np.exp(shifted)
    return e + e * lost


def _others(e):
    """가장 큰 항(값이 1)을 뺀 나머지의 합. 1에 더했다가 빼면 작은 항들이 사라집니다."""
    top = e == 1.0
    return (e - top).sum(axis=-1, keepdims=True) + (top.sum(axis=-1, keepdims=True) - 1.0)


def _probabilities(z, temperature=1.0):
    """p와 1 − p. 가장 큰 p에서 1 − p를 빼기로 셈하면 0이 되므로, 나머지의 합으로 셈합니다."""
    e = _exponentials(z, temperature)
    rest = _others(e)
    p = e / (1.0 + rest)
    return p, np.where(e == 1.0, rest / (1.0 + rest), 1.0 - p)


@_rows()
def softmax(z, *, temperature=1.0):
    """소프트맥스 함수(softmax): pᵢ = exp(zᵢ/T)/Σⱼ exp(zⱼ/T). z의 모양과 dtype 그대로, axis를 따라 합이 1입니다.

    temperature T는 0보다 큰 수입니다. 최댓값을 먼저 빼므로 넘치지 않습니다. +∞가 하나 있는 줄은 그 자리만 1이고
    (여럿이면 똑같이 나눕니다), 모두 −∞인 줄은 NaN입니다. (Bridle, 1990; 온도는 Hinton 외, 2015)
    """
    e = _exponentials(z, _number("temperature", temperature, 0.0, strict=True))
    return e / e.sum(axis=-1, keepdims=True)


@_rows()
def log_softmax(z):
    """로그 소프트맥스(log-softmax): log pᵢ = (zᵢ − max z) − log Σⱼ exp(zⱼ − max z). 치역 (−∞, 0]. p가 0으로 언더플로해도 유한합니다.

    합에서 가장 큰 항 1을 빼 두고 나머지의 log1p를 셈하므로, 거의 확실한 답의 작은 손실도 사라지지 않습니다.
    """
    shifted, lost = _below_max(z)
    return shifted + (lost - np.log1p(_others(np.exp(shifted) * (1.0 + lost))))


@_rows(totals=True)
def logsumexp(z):
    """로그합지수(log-sum-exp): log Σⱼ exp(zⱼ) = max z + log1p(나머지의 합). 결과에는 axis가 없습니다. 모두 −∞이면 −∞입니다."""
    top = z.max(axis=-1)
    total = top + np.log1p(_others(_exponentials(z)))[..., 0]
    return np.where(np.isinf(top), top, total)


@_rows()
def sparsemax(z):
    """스파스맥스(sparsemax): 확률 단체 위에서 z에 가장 가까운 점. 작은 확률이 정확히 0이 됩니다. (Martins와 Astudillo, 2016)

    pᵢ = max(zᵢ − τ, 0), τ는 합이 1이 되게 하는 수입니다.
    """
    shifted, _ = _below_max(z)
    ordered = -np.sort(-shifted, axis=-1)
    counts = np.arange(1.0, z.shape[-1] + 1)
    sums = np.cumsum(ordered, axis=-1)
    support = np.maximum((1.0 + counts * ordered > sums).sum(axis=-1, keepdims=True), 1)
    tau = (np.take_along_axis(sums, support - 1, axis=-1) - 1.0) / support
    return np.maximum(shifted - tau, 0.0)


def softmax_jacobian(z):
    """소프트맥스 함수의 야코비 행렬(Jacobian): Jᵢⱼ = ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ). z의 모양은 (K,), 결과는 (K, K)입니다."""
    z = _real("z", z)
    if z.ndim != 1 or z.size == 0:
        raise ValueError(f"z에는 모양이 (K,)인 배열이 와야 하는데 모양이 {z.shape}인 것이 왔습니다.")
    with np.errstate(all="ignore"):
        p, complement = _probabilities(z.astype(np.float64))
        jacobian = -np.outer(p, p)
        np.fill_diagonal(jacobian, p * complement)
        return jacobian.astype(z.dtype)


# ═════════════════════ 교과서의 꼴: 견주어 보려고 남긴, 실패하는 식 (textbook) ═════════════════════
# 입력의 dtype 그대로 셈하고, 넘치면 경고도 그대로 냅니다. 06_softmax_stability가 하나씩 고쳐 갑니다.


def textbook_sigmoid(x):
    """교과서의 시그모이드 함수 1/(1 + e⁻ˣ). 큰 음수에서 지수가 넘칩니다."""
    x = _real("x", x)
    return 1 / (1 + np.exp(-x))


def textbook_softmax(z, *, axis=-1):
    """교과서의 소프트맥스 함수 exp(z)/Σ exp(z). 큰 z에서 ∞/∞, 작은 z에서 0/0으로 NaN이 됩니다."""
    z = _real("z", z)
    e = np.exp(z)
    return e / e.sum(axis=_axis(z, axis), keepdims=True)


def textbook_log_softmax(z, *, axis=-1):
    """교과서의 로그 소프트맥스 log(softmax(z)). 확률이 0으로 언더플로하면 −∞가 됩니다."""
    return np.log(textbook_softmax(z, axis=axis))


def textbook_cross_entropy(p, t):
    """교과서의 교차 엔트로피 −Σ t·log(p + 1e-7). p = 0에서도 유한하지만, 손실이 −log(1e-7) ≈ 16.12를 넘지 못합니다."""
    p = _real("p", p)
    t = _targets(t, p).astype(p.dtype)
    return -(t * np.log(p + p.dtype.type(1e-7))).sum(axis=-1)


# ═══════════════════════════════ 손실 함수 (losses) ═══════════════════════════════
# 표본마다 값 하나를 돌려줍니다(마지막 축이 사라집니다). 평균은 부르는 쪽에서 냅니다. NAME_grad는 첫 인자에 대한 기울기입니다.
# 정답 t는 정수 레이블(마지막 축이 없는 모양)이거나, 첫 인자와 같은 모양의 원-핫 또는 확률입니다.


def one_hot(labels, classes):
    """원-핫 인코딩(one-hot): 레이블 k를 k번째만 1인 줄로. 모양 (…) → (…, classes), float64.

    레이블이 0 이상 classes 미만의 정수가 아니면 ValueError를 냅니다.
    """
    classes, labels = _size("classes", classes), _labels(labels, classes, "labels")
    return (labels[..., np.newaxis] == np.arange(classes)).astype(np.float64)


def accuracy(scores, t):
    """정확도(accuracy): 점수가 가장 큰 클래스가 정답인 표본의 비율. scores의 모양 (…, N, K) → 결과 (…).

    t는 레이블 (…, N)이거나 scores와 같은 모양의 원-핫입니다. NaN이 있는 줄은 틀린 것으로 셉니다.
    """
    scores = _real("scores", scores)
    if scores.ndim < 2 or 0 in scores.shape[-2:]:
        raise ValueError(f"scores에는 표본과 클래스가 하나 이상인 (…, N, K) 모양의 배열이 와야 하는데 모양이 {scores.shape}인 것이 왔습니다.")
    right = scores.argmax(axis=-1) == _targets(t, scores, "scores").argmax(axis=-1)
    return (right & ~np.isnan(scores).any(axis=-1)).mean(axis=-1)


def _labels(labels, classes, name="t"):
    labels = _real(name, labels)
    if not (np.isfinite(labels) & (labels == np.floor(labels)) & (labels >= 0) & (labels < classes)).all():
        wrong = labels[~((labels == np.floor(labels)) & (labels >= 0) & (labels < classes))].flat[0]
        raise ValueError(f"{name}에는 0 이상 {classes} 미만의 정수 레이블이 와야 하는데 {wrong:g}이(가) 들어 있습니다.")
    return labels.astype(np.intp)


def _same_shape(t, y, name, labels):
    t = _real("t", t)
    if t.shape != y.shape:
        also = f" {y.shape[:-1]}인 정수 레이블이나" if labels else ""
        raise ValueError(f"t에는 모양이{also} {y.shape}인 배열이 와야 하는데({name}의 모양은 {y.shape}) 모양이 {t.shape}인 것이 왔습니다.")
    return t.astype(np.float64)


def _targets(t, y, name="p", *, labels=True, bounded=True):
    """정답을 y와 같은 모양의 float64로: 레이블이면 원-핫으로 바꾸고, 확률이면 [0, 1]에 있는지 확인합니다."""
    t = _real("t", t)
    if labels and y.ndim and t.ndim == y.ndim - 1 and t.shape == y.shape[:-1]:
        return one_hot(_labels(t, y.shape[-1]), y.shape[-1])
    t = _same_shape(t, y, name, labels)
    if bounded:
        _within_unit("t", t)
    return t


def _within_unit(name, values):
    if not ((values >= 0) & (values <= 1)).all():
        wrong = values[~((values >= 0) & (values <= 1))].flat[0]
        raise ValueError(f"{name}에는 0 이상 1 이하의 확률이 와야 하는데 {wrong:g}이(가) 들어 있습니다.")


def _loss(first, *, labels=True, bounded=True, probabilities=False):
    """손실 함수의 약속: 첫 인자와 정답을 확인하고, float64로 셈해 첫 인자의 dtype으로 돌려줍니다."""

    def decorate(function):
        @functools.wraps(function)
        def wrapper(y, t, **options):
            y = _real(first, y)
            if labels and (y.ndim == 0 or y.shape[-1] == 0):
                raise ValueError(f"{first}에는 모양이 (…, K)인 배열이 와야 하는데 모양이 {y.shape}인 것이 왔습니다.")
            t = _targets(t, y, first, labels=labels, bounded=bounded)
            if probabilities:
                _within_unit(first, y[~np.isnan(y)])
            with np.errstate(all="ignore"):
                return np.asarray(function(_by_columns(y), _by_columns(t), **options)).astype(y.dtype)[()]
        return wrapper

    return decorate


@_loss("y", bounded=False)
def mean_squared_error(y, t):
    """평균 제곱 오차(mean squared error): 마지막 축의 평균 (1/K)Σ(yᵢ − tᵢ)². 회귀의 t는 어떤 실수라도 됩니다."""
    return ((y - t) ** 2).mean(axis=-1)


@_loss("y", bounded=False)
def mean_squared_error_grad(y, t):
    """평균 제곱 오차의 기울기: 2(y − t)/K."""
    return 2.0 * (y - t) / y.shape[-1]


@_loss("p", probabilities=True)
def cross_entropy(p, t):
    """범주형 교차 엔트로피(categorical cross entropy): −Σ tᵢ log pᵢ. 자르지 않으므로 t > 0인 곳의 p가 0이면 ∞입니다.

    p가 [0, 1]을 벗어나면 ValueError를 냅니다. t = 0인 곳은 p = 0이어도 0입니다. (Shannon, 1948)
    """
    return np.maximum(-xlogy(t, p).sum(axis=-1), 0.0)       # −0을 0으로


@_loss("p", probabilities=True)
def cross_entropy_grad(p, t):
    """범주형 교차 엔트로피의 기울기: −t/p (t = 0인 곳은 0, t > 0이고 p = 0인 곳은 −∞)."""
    return np.where((t == 0) & ~np.isnan(p), 0.0, -t / p)


@_loss("p", labels=False, probabilities=True)
def binary_cross_entropy(p, t):
    """이진 교차 엔트로피(binary cross entropy): −t log p − (1 − t) log(1 − p), 원소별. t의 모양은 p와 같습니다."""
    return np.maximum(-(xlogy(t, p) + xlog1py(1.0 - t, -p)), 0.0)


@_loss("p", labels=False, probabilities=True)
def binary_cross_entropy_grad(p, t):
    """이진 교차 엔트로피의 기울기: −t/p + (1 − t)/(1 − p), 원소별."""
    ones = np.where((t == 0) & ~np.isnan(p), 0.0, -t / p)
    zeros = np.where((t == 1) & ~np.isnan(p), 0.0, (1.0 - t) / (1.0 - p))
    return ones + zeros


@_loss("z")
def softmax_cross_entropy(z, t):
    """로짓에서 바로 셈한 교차 엔트로피(softmax loss): −Σ tᵢ log softmax(z)ᵢ. 확률을 거치지 않아 800 같은 손실도 그대로입니다."""
    return np.where(t > 0, -t * log_softmax(z), np.where(np.isnan(z), z, 0.0)).sum(axis=-1)


@_loss("z")
def softmax_cross_entropy_grad(z, t):
    """로짓에 대한 기울기 p − t (t의 합이 1일 때; 아니면 pΣt − t).

    정답 클래스에서 p − 1로 셈하면 p가 1에 가까울 때 0이 되므로, 같은 값인 p(Σt − t) − t(1 − p)로 셈합니다.
    """
    p, complement = _probabilities(z)
    return p * (t.sum(axis=-1, keepdims=True) - t) - t * complement


@_loss("z", labels=False)
def sigmoid_cross_entropy(z, t):
    """로짓에서 바로 셈한 이진 교차 엔트로피: t·softplus(−z) + (1 − t)·softplus(z), 원소별. 다중 레이블 분류에도 씁니다."""
    ones = np.where((t == 0) & ~np.isnan(z), 0.0, t * softplus(-z))
    return ones + np.where((t == 1) & ~np.isnan(z), 0.0, (1.0 - t) * softplus(z))


@_loss("z", labels=False)
def sigmoid_cross_entropy_grad(z, t):
    """로짓에 대한 기울기 σ(z) − t = (1 − t)σ(z) − tσ(−z), 원소별."""
    return (1.0 - t) * sigmoid(z) - t * sigmoid(-z)


def _reduction(reduction, classes):
    return 1.0 / classes if _known("reduction", reduction, ("mean", "sum")) == "mean" else 1.0


@_loss("z")
def softmax_mean_squared_error(z, t, *, reduction="mean"):
    """소프트맥스 함수의 출력과 정답의 제곱 오차: 클래스에 대한 평균('mean')이나 합('sum') Σ(pᵢ − tᵢ)²."""
    p, complement = _probabilities(z)
    return ((p * (1.0 - t) - t * complement) ** 2).sum(axis=-1) * _reduction(reduction, z.shape[-1])


@_loss("z")
def softmax_mean_squared_error_grad(z, t, *, reduction="mean"):
    """로짓에 대한 기울기 pᵢ(gᵢ − Σⱼ pⱼgⱼ), g = 2(p − t)를 클래스로 나눈 것. p가 0이나 1에 붙으면 틀렸어도 0에 가까워집니다."""
    p, complement = _probabilities(z)
    g = 2.0 * (p * (1.0 - t) - t * complement) * _reduction(reduction, z.shape[-1])
    return p * (g - (p * g).sum(axis=-1, keepdims=True))


# ═══════════════════════════ 가중치 초기화 (initialisers) ═══════════════════════════


def _uniform(limit):
    def draw(rng, shape):
        bound = limit(*shape[-2:])
        return rng.uniform(-bound, bound, shape)

    return draw


def _normal(deviation):
    return lambda rng, shape: rng.normal(0.0, deviation(*shape[-2:]), shape)


INITIALIZERS = {
    "zeros": lambda rng, shape: np.zeros(shape),
    "uniform": _uniform(lambda fan_in, fan_out: 0.05),                          # Keras 1의 기본 범위
    "normal": _normal(lambda fan_in, fan_out: 0.05),
    "glorot_uniform": _uniform(lambda fan_in, fan_out: math.sqrt(6.0 / (fan_in + fan_out))),
    "glorot_normal": _normal(lambda fan_in, fan_out: math.sqrt(2.0 / (fan_in + fan_out))),
    "he_uniform": _uniform(lambda fan_in, fan_out: math.sqrt(6.0 / fan_in)),
    "he_normal": _normal(lambda fan_in, fan_out: math.sqrt(2.0 / fan_in)),
}


def initialize(init, shape, rng):
    """가중치 초기화(weight initialisation): 모양이 shape = (…, 입력 수, 출력 수)인 float64 배열을 rng로 만듭니다.

    uniform은 U(−0.05, 0.05), normal은 표준편차 0.05입니다. glorot는 2/(입력 수 + 출력 수), he는 2/(입력 수)를 분산으로
    합니다. (Glorot와 Bengio, 2010; He 외, 2015)
    init은 INITIALIZERS의 이름이고 rng는 np.random.Generator입니다. 아니면 ValueError나 TypeError를 냅니다.
    """
    make = INITIALIZERS[_known("init", init, INITIALIZERS)]
    if not isinstance(shape, tuple) or len(shape) < 2:
        raise ValueError(f"shape에는 (…, 입력 수, 출력 수) 꼴의 튜플이 와야 하는데 {shape!r}이(가) 왔습니다.")
    return make(_generator(rng), tuple(_size("shape", side) for side in shape))


def _generator(rng):
    if rng is None:
        return np.random.default_rng(0)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng에는 np.random.Generator가 와야 하는데 {type(rng).__name__}이(가) 왔습니다.")
    return rng


# ═══════════════════════════════ 층 (layers) ═══════════════════════════════
# 층의 계산은 모두 float64입니다. 값의 모양은 (…, N, 뉴런 수)이고, 앞의 …에는 함께 훈련하는 신경망들의 축이 올 수 있습니다.


def _product(a, b):
    """행렬곱 a @ b. 메모리에는 열을 이어 놓습니다: 다음 계산이 짧은 클래스 축 대신 긴 표본 축을 따라 돌아 몇 배 빠릅니다."""
    return (b.mT @ a.mT).mT


class Dense:
    """완전연결층(fully connected layer): y = h(x·W + b).

    `Dense(8, input_dim=4, init='uniform', activation='relu')`는 입력 4개를 받아 출력 뉴런 8개로 보냅니다.
    가중치 W의 모양은 (…, input_dim, units), 편향 b는 (…, units)이고 b는 0에서 시작합니다. 앞의 …에 축을 두면
    신경망 여러 개를 한꺼번에 계산합니다(Network.stack). activation은 ACTIVATIONS의 이름이나 'softmax'입니다.
    rng를 주지 않으면 늘 같은 난수로 시작하므로, 여러 층을 쌓을 때는 하나의 rng를 모든 층에 주세요.
    크기가 1 이상의 정수가 아니거나 모르는 이름이 오면 ValueError를 냅니다.
    """

    def __init__(self, units, input_dim, init="glorot_uniform", activation="linear", rng=None):
        units, input_dim = _size("units", units), _size("input_dim", input_dim)
        self.activation = _known("activation", activation, [*ACTIVATIONS, "softmax"])
        self.W = initialize(init, (input_dim, units), rng)
        self.b = np.zeros(units)
        self.W_grad = self.b_grad = None
        self._x = None

    @property
    def parameter_count(self):
        """신경망 하나에서 배울 수 있는 수의 개수: 가중치 input_dim × units개와 편향 units개."""
        return (self.W.shape[-2] + 1) * self.W.shape[-1]

    def logits(self, x):
        """로짓(logit), 곧 활성화 함수에 넣기 전의 값 x·W + b. x의 모양은 (…, input_dim), 결과는 (…, units)입니다."""
        rows = self._checked(x)
        with np.errstate(all="ignore"):                     # 발산한 가중치도 정상 입력입니다.
            return np.array(self._affine(rows), order="C").reshape(self._shape)

    def __call__(self, x):
        """순전파(forward propagation): h(x·W + b). x의 모양은 (…, input_dim), 결과는 float64이고 (…, units)입니다."""
        rows = self._checked(x)
        with np.errstate(all="ignore"):
            return np.array(self._forward(rows), order="C").reshape(self._shape)

    def backward(self, grad):
        """역전파(backpropagation): 바로 앞의 순전파에 대해 W_grad, b_grad를 채우고 x에 대한 기울기를 돌려줍니다.

        grad는 손실을 이 층의 출력으로 미분한 것이고 모양이 출력과 같습니다. W_grad와 b_grad는 표본에 대해 더한 값이므로,
        평균 손실의 기울기를 얻으려면 grad를 표본 수로 나누어 주세요. 순전파가 없었거나 모양이 다르면 ValueError를 냅니다.
        """
        if self._x is None:
            raise ValueError("backward를 부르기 전에 layer(x)로 순전파를 먼저 해야 합니다.")
        grad = np.asarray(_real("grad", grad), dtype=np.float64)
        if grad.shape != self._shape:
            raise ValueError(f"grad에는 출력과 같은 모양 {self._shape}이 와야 하는데 모양이 {grad.shape}인 것이 왔습니다.")
        with np.errstate(all="ignore"):
            grad = self._through_activation(grad.reshape(self._z.shape))
            self._collect(grad)
            return self._to_input(grad).reshape(self._shape[:-1] + self.W.shape[-2:-1])

    def _checked(self, x):
        """x를 확인하고 (…, N, input_dim) 모양의 float64로 바꿉니다."""
        x = np.asarray(_real("x", x), dtype=np.float64)
        runs, (inputs, units) = self.W.shape[:-2], self.W.shape[-2:]
        if x.shape[-1:] != (inputs,) or (runs and x.ndim != 2 and x.shape[:-2] != runs):
            wanted = f"(N, {inputs})이나 {(*runs, 'N', inputs)}" if runs else f"(…, {inputs})"
            raise ValueError(f"x에는 모양이 {wanted}인 배열이 와야 하는데 모양이 {x.shape}인 것이 왔습니다.")
        self._shape = runs + x.shape[-2:-1] + (units,) if runs else x.shape[:-1] + (units,)
        return x if runs else x.reshape(-1, inputs)

    # 아래는 확인 없이 계산만 합니다. 훈련의 안쪽 고리도 이것을 부릅니다.

    def _affine(self, x):
        self._x, self._z = x, _product(x, self.W)
        self._z += self.b[..., np.newaxis, :]
        return self._z

    def _forward(self, x):
        return self._activate(self._affine(x))

    def _activate(self, z):
        function = softmax if self.activation == "softmax" else ACTIVATIONS[self.activation].function
        self._y = function.__wrapped__(z)                   # __wrapped__: 확인과 dtype 변환을 뺀 계산
        return self._y

    def _through_activation(self, grad):
        """출력에 대한 기울기 → 로짓에 대한 기울기."""
        if self.activation == "softmax":
            return self._y * (grad - (self._y * grad).sum(axis=-1, keepdims=True))
        slope = ACTIVATIONS[self.activation].derivative.__wrapped__(self._z)
        slope *= grad                                       # 새로 만든 배열이므로 그 자리에서 곱합니다.
        return slope

    def _collect(self, grad):
        """로짓에 대한 기울기 → 가중치와 편향에 대한 기울기."""
        self.W_grad, self.b_grad = self._x.mT @ grad, np.ones(grad.shape[-2]) @ grad

    def _to_input(self, grad):
        return _product(grad, self.W.mT)


def _with_parameters(layer, W, b):
    """활성화 함수는 같고 가중치와 편향이 W, b인 층."""
    twin = copy.copy(layer)
    twin.W, twin.b, twin.W_grad, twin.b_grad, twin._x = W, b, None, None, None
    return twin


# ══════════════════════════════ 신경망 (networks) ══════════════════════════════


class Network:
    """층을 차례로 쌓은 신경망. 앞 층의 출력 수와 뒤 층의 입력 수가 다르면 ValueError를 냅니다."""

    def __init__(self, layers):
        self.layers = _several("layers", layers, Dense)
        for k, (front, back) in enumerate(zip(self.layers, self.layers[1:]), start=1):
            if front.W.shape[-1] != back.W.shape[-2]:
                raise ValueError(f"layers의 {k}번째 층은 출력이 {front.W.shape[-1]}개인데 "
                                 f"{k + 1}번째 층은 입력 {back.W.shape[-2]}개를 기다립니다.")

    @classmethod
    def stack(cls, networks):
        """모양이 같은 신경망 여러 개를 쌓아, 한꺼번에 계산하고 훈련하는 신경망 하나로 만듭니다. 맨 앞에 축이 하나 생깁니다."""
        networks = _several("networks", networks, cls)
        kinds = [[(layer.activation, layer.W.shape, layer.b.shape) for layer in network.layers] for network in networks]
        odd = next((k for k, kind in enumerate(kinds) if kind != kinds[0]), None)
        if odd is not None:
            raise ValueError(f"networks에는 층의 크기와 활성화 함수가 모두 같은 Network가 와야 하는데 {odd + 1}번째 것이 첫째 것과 다릅니다.")
        W = [np.stack(same) for same in zip(*([layer.W for layer in network.layers] for network in networks))]
        b = [np.stack(same) for same in zip(*([layer.b for layer in network.layers] for network in networks))]
        return cls(map(_with_parameters, networks[0].layers, W, b))

    def run(self, index):
        """쌓은 신경망에서 index번째 하나를 복사해 꺼냅니다. index는 정수나 정수의 튜플이고, 그런 것이 없으면 IndexError를 냅니다."""
        runs = self.layers[0].W.shape[:-2]
        key = index if isinstance(index, tuple) else (index,)
        if len(key) != len(runs) or not all(isinstance(k, (int, np.integer)) and -n <= k < n for k, n in zip(key, runs)):
            raise IndexError(f"index에는 {runs} 모양으로 쌓은 신경망 가운데 하나의 번호가 와야 하는데 {index!r}이(가) 왔습니다.")
        return Network([_with_parameters(layer, layer.W[index].copy(), layer.b[index].copy())
                        for layer in self.layers])

    @property
    def parameter_count(self):
        """신경망 하나에서 배울 수 있는 수의 개수."""
        return sum(layer.parameter_count for layer in self.layers)

    def __call__(self, x):
        """순전파: 모든 층을 차례로 지난 값. x (…, 입력 수) → (…, 출력 수)."""
        for layer in self.layers:
            x = layer(x)
        return x

    def logits(self, x):
        """마지막 층의 활성화 함수에 넣기 전의 값(로짓, logit)."""
        for layer in self.layers[:-1]:
            x = layer(x)
        return self.layers[-1].logits(x)

    def backward(self, grad):
        """역전파: 손실을 출력으로 미분한 grad를 뒤에서 앞으로 보내 모든 층의 W_grad, b_grad를 채우고, x에 대한 기울기를 돌려줍니다."""
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad


def _check_network(network):
    if not isinstance(network, Network):
        raise TypeError(f"network에는 Network가 와야 하는데 {type(network).__name__}이(가) 왔습니다.")


def collapse(layers):
    """선형 층의 더미와 똑같은 일을 하는 층 하나를 돌려줍니다: W = W₁W₂⋯, b = (⋯(b₁W₂ + b₂)W₃⋯) + b_L.

    layers는 Dense의 목록이나 Network입니다. 활성화 함수가 'linear'가 아닌 층이 있으면 그 층을 말하는 ValueError를 냅니다.
    """
    layers = Network(getattr(layers, "layers", layers)).layers
    for k, layer in enumerate(layers, start=1):
        if layer.activation != "linear":
            raise ValueError(f"layers의 {k}번째 층은 활성화 함수가 {layer.activation}이어서 하나로 합칠 수 없습니다. linear여야 합니다.")
    W, b = layers[0].W.copy(), layers[0].b.copy()
    for layer in layers[1:]:
        W, b = W @ layer.W, (b[..., np.newaxis, :] @ layer.W)[..., 0, :] + layer.b
    return _with_parameters(layers[0], W, b)


def breakpoints(network, low, high):
    """입력 하나, 출력 하나인 ReLU 신경망의 그래프가 [low, high] 안에서 꺾이는 점들(오름차순, float64).

    선형 조각(linear piece)의 수는 꺾이는 점의 수 + 1입니다. 층마다 은닉 뉴런의 부호가 바뀌는 자리에서 구간을 나누면,
    그 사이에서 그래프는 곧은 선이므로 근사 없이 찾을 수 있습니다. 활성화 함수는 'relu'와 'linear'만 됩니다.
    Network가 아니면 TypeError를, 쌓은 신경망이거나 입력과 출력이 하나가 아니거나 다른 활성화 함수가 있거나 low ≥ high이면
    ValueError를 냅니다.
    """
    _check_network(network)
    _number("high", high, _number("low", low, -math.inf), strict=True)
    first, last = network.layers[0].W, network.layers[-1].W
    kinds = [layer.activation for layer in network.layers]
    if first.ndim != 2 or first.shape[-2] != 1 or last.shape[-1] != 1 or {*kinds} - {"relu", "linear"}:
        raise ValueError("network에는 쌓지 않았고 입력과 출력이 하나씩이고 활성화 함수가 relu나 linear인 신경망이 와야 하는데 "
                         f"W의 모양이 {first.shape}에서 {last.shape}까지이고 활성화 함수가 {', '.join(kinds)}인 것이 왔습니다.")
    knots = np.array([low, high], dtype=float)
    for depth, layer in enumerate(network.layers):
        if layer.activation == "relu":
            z = layer.logits(_through(network.layers[:depth], knots))
            knots = np.unique(np.concatenate([knots, _zero_crossings(knots, z)]))
    return knots[1:-1][_bends(knots, _through(network.layers, knots)[:, 0])]


def _through(layers, points):
    values = points[:, np.newaxis]
    for layer in layers:
        values = layer(values)
    return values


def _zero_crossings(knots, z):
    """knots 사이에서 곧은 선인 z의 열마다, 부호가 바뀌는 자리."""
    interval, unit = np.nonzero(z[:-1] * z[1:] < 0)
    left, right = z[interval, unit], z[interval + 1, unit]
    return knots[interval] + (knots[interval + 1] - knots[interval]) * left / (left - right)


def _bends(knots, values):
    """안쪽 knot마다 양쪽 기울기가 (반올림 오차보다 크게) 다른가."""
    slopes = np.diff(values) / np.diff(knots)
    return np.abs(np.diff(slopes)) > 1e-9 * max(1.0, np.abs(slopes).max())


# ═══════════════════════════════ 훈련 (training) ═══════════════════════════════


@dataclass(frozen=True)
class Training:
    """훈련의 기록: 에폭이 끝날 때마다 훈련 자료 전체로 잰 평균 손실과 정확도. 모양은 (…, epochs)입니다."""

    loss: np.ndarray
    accuracy: np.ndarray


def train(network, x, t, *, loss, learning_rate, epochs, batch_size=None, rng=None, reduction="mean"):
    """경사 하강법(gradient descent)으로 network의 W와 b를 고치고, 에폭마다의 손실과 정확도를 적은 Training을 돌려줍니다.

    x는 (N, 입력 수), t는 정수 레이블 (N,)이나 출력과 같은 모양 (N, 출력 수)입니다. 출력이 하나이면 t는 수 (N,)이어도 됩니다.
    loss: 'cross_entropy'(출력층이 softmax나 sigmoid일 때) 또는 'mean_squared_error'(어떤 출력층이든, 회귀에도).
      교차 엔트로피와 그 기울기는 로짓에서 바로 계산합니다. 표본에 대해서는 언제나 평균을 냅니다.
      제곱 오차와 시그모이드의 교차 엔트로피는 출력마다 하나씩 나오므로, 출력에 대해 reduction('mean' 또는 'sum')을 합니다.
    batch_size: 없으면 한 에폭에 자료 전체로 한 걸음, 있으면 에폭마다 rng.permutation(N)으로 섞어 batch_size개씩 한 걸음.
    기록: 에폭이 끝난 뒤 자료 전체로 잰 값이므로, 마지막 값은 훈련을 마친 신경망의 것입니다. 분류가 아니면 정확도는 NaN입니다.

    W와 b와 learning_rate의 앞쪽 축을 서로 맞추어 펼쳐(broadcast) 여러 신경망을 같은 코드로 한꺼번에 훈련합니다. 예를 들어 시작이
    다른 8개를 Network.stack으로 쌓고 learning_rate를 (12, 1) 모양으로 주면 96개를 훈련하고, 기록의 모양은 (12, 8, epochs)입니다.
    k번째 신경망은 혼자 훈련해도 똑같은 수를 얻습니다. 발산하면 손실이 ∞나 NaN이 될 뿐, 다른 신경망은 그대로입니다.
    맞지 않는 입력은 아무것도 바꾸기 전에 TypeError나 ValueError로 알립니다.
    """
    layers = _layers_to_train(network)
    x = _training_inputs(x, layers[0])
    loss = _known("loss", loss, ("cross_entropy", "mean_squared_error"))
    t = _training_targets(t, len(x), layers[-1], loss)
    rate = _learning_rate(learning_rate)
    runs = _runs(layers, rate)
    criterion, score = _criterion(loss, layers[-1].activation, t, reduction), _score(layers[-1].activation, t)
    task = _Task(x, t, criterion, score, _orders(len(x), epochs, batch_size, rng), batch_size)
    many = [_with_parameters(layer, _spread(layer.W, runs, 2), _spread(layer.b, runs, 1)) for layer in layers]
    record = _train_in_blocks(many, _spread(rate, runs, 0), task)
    for layer, trained in zip(layers, many):
        layer.W = trained.W.reshape(runs + layer.W.shape[-2:])
        layer.b = trained.b.reshape(runs + layer.b.shape[-1:])
    return Training(*record.reshape((2,) + runs + (-1,)))


@dataclass(frozen=True)
class _Task:
    """무엇을 어떻게 배우는가. orders는 에폭마다 표본을 보는 순서이고, 미니배치가 아니면 None이 epochs개입니다."""

    x: np.ndarray
    t: np.ndarray
    criterion: Callable
    score: Callable
    orders: list
    batch_size: int | None

    def batches(self, order):
        x, t = np.take(self.x.T, order, axis=1).T, np.take(self.t.T, order, axis=1).T
        slices = [slice(k, k + self.batch_size) for k in range(0, len(x), self.batch_size)]
        return [(x[rows], t[rows]) for rows in slices]


def _train_in_blocks(layers, rate, task):
    """신경망들을 캐시에 들어가는 묶음으로 나누어 훈련합니다. 묶음을 어떻게 나누어도 결과는 같습니다."""
    width = max(layer.W.shape[-1] for layer in layers) * (task.batch_size or len(task.x))
    size = max(1, 2**17 // width)
    # glibc는 방금 놓은 메모리를 운영체제에 돌려주었다가 다시 얻느라 두 배 느려지기도 합니다. 그보다 큰 배열을 하나 만들었다
    # 놓으면 그 크기까지는 돌려주지 않고 다시 씁니다(mallopt의 M_TRIM_THRESHOLD). 결과는 달라지지 않습니다.
    np.empty(2**21)
    records = []
    with np.errstate(all="ignore"):
        for block in (slice(k, k + size) for k in range(0, len(rate), size)):
            part = [_with_parameters(layer, layer.W[block], layer.b[block]) for layer in layers]    # 복사가 아닌 뷰
            records.append(_descend(part, rate[block], task))
    return np.concatenate(records, axis=1)


def _descend(layers, rate, task):
    """경사 하강법. 에폭마다의 (손실, 정확도)를 모양 (2, 신경망 수, epochs)로 돌려줍니다."""
    record = np.empty((2, len(rate), len(task.orders)))
    losses, grad = _measure(layers, task.x, task.t, task.criterion)
    for epoch, order in enumerate(task.orders):
        if order is None:
            _step(layers, grad, rate)
        else:
            for x, t in task.batches(order):
                _step(layers, _measure(layers, x, t, task.criterion)[1], rate)
        losses, grad = _measure(layers, task.x, task.t, task.criterion)
        record[0, :, epoch] = losses().sum(axis=-1) / len(task.x)
        record[1, :, epoch] = task.score(layers[-1]._y)
    return record


def _measure(layers, x, t, criterion):
    for layer in layers[:-1]:
        x = layer._forward(x)
    layers[-1]._affine(x)
    return criterion(layers[-1], t)


def _step(layers, grad, rate):
    """로짓에 대한 기울기를 뒤에서 앞으로 보내고 W와 b를 한 걸음 고칩니다. 첫 층의 입력에 대한 기울기는 구하지 않습니다."""
    grad = grad * (rate / grad.shape[-2])[:, np.newaxis, np.newaxis]    # 학습률을 한 번 곱해, 층마다 곱하지 않습니다.
    for k in reversed(range(len(layers))):
        layers[k]._collect(grad)
        if k > 0:
            grad = layers[k - 1]._through_activation(layers[k]._to_input(grad))
    for layer in layers:
        layer.W -= layer.W_grad
        layer.b -= layer.b_grad


def _criterion(loss, activation, t, reduction):
    """(출력층, t) → (표본마다의 손실을 셈하는 함수, 로짓에 대한 기울기)인 함수를 고릅니다."""
    share = _reduction(reduction, t.shape[-1])
    if loss == "mean_squared_error":
        return functools.partial(_squared_error_step, share=share)
    if activation == "sigmoid":
        return functools.partial(_sigmoid_step, share=share)
    if activation != "softmax":
        raise ValueError("loss가 cross_entropy이면 출력층의 activation에는 softmax나 sigmoid가 와야 하는데 "
                         f"{activation}이(가) 왔습니다.")
    if not (np.abs(t.sum(axis=-1) - 1.0) < 1e-6).all():
        raise ValueError("t에는 줄마다 합이 1인 확률이 와야 하는데 합이 1이 아닌 줄이 있습니다.")
    return _softmax_step


# 훈련에는 마지막 자리까지 정확할 필요가 없으므로, 손실과 기울기를 한 번의 지수 계산으로 함께 얻습니다. 미니배치의 손실은 아무도
# 묻지 않으므로, 손실은 물을 때 셈하는 함수로 둡니다.


def _softmax_parts(layer):
    """최댓값을 뺀 로짓, 지수의 합, 확률."""
    z = layer._z - layer._z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    total = e.sum(axis=-1, keepdims=True)
    layer._y = e / total
    return z, total, layer._y


def _softmax_step(layer, t):
    z, total, y = _softmax_parts(layer)
    return lambda: np.log(total[..., 0]) - (t * z).sum(axis=-1), y - t


def _sigmoid_step(layer, t, share):
    z, y = layer._z, layer._activate(layer._z)
    return (lambda: share * (np.maximum(z, 0.0) - t * z + np.log1p(np.exp(-np.abs(z)))).sum(axis=-1),
            share * (y - t))


def _squared_error_step(layer, t, share):
    y = _softmax_parts(layer)[2] if layer.activation == "softmax" else layer._activate(layer._z)
    error = y - t
    return lambda: share * (error * error).sum(axis=-1), layer._through_activation(2.0 * share * error)


def _score(activation, t):
    """출력 y로 정확도를 재는 함수: 하나를 고르는 분류는 가장 큰 출력, 시그모이드는 출력마다 0.5 이상인지를 봅니다."""
    one_of_many = t.shape[-1] > 1 and ((t == 0.0) | (t == 1.0)).all() and (t.sum(axis=-1) == 1.0).all()
    if activation == "softmax" or one_of_many:
        before = np.arange(t.shape[-1]) < t.argmax(axis=-1)[:, np.newaxis]
        return functools.partial(_share_right, t=t, before=np.asfortranarray(before))
    if activation == "sigmoid":
        return lambda y: (((y >= 0.5) == (t >= 0.5)) & ~np.isnan(y)).mean(axis=(-2, -1))
    return lambda y: np.nan


def _share_right(y, t, before):
    """argmax가 정답인 표본의 비율. 정답의 출력이 앞의 것보다 크고 뒤의 것보다 작지 않은지를 봅니다(argmax보다 빠릅니다)."""
    own = (t * y).sum(axis=-1, keepdims=True)
    return np.where(before, y < own, y <= own).all(axis=-1).sum(axis=-1) / len(t)


def _layers_to_train(network):
    _check_network(network)
    for k, layer in enumerate(network.layers, start=1):
        if layer.b.shape[-1] != layer.W.shape[-1]:
            raise ValueError(f"network의 {k}번째 층은 출력이 {layer.W.shape[-1]}개인데 편향은 {layer.b.shape[-1]}개입니다.")
    return Network(network.layers).layers


def _training_inputs(x, layer):
    x = np.asarray(_real("x", x), dtype=np.float64)
    if x.ndim != 2 or len(x) == 0 or x.shape[1] != layer.W.shape[-2]:
        raise ValueError(f"x에는 표본이 하나 이상인 (N, {layer.W.shape[-2]}) 모양이 와야 하는데 모양이 {x.shape}인 것이 왔습니다.")
    return np.asfortranarray(x)


def _training_targets(t, samples, layer, loss):
    """t를 (N, 출력 수) 모양으로 바꿉니다. 정수 레이블은 원-핫이 됩니다."""
    t, units = _real("t", t), layer.W.shape[-1]
    if units == 1 and t.shape == (samples,):
        t = t[:, np.newaxis]
    outputs = np.empty((samples, units))
    return np.asfortranarray(_targets(t, outputs, "출력", labels=units > 1, bounded=loss == "cross_entropy"))


def _learning_rate(value):
    rate = np.asarray(_real("learning_rate", value), dtype=np.float64)
    if rate.size == 0 or not np.isfinite(rate).all() or not (rate > 0.0).all():
        raise ValueError(f"learning_rate에는 0보다 큰 유한한 수가 와야 하는데 {value!r}이(가) 왔습니다.")
    return rate


def _orders(samples, epochs, batch_size, rng):
    epochs, rng = _size("epochs", epochs), _generator(rng)
    if batch_size is None:
        return [None] * epochs
    _size("batch_size", batch_size)
    return [rng.permutation(samples) for _ in range(epochs)]


def _runs(layers, rate):
    """W, b, learning_rate의 앞쪽 축을 맞춘 모양."""
    shapes = [layer.W.shape[:-2] for layer in layers] + [layer.b.shape[:-1] for layer in layers]
    try:
        return np.broadcast_shapes(rate.shape, *shapes)
    except ValueError:
        raise ValueError(f"learning_rate에는 W와 b의 앞쪽 축 {shapes}에 맞는 모양이 와야 하는데 "
                         f"모양이 {rate.shape}인 것이 왔습니다.") from None


def _spread(array, runs, core):
    """앞쪽 축을 runs로 펼친 float64 복사본을 (신경망 수, …) 모양으로. core는 뒤에 남길 축의 수입니다."""
    kept = array.shape[array.ndim - core:]
    return np.array(np.broadcast_to(array, runs + kept), dtype=np.float64, order="C").reshape((-1,) + kept)
