"""가장 큰 ULP 오차의 표: 우리 함수, SciPy, 그리고 설치되어 있으면 PyTorch와 JAX.

    python tests/bench/accuracy.py

z는 참값이 보통의 수인데 0을 돌려준 곳이 있다는 뜻이고, !는 ±∞에서 극한값이 아니라는 뜻입니다.
도함수는 영점에서 0.05보다 먼 곳만 셉니다(영점 곁의 절대 오차는 test_activations.py가 지킵니다).
"""

import sys
from pathlib import Path

from rivals import jax, torch  # isort: skip

import numpy as np
import scipy.special

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

import activations as act  # noqa: E402
import exact  # noqa: E402
from test_activations import CROSSINGS, LIMITS, exact_rows, rows  # noqa: E402

F = torch and torch.nn.functional


def with_torch(function):
    return lambda x: function(torch.from_numpy(np.array(x))).numpy()


def with_torch_grad(function):
    def derivative(x):
        leaf = torch.from_numpy(np.array(x)).requires_grad_()
        return torch.autograd.grad(function(leaf).sum(), leaf)[0].numpy()
    return derivative


def with_jax(function):
    return lambda x: np.asarray(function(jax.numpy.asarray(x)))


def with_jax_grad(function):
    return lambda x: np.asarray(jax.vmap(jax.grad(function))(jax.numpy.asarray(x)))


def others():
    """라이브러리 → 이름 → 함수."""
    libraries = {"scipy": {"sigmoid": scipy.special.expit, "log_sigmoid": scipy.special.log_expit,
                           "softmax": scipy.special.softmax, "log_softmax": scipy.special.log_softmax}}
    if torch:
        plain = {"sigmoid": torch.sigmoid, "log_sigmoid": F.logsigmoid, "tanh": torch.tanh, "softsign": F.softsign,
                 "softplus": F.softplus, "elu": F.elu, "selu": F.selu, "gelu": F.gelu, "silu": F.silu, "mish": F.mish,
                 "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "hard_sigmoid": F.hardsigmoid,
                 "hard_swish": F.hardswish}
        libraries["torch"] = {**{name: with_torch(f) for name, f in plain.items()},
                              **{name + "_grad": with_torch_grad(f) for name, f in plain.items()},
                              "softmax": with_torch(lambda z: torch.softmax(z, -1)),
                              "log_softmax": with_torch(lambda z: torch.log_softmax(z, -1))}
    if jax:
        nn = jax.nn
        plain = {"sigmoid": nn.sigmoid, "log_sigmoid": nn.log_sigmoid, "tanh": jax.numpy.tanh, "softsign": nn.soft_sign,
                 "softplus": nn.softplus, "elu": nn.elu, "selu": nn.selu, "silu": nn.silu, "mish": nn.mish,
                 "gelu": lambda x: nn.gelu(x, approximate=False), "gelu_tanh": nn.gelu, "hard_sigmoid": nn.hard_sigmoid,
                 "hard_swish": nn.hard_swish}
        libraries["jax"] = {**{name: with_jax(f) for name, f in plain.items()},
                            **{name + "_grad": with_jax_grad(f) for name, f in plain.items()},
                            "softmax": with_jax(nn.softmax), "log_softmax": with_jax(nn.log_softmax)}
    return libraries


def elementwise_error(name, function, x, true):
    """'가장 큰 오차'와 z, ! 표시."""
    y = np.asarray(function(x))
    far = np.abs(x.astype(float) - CROSSINGS.get(name, np.inf)) >= 0.05
    smallest = float(np.finfo(x.dtype).tiny)
    lost = any(got == 0 and abs(want) >= smallest for got, want in zip(y, true))
    ends = np.asarray(function(np.array([-np.inf, np.inf], x.dtype)))
    wrong = not np.array_equal(ends, np.array(LIMITS[name], x.dtype))
    return f"{exact.ulp_error(y, true)[far].max():.2g}{' z' if lost else ''}{'!' if wrong else ''}"


def row_error(function, dtype, which):
    cases = [(z, exact_rows(z)[which]) for seed in range(30) for z, _ in rows(dtype, seed)]
    return f"{max(exact.ulp_error(np.asarray(function(z)), true).max() for z, true in cases):.2g}"


def main():
    libraries = {"ours": {name: getattr(act, name) for name in [*exact.EXACT, "softmax", "log_softmax"]}, **others()}
    for dtype in (np.float64, np.float32):
        print(f"\n{dtype.__name__:20}" + "".join(f"{library:>14}" for library in libraries))
        x = exact.grid(dtype, per_decade=60)
        for name in [*exact.EXACT, "softmax", "log_softmax"]:
            true = exact.exact(name, x) if name in exact.EXACT else None
            cells = [("–" if name not in table else
                      elementwise_error(name, table[name], x, true) if true else
                      row_error(table[name], dtype, name == "log_softmax")) for table in libraries.values()]
            print(f"{name:20}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


if __name__ == "__main__":
    with np.errstate(all="ignore"):
        main()
