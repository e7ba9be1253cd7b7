"""mpmath로 셈한 참값과 ULP 오차: 구현과 무관한 정의에서 셈합니다."""

import mpmath as mp
import numpy as np

mp.mp.dps = 60


def _sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def _elu(x, alpha=1):
    return x if x > 0 else alpha * mp.expm1(x)


_SCALE, _ALPHA = mp.mpf("1.0507009873554804934193349852946"), mp.mpf("1.6732632423543772848170429916717")
_C = mp.mpf("0.044715")


def _cdf(x):
    """표준 정규 분포의 누적 함수. |x| > 1000이면 어느 dtype으로도 0이나 1입니다(mpmath는 아주 큰 수의 erfc를 못 셉니다)."""
    return mp.erfc(-max(x, -1000) / mp.sqrt(2)) / 2 if x < 1000 else mp.mpf(1)


def _gelu_grad(x):
    return _cdf(x) + x * mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def _gelu_tanh(x):
    return x * _sigmoid(mp.sqrt(8 / mp.pi) * (x + _C * x**3))


def _gelu_tanh_grad(x):
    s = _sigmoid(mp.sqrt(8 / mp.pi) * (x + _C * x**3))
    return s + x * s * (1 - s) * mp.sqrt(8 / mp.pi) * (1 + 3 * _C * x * x)


def _mish_grad(x):
    t = mp.tanh(mp.log1p(mp.exp(x)))
    return t + x * (1 - t * t) * _sigmoid(x)


EXACT = {
    "identity": lambda x: x, "identity_grad": lambda x: 1,
    "step": lambda x: int(x > 0), "step_grad": lambda x: 0,
    "sigmoid": _sigmoid, "sigmoid_grad": lambda x: _sigmoid(x) * _sigmoid(-x),
    "log_sigmoid": lambda x: -mp.log1p(mp.exp(-x)), "log_sigmoid_grad": lambda x: _sigmoid(-x),
    "tanh": mp.tanh, "tanh_grad": lambda x: mp.sech(x) ** 2,
    "softsign": lambda x: x / (1 + abs(x)), "softsign_grad": lambda x: 1 / (1 + abs(x)) ** 2,
    "softplus": lambda x: mp.log1p(mp.exp(x)), "softplus_grad": _sigmoid,
    "relu": lambda x: max(x, 0), "relu_grad": lambda x: int(x > 0),
    "leaky_relu": lambda x: x if x > 0 else mp.mpf(0.01) * x, "leaky_relu_grad": lambda x: 1 if x > 0 else mp.mpf(0.01),
    "relu6": lambda x: min(max(x, 0), 6), "relu6_grad": lambda x: int(0 < x < 6),
    "elu": _elu, "elu_grad": lambda x: 1 if x > 0 else mp.exp(x),
    "selu": lambda x: _SCALE * _elu(x, _ALPHA), "selu_grad": lambda x: _SCALE * (1 if x > 0 else _ALPHA * mp.exp(x)),
    "gelu": lambda x: x * _cdf(x), "gelu_grad": _gelu_grad, "gelu_tanh": _gelu_tanh, "gelu_tanh_grad": _gelu_tanh_grad,
    "silu": lambda x: x * _sigmoid(x), "silu_grad": lambda x: _sigmoid(x) * (1 + x * _sigmoid(-x)),
    "mish": lambda x: x * mp.tanh(mp.log1p(mp.exp(x))), "mish_grad": _mish_grad,
    "hard_sigmoid": lambda x: min(max(x + 3, 0), 6) / 6, "hard_sigmoid_grad": lambda x: mp.mpf(int(-3 < x < 3)) / 6,
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "hard_swish_grad": lambda x: int(x >= 3) if not -3 < x < 3 else (2 * x + 3) / 6,
}


def grid(dtype, per_decade=6):
    """0, 준정규수, 꼬리, 도함수의 영점 부근, 최댓값까지 두 부호로."""
    info = np.finfo(dtype)
    powers = np.geomspace(float(info.smallest_subnormal), 1e-3, 40)
    middle = np.geomspace(1e-3, 900, 6 * per_decade * 4)
    large = np.geomspace(900, float(info.max) / 2, 20)
    crossings = np.array([0.7517915246935645, 1.1924999, 1.2784645427610738, 1.1924312, 1.5])
    near = (crossings[:, None] + np.linspace(-1e-3, 1e-3, 9)).ravel()
    with np.errstate(over="ignore"):
        x = np.concatenate([powers, middle, large, near, [0.5, 1, 3, 6, float(info.max)]]).astype(dtype)
    x = np.unique(x[np.isfinite(x)])
    return np.concatenate([-x[::-1], [dtype(0)], x])


def exact(name, x):
    """x(배열)마다의 참값(mpf의 목록)."""
    return [mp.mpf(EXACT[name](mp.mpf(float(v)))) for v in x]


def ulp_error(computed, true):
    """참값의 자리에서 센 ULP 오차. 참값이 dtype의 범위를 넘으면 ∞여야 합니다."""
    info = np.finfo(computed.dtype)
    smallest, limit = mp.mpf(float(info.smallest_subnormal)), mp.mpf(float(info.max)) * (1 + mp.mpf(float(info.eps)) / 4)
    errors = np.empty(len(true))
    for k, (got, want) in enumerate(zip(computed, true)):
        if abs(want) >= limit:
            errors[k] = 0 if got == np.sign(float(mp.sign(want))) * np.inf else np.inf
            continue
        exponent = mp.floor(mp.log(abs(want), 2)) if want else mp.mpf(-9999)
        spacing = max(mp.power(2, exponent - info.nmant), smallest)
        errors[k] = abs(mp.mpf(float(got)) - want) / spacing if np.isfinite(got) else np.inf
    return errors
