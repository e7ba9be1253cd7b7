"""08의 실험: 따로 쓴 훈련이 같은 정확도를 내는지, 글이 말하는 결론을 자료가 정말 말하는지."""

from functools import lru_cache

import numpy as np
import pytest

from lessons import ce_vs_mse
from lessons.ce_vs_mse import (LOSSES, RATES, LiveTraining, LossAlongLine, SweepMap, destination, epochs_to, medians,
                               split, starting_network, summary, sweep)

CE, SE = LOSSES


def plain_accuracies(data, scale, loss, rate, seed, epochs):
    """표본을 하나씩 도는 훈련. 기울기는 야코비 행렬까지 곱한 연쇄법칙으로 구합니다."""
    x, t, _, _ = split(data)
    (V, c), (W, b) = [(layer.W.copy(), layer.b.copy()) for layer in starting_network(data, scale, seed).layers]
    rng, accuracies = np.random.default_rng(0), []

    def forward(row):
        h = np.maximum(row @ V + c, 0)
        e = np.exp(h @ W + b - (h @ W + b).max())
        return h, e / e.sum()

    for _ in range(epochs):
        order = rng.permutation(len(x))
        for rows in np.split(order, range(32, len(x), 32)):
            dV, dc, dW, db = (np.zeros_like(each) for each in (V, c, W, b))
            for k in rows:
                h, p = forward(x[k])
                target = np.arange(len(p)) == t[k]
                g = p - target if loss == CE else (np.diag(p) - np.outer(p, p)) @ (2 * (p - target))
                back = (W @ g) * (h > 0)
                dV, dc, dW, db = dV + np.outer(x[k], back), dc + back, dW + np.outer(h, g), db + g
            V, c = V - rate * dV / len(rows), c - rate * dc / len(rows)
            W, b = W - rate * dW / len(rows), b - rate * db / len(rows)
        accuracies.append(np.mean([forward(row)[1].argmax() == label for row, label in zip(x, t)]))
    return accuracies


@pytest.mark.parametrize("data, scale, loss, rate, seed, epochs", [
    ("iris", 1, CE, 0.3, 0, 20), ("iris", 1, SE, 1.0, 7, 20), ("iris", 20, CE, 0.1, 3, 10), ("iris", 20, SE, 0.1, 2, 10),
    ("digits", 1, CE, 0.1, 1, 5), ("digits", 1, SE, 0.3, 5, 5), ("digits", 20, CE, 0.03, 4, 3)])
def test_plain_loops_reach_the_very_same_accuracies(data, scale, loss, rate, seed, epochs):
    record = sweep(data, scale, loss)[0].accuracy[np.flatnonzero(RATES == rate)[0], seed]
    assert record[:epochs].tolist() == plain_accuracies(data, scale, loss, rate, seed, epochs)


@pytest.mark.parametrize("data, scale, loss, low, high", [
    ("iris", 1, CE, 5, 8), ("iris", 1, SE, 5, 9), ("digits", 1, CE, 1.5, 3), ("digits", 1, SE, 1.5, 3),
    ("iris", 20, CE, 4, 7), ("digits", 20, CE, 3, 8), ("iris", 20, SE, 30, np.inf), ("digits", 20, SE, np.inf, np.inf)])
def test_best_rates_say_what_the_lesson_says(data, scale, loss, low, high):
    """커리큘럼의 수와 시드의 흔들림 안에서 맞습니다: 보통의 출발에서는 비기고, 자신 있게 틀린 출발에서는 교차 엔트로피만 배웁니다."""
    assert low <= medians(data, scale, loss).min() <= high


def test_one_equal_rate_misleads():
    at = np.flatnonzero(RATES == 0.1)[0]
    assert medians("digits", 1, SE)[at] >= 2 * medians("digits", 1, CE)[at]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("data, scale", [("iris", 1), ("digits", 1), ("iris", 20), ("digits", 20)])
def test_printed_numbers_do_not_hang_on_last_bits(data, scale, loss, monkeypatch):
    """다른 컴퓨터에서는 반올림이 달라 훈련이 조금씩 갈립니다. 출발점의 마지막 비트를 흔들어도 노트북이 적는 것은 같아야 합니다."""
    def printed():
        best = medians(data, scale, loss).argmin()
        epochs = np.sort(epochs_to(ce_vs_mse.sweep(data, scale, loss)[0].accuracy)[best])
        return summary(data, scale, loss), epochs.tolist() if scale == 1 else None

    def nudged(data, scale, seed):
        network, rng = starting_network(data, scale, seed), np.random.default_rng(seed)
        for layer in network.layers:
            layer.W = np.nextafter(layer.W, rng.choice([-np.inf, np.inf], layer.W.shape))
        return network

    before = printed()
    monkeypatch.setattr(ce_vs_mse, "starting_network", nudged)
    monkeypatch.setattr(ce_vs_mse, "sweep", lru_cache(sweep.__wrapped__))
    assert printed() == before
    assert not np.array_equal(ce_vs_mse.sweep(data, scale, loss)[0].loss, sweep(data, scale, loss)[0].loss)    # 정말 흔들렸습니다.


def test_runs_that_never_arrive_are_counted():
    accuracy = np.array([[0.2, 0.95, 0.9], [0.1, 0.2, 0.94], [0.96, 0.1, 0.1]])
    assert epochs_to(accuracy).tolist() == [2, np.inf, 1]
    panel = SweepMap(data="digits", scale=20)
    for loss in LOSSES:
        counted = [int(text.get_text() or 0) for text in panel.counts[loss]]
        arrived = (sweep("digits", 20, loss)[0].accuracy >= 0.95).any(axis=-1)
        assert counted == (8 - arrived.sum(axis=-1)).tolist()


def test_map_moves_with_the_goal():
    panel = SweepMap(goal=0.9)
    for loss in LOSSES:
        reached = sweep("iris", 1, loss)[0].accuracy >= 0.9
        needed = np.sort(np.where(reached.any(-1), reached.argmax(-1) + 1, np.inf), axis=-1)
        middle = (needed[:, 3] + needed[:, 4]) / 2
        rates, shown = panel.lines[loss].get_data()
        assert rates.tolist() == RATES[np.isfinite(middle)].tolist() and shown.tolist() == middle[np.isfinite(middle)].tolist()
        assert sorted(panel.dots[loss].get_ydata()) == sorted(needed[np.isfinite(needed)])
        assert [int(text.get_text() or 0) for text in panel.counts[loss]] == np.isinf(needed).sum(axis=-1).tolist()


@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_live_training_is_the_sweep_at_that_rate(scale):
    panel = LiveTraining(rate=0.1, scale=scale)
    for loss in LOSSES:
        record = sweep("iris", int(scale), loss)[0].accuracy[2, :, :panel.epochs]
        curves = panel.lines[loss].get_xydata().reshape(len(record), panel.epochs + 1, 2)   # 곡선마다 NaN으로 끊깁니다.
        assert np.array_equal(curves[:, :-1, 1], record) and np.isnan(curves[:, -1, 0]).all()
        assert (curves[:, :-1, 0] == np.arange(1, panel.epochs + 1)).all()
        assert np.array_equal(panel.medians[loss].get_ydata(), np.median(record, axis=0))


@pytest.mark.parametrize("scale, position", [(1.0, 0.0), (20.0, 0.5), (30.0, 1.2)])
def test_losses_along_the_line_are_those_of_the_moved_weights(scale, position):
    x, t, _, _ = split("iris")
    start, end = starting_network("iris", scale, 0), destination()

    def losses(s):
        (V, c), (W, b) = [(p.W + s * (q.W - p.W), p.b + s * (q.b - p.b)) for p, q in zip(start.layers, end.layers)]
        z = np.maximum(x @ V + c, 0) @ W + b
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(t)), t]).mean(), ((p - np.eye(3)[t]) ** 2).sum(axis=1).mean()

    shown = [point.get_ydata()[0] for point in LossAlongLine(scale=scale, position=position).points]
    assert shown == pytest.approx(np.divide(losses(position), losses(0.0)), rel=1e-9)
