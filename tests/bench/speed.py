"""함수의 속도: SciPy, PyTorch, JAX와의 비(우리 시간 ÷ 그쪽 시간)를 한 번의 실행에서 나란히 잽니다. 1보다 작으면 우리가 빠릅니다.

    python tests/bench/speed.py

코어 하나, float64입니다. 번갈아 여러 번 잰 CPU 시간의 최솟값이어서, 다른 프로그램이 함께 돌아도 비교할 수 있습니다.
"""

import sys
import time
import timeit
from pathlib import Path

from rivals import jax, torch  # isort: skip

import numpy as np
import scipy.special

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import activations as act  # noqa: E402

F = torch and torch.nn.functional

NAMES = ("sigmoid", "log_sigmoid", "tanh", "softsign", "softplus", "relu", "leaky_relu", "relu6", "elu", "selu", "gelu",
         "gelu_tanh", "silu", "mish", "hard_sigmoid", "hard_swish")
ROWS = ("softmax", "log_softmax", "logsumexp")


def rivals():
    """라이브러리 → (배열을 그쪽 것으로 바꾸는 함수, 이름 → 함수)."""
    special = scipy.special
    found = {"scipy": (np.asarray, {"sigmoid": special.expit, "log_sigmoid": special.log_expit,
                                    **{name: (lambda f: lambda z: f(z, axis=-1))(getattr(special, name)) for name in ROWS}})}
    if torch:
        names = {"log_sigmoid": F.logsigmoid, "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
                 "hard_sigmoid": F.hardsigmoid, "hard_swish": F.hardswish, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
                 **{name: (lambda f: lambda z: f(z, -1))(getattr(torch, name)) for name in ROWS}}
        found["torch"] = (torch.from_numpy, {name: names.get(name) or getattr(F, name) for name in NAMES + ROWS})
    if jax:
        nn = jax.nn
        names = {"softsign": nn.soft_sign, "gelu": lambda x: nn.gelu(x, approximate=False), "gelu_tanh": nn.gelu,
                 "tanh": jax.numpy.tanh}
        jitted = {name: jax.jit(names.get(name) or getattr(nn, name)) for name in NAMES + ROWS}
        found["jax"] = (jax.numpy.asarray, {name: (lambda f: lambda x: f(x).block_until_ready())(f)
                                            for name, f in jitted.items()})
    return found


def best(functions, argument_lists):
    """함수마다 번갈아 재어, 가장 짧은 시간의 목록."""
    timers = [timeit.Timer(lambda f=f, a=a: f(a), timer=time.process_time) for f, a in zip(functions, argument_lists)]
    loops = [max(1, int(0.004 / max(timer.timeit(1), timer.timeit(1), 1e-7))) for timer in timers]
    return np.min([[timer.timeit(loop) / loop for timer, loop in zip(timers, loops)] for _ in range(25)], axis=0)


def table(title, names, x, found):
    print(f"\n{title:26}{'ours (ms)':>10}" + "".join(f"{'/ ' + library:>10}" for library in found))
    ratios = {library: [] for library in found}
    for name in names:
        there = [library for library in found if name in found[library][1]]
        times = best([getattr(act, name), *(found[library][1][name] for library in there)],
                     [x, *(found[library][0](x) for library in there)])
        row = dict(zip(there, times[0] / times[1:]))
        for library, ratio in row.items():
            ratios[library].append(ratio)
        cells = "".join(f"{row[library]:10.2f}" if library in row else f"{'–':>10}" for library in found)
        print(f"{name:26}{times[0] * 1e3:10.3f}{cells}", flush=True)
    means = "".join(f"{np.exp(np.mean(np.log(ratios[library]))):10.2f}" for library in found)
    print(f"{'geometric mean':36}{means}")


if __name__ == "__main__":
    rng, found = np.random.default_rng(0), rivals()
    table("elementwise, n = 1,000", NAMES, rng.normal(size=1_000) * 3, found)
    table("elementwise, n = 1,000,000", NAMES, rng.normal(size=1_000_000) * 3, found)
    table("rows, 1,000 × 1,000", ROWS, rng.normal(size=(1_000, 1_000)), found)
    table("rows, 100,000 × 10", ROWS, rng.normal(size=(100_000, 10)), found)
