"""훈련의 속도: activations.train을 PyTorch 반복문, JAX의 jit + vmap과 나란히 잽니다.

    python tests/bench/training.py

PyTorch와 JAX는 설치되어 있을 때만 잽니다. 모두 코어 하나, float64, 같은 시작과 같은 학습률이고, 에폭마다 손실과 정확도를
적습니다. 시간은 CPU 시간의 최솟값이어서 다른 프로그램이 함께 돌아도 비교할 수 있습니다. JAX는 컴파일을 마친 뒤부터 잽니다.
"""

import os

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import sys
import time
from pathlib import Path

from rivals import jax, torch  # isort: skip

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import activations as act  # noqa: E402
from lessons.data import load_digits, load_iris, standardized  # noqa: E402

jnp = jax and jax.numpy

LOSSES = ("cross_entropy", "mean_squared_error")


def start(seed, x, t):
    rng = np.random.default_rng(seed)
    return act.Network([act.Dense(16, x.shape[1], init="he_normal", activation="relu", rng=rng),
                        act.Dense(t.max() + 1, 16, init="he_normal", activation="softmax", rng=rng)])


def parameters(network):
    return [array for layer in network.layers for array in (layer.W, layer.b)]


def ours(x, t, rates, seeds, epochs, batch_size):
    def run():
        final = []
        for loss in LOSSES:
            networks = act.Network.stack([start(seed, x, t) for seed in range(seeds)])
            record = act.train(networks, x, t, loss=loss, learning_rate=rates[:, np.newaxis], epochs=epochs, batch_size=batch_size)
            final.append(record.loss[..., -1])
        return np.array(final)

    return run


def torch_loop(x, t, rates, seeds, epochs, batch_size):
    X, labels, one_hot = torch.tensor(x), torch.tensor(t), torch.tensor(np.eye(t.max() + 1)[t])

    def objective(loss, z, rows):
        if loss == "cross_entropy":
            return torch.nn.functional.cross_entropy(z, labels[rows])
        return torch.nn.functional.mse_loss(torch.softmax(z, dim=-1), one_hot[rows])

    def train_one(loss, rate, seed):
        W1, b1, W2, b2 = values = [torch.tensor(array, requires_grad=True) for array in parameters(start(seed, x, t))]
        optimizer, rng = torch.optim.SGD(values, lr=float(rate)), np.random.default_rng(0)

        def logits(rows):
            return torch.relu(X[rows] @ W1 + b1) @ W2 + b2

        def step(rows):
            optimizer.zero_grad()
            z = logits(rows)
            value = objective(loss, z, rows)
            value.backward()
            optimizer.step()
            return z, value

        def record(z, value):
            return value.item(), (z.argmax(dim=-1) == labels).double().mean().item()

        everything = slice(None)
        for _ in range(epochs):
            if batch_size is None:
                record(*step(everything))
            else:
                for rows in torch.tensor(rng.permutation(len(x))).split(batch_size):
                    step(rows)
            with torch.no_grad():
                if batch_size is not None:
                    z = logits(everything)
                    record(z, objective(loss, z, everything))
        with torch.no_grad():
            return objective(loss, logits(everything), everything).item()

    return lambda: np.array([[[train_one(loss, rate, seed) for seed in range(seeds)] for rate in rates] for loss in LOSSES])


def jax_vmap(x, t, rates, seeds, epochs, batch_size):
    X, T = jnp.asarray(x), jnp.asarray(np.eye(t.max() + 1)[t])
    rng = np.random.default_rng(0)
    orders = [rng.permutation(len(x))[:len(x) // batch_size * batch_size].reshape(-1, batch_size) for _ in range(epochs)] if batch_size else []

    def objective(values, x, t, loss):
        W1, b1, W2, b2 = values
        z = jax.nn.relu(x @ W1 + b1) @ W2 + b2
        if loss == "cross_entropy":
            return -(t * jax.nn.log_softmax(z)).sum(-1).mean(), z
        return ((jax.nn.softmax(z) - t) ** 2).mean(), z

    def program(values, rate, loss):
        def step(values, rows):
            x, t = (X, T) if rows is None else (X[rows], T[rows])
            (value, z), grads = jax.value_and_grad(objective, has_aux=True)(values, x, t, loss)
            return [v - rate * g for v, g in zip(values, grads)], (value, z)

        def epoch(values, order):
            values, (value, z) = step(values, None) if order is None else jax.lax.scan(lambda v, r: (step(v, r)[0], (0.0, 0.0)), values, order)
            value, z = (value, z) if order is None else objective(values, X, T, loss)
            return values, (value, (z.argmax(-1) == T.argmax(-1)).mean())

        values, record = jax.lax.scan(epoch, values, jnp.array(orders) if batch_size else None, length=epochs)
        return objective(values, X, T, loss)[0], record

    def many(loss):
        over_seeds = jax.vmap(lambda values, rate: program(values, rate, loss), (0, None))
        return jax.jit(jax.vmap(over_seeds, (None, 0)))

    programs = [many(loss) for loss in LOSSES]
    values = [jnp.array(arrays) for arrays in zip(*(parameters(start(seed, x, t)) for seed in range(seeds)))]
    return lambda: np.array([jax.block_until_ready(program(values, jnp.asarray(rates)))[0] for program in programs])


def products_alone(x, t, rates, seeds, epochs, _):
    """훈련에 꼭 있어야 하는 행렬 곱 다섯 가지만. 같은 BLAS로는 이보다 빠를 수 없습니다."""
    rng, runs, classes = np.random.default_rng(0), len(rates) * seeds, t.max() + 1
    W1, W2 = rng.normal(size=(x.shape[1], runs * 16)), rng.normal(size=(runs, 16, classes))
    hidden, logits_grad = rng.normal(size=(runs, len(x), 16)), rng.normal(size=(runs, len(x), classes))
    hidden_grad = rng.normal(size=(len(x), runs * 16))

    def run():
        for _ in range(len(LOSSES) * epochs):
            x @ W1, hidden @ W2, hidden.mT @ logits_grad, logits_grad @ W2.mT, x.T @ hidden_grad

    return run


def best_time(run, repeats):
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return min(times)


def compare(title, x, t, rates, seeds, epochs, batch_size=None):
    arguments = (x, t, rates, seeds, epochs, batch_size)
    runs = {"activations": ours(*arguments)}
    if torch is not None:
        runs["PyTorch 반복문"] = torch_loop(*arguments)
    if jax is not None:
        runs["JAX jit+vmap"] = jax_vmap(*arguments)
    print(f"\n{title}: 신경망 {2 * len(rates) * seeds}개 × {epochs}에폭")
    reference = runs["activations"]()
    base = best_time(runs["activations"], 5)
    for name, run in runs.items():
        final = run()
        seconds = base if name == "activations" else best_time(run, 1 if "PyTorch" in name else 3)
        gap = np.nanmax(np.abs(final - reference))
        print(f"  {name:<14} {1000 * seconds:10.1f} ms   우리의 {seconds / base:6.2f}배   마지막 손실의 차이 {gap:.0e}")
    if batch_size is None:
        seconds = best_time(products_alone(*arguments), 5)
        print(f"  {'행렬 곱만':<14} {1000 * seconds:10.1f} ms   우리의 {seconds / base:6.2f}배")


def main():
    for name, module in (("PyTorch", torch), ("JAX", jax)):
        print(f"{name} {module.__version__}" if module else f"{name}: 설치되어 있지 않아 재지 않습니다(not installed, skipped).")
    iris, digits = [(standardized(data.x), data.t) for data in (load_iris(), load_digits())]
    rates = np.geomspace(0.01, 1.0, 12)
    compare("붓꽃 4-16-3, 전체 자료", *iris, rates[-1:], 1, 200)
    compare("붓꽃 4-16-3, 전체 자료", *iris, rates, 8, 200)
    compare("숫자 64-16-10, 전체 자료", *digits, rates, 8, 10)
    compare("숫자 64-16-10, 32개씩", *digits, rates, 8, 2, batch_size=32)


if __name__ == "__main__":
    main()
