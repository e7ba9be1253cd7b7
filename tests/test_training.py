"""층, 신경망, 훈련, 자료: 차분, 평범한 반복문, 출처에서 확인한 값과 견줍니다."""

import hashlib
import math
import warnings

import numpy as np
import pytest

import activations as act
from lessons.data import FOLDER, load_digits, load_iris

NAMES = [*act.ACTIVATIONS, "softmax"]


@pytest.fixture(autouse=True)
def no_warning():
    """어떤 입력에도 경고를 내지 않습니다."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


def network(*sizes, hidden="tanh", output="softmax", seed=0, init="glorot_normal"):
    rng = np.random.default_rng(seed)
    kinds = [hidden] * (len(sizes) - 2) + [output]
    return act.Network([act.Dense(units, inputs, init=init, activation=kind, rng=rng)
                        for inputs, units, kind in zip(sizes, sizes[1:], kinds)])


def parameters(net):
    return [array for layer in net.layers for array in (layer.W, layer.b)]


def iris():
    data = load_iris()
    return (data.x - data.x.mean(axis=0)) / data.x.std(axis=0), data.t


# ── 초기화 ──


BOUNDS = {"uniform": 0.05, "glorot_uniform": math.sqrt(6 / 700), "he_uniform": math.sqrt(6 / 300)}
DEVIATIONS = {"normal": 0.05, "glorot_normal": math.sqrt(2 / 700), "he_normal": math.sqrt(2 / 300)}


@pytest.mark.parametrize("init", BOUNDS)
def test_uniform_initialisers_fill_their_interval(init):
    W = act.initialize(init, (300, 400), np.random.default_rng(1))
    bound = BOUNDS[init]
    assert W.shape == (300, 400) and W.dtype == np.float64
    assert 0.999 * bound < np.abs(W).max() <= bound
    assert abs(W.mean()) < 0.01 * bound and W.var() == pytest.approx(bound**2 / 3, rel=0.01)


@pytest.mark.parametrize("init", DEVIATIONS)
def test_normal_initialisers_have_their_deviation_and_tails(init):
    W = act.initialize(init, (300, 400), np.random.default_rng(1)) / DEVIATIONS[init]
    assert abs(W.mean()) < 0.01 and W.std() == pytest.approx(1.0, rel=0.01)
    assert np.mean(np.abs(W) < 1.0) == pytest.approx(0.6827, abs=0.005) and np.abs(W).max() > 4.0


def test_initialisers_are_exactly_the_promised_ones_and_repeat_with_the_seed():
    assert set(act.INITIALIZERS) == {"zeros"} | set(BOUNDS) | set(DEVIATIONS)
    assert not act.initialize("zeros", (2, 3), None).any()
    first, again, other = (act.initialize("normal", (5, 2, 3), np.random.default_rng(k)) for k in (4, 4, 5))
    assert first.shape == (5, 2, 3) and np.array_equal(first, again) and not np.array_equal(first, other)


# ── 층 ──


def test_the_line_of_the_source_runs_and_counts_40_parameters():
    layer = act.Dense(8, input_dim=4, init='uniform', activation='relu')
    assert layer.W.shape == (4, 8) and layer.b.shape == (8,) and layer.parameter_count == 40
    assert not layer.b.any() and np.abs(layer.W).max() <= 0.05
    x = np.array([5.1, 3.5, 1.4, 0.2])
    by_hand = [max(0.0, sum(x[i] * layer.W[i, j] for i in range(4))) for j in range(8)]
    assert layer(x).shape == (8,) and layer(x) == pytest.approx(by_hand, rel=1e-13)


@pytest.mark.parametrize("shape", [(4,), (5, 4), (2, 5, 4), (0, 4)])
def test_one_layer_takes_samples_in_any_shape(shape):
    layer = act.Dense(3, 4, activation="softmax")
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    before = x.copy()
    y = layer(x)
    assert y.shape == shape[:-1] + (3,) and y.dtype == np.float64 and np.array_equal(x, before)
    assert np.allclose(y.sum(axis=-1), 1.0, atol=1e-15)
    assert layer.backward(np.ones(y.shape)).shape == shape
    assert layer.W_grad.shape == (4, 3) and layer.b_grad.shape == (3,)


KINKS = np.array([-3.0, 0.0, 3.0, 6.0])


def away_from_kinks(*sizes, hidden, output):
    """모든 로짓이 꺾인 점에서 0.02 넘게 떨어진 신경망과 자료: 거기서는 차분이 도함수와 같습니다."""
    for seed in range(100):
        net = network(*sizes, hidden=hidden, output=output, seed=seed, init="normal")
        rng = np.random.default_rng(seed)
        for array in parameters(net):
            array[...] = rng.normal(size=array.shape)
        x = rng.normal(size=(5, sizes[0]))
        logits = [act.Network(net.layers[:k + 1]).logits(x) for k in range(len(net.layers))]
        if min(np.abs(z[..., np.newaxis] - KINKS).min() for z in logits) > 0.02:
            return net, x
    raise AssertionError("꺾인 점에서 떨어진 자료를 찾지 못했습니다.")


def difference(function, array, h=1e-3):
    """array의 원소마다 다섯 점 차분(오차는 h⁴에 비례)."""
    slope = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        kept, values = array[index], []
        for k in (-2, -1, 1, 2):
            array[index] = kept + k * h
            values.append(function())
        array[index] = kept
        slope[index] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
    return slope


def assert_backward_agrees(net, x, mean_loss, grad):
    x_grad = net.backward(grad(net(x)))
    found = [x_grad] + [array for layer in net.layers for array in (layer.W_grad, layer.b_grad)]
    found = [array.copy() for array in found]
    for ours, array in zip(found, [x] + parameters(net)):
        truth = difference(lambda: mean_loss(net(x)), array)
        assert np.abs(ours - truth).max() <= 1e-9 * max(1.0, np.abs(truth).max())


LABELS = np.array([0, 2, 1, 2, 0])
TARGETS = {"mean_squared_error": np.random.default_rng(9).normal(size=(5, 3)), "cross_entropy": LABELS,
           "binary_cross_entropy": np.eye(3)[LABELS]}


def losses_of(output):
    kinds = ["mean_squared_error"]
    kinds += ["cross_entropy"] if output == "softmax" else []
    return kinds + (["binary_cross_entropy"] if output in ("sigmoid", "softmax") else [])


@pytest.mark.parametrize("output, loss", [(output, loss) for output in ("softmax", "sigmoid", "linear")
                                          for loss in losses_of(output)])
@pytest.mark.parametrize("hidden", NAMES)
def test_backward_through_every_hidden_activation_equals_differences(hidden, output, loss):
    net, x = away_from_kinks(2, 4, 3, hidden=hidden, output=output)
    value, grad, t = getattr(act, loss), getattr(act, loss + "_grad"), TARGETS[loss]
    size = 15 if loss == "binary_cross_entropy" else 5
    assert_backward_agrees(net, x, lambda y: value(y, t).mean(), lambda y: grad(y, t) / size)


@pytest.mark.parametrize("output", NAMES)
def test_backward_through_every_output_activation_equals_differences(output):
    net, x = away_from_kinks(2, 3, 3, hidden="tanh", output=output)
    t = TARGETS["mean_squared_error"]
    assert_backward_agrees(net, x, lambda y: act.mean_squared_error(y, t).mean(),
                           lambda y: act.mean_squared_error_grad(y, t) / 5)


def test_backward_of_the_logit_losses_equals_differences():
    """softmax_cross_entropy와 sigmoid_cross_entropy는 linear 출력층 위에서 곧바로 로짓을 받습니다."""
    net, x = away_from_kinks(2, 4, 3, hidden="gelu", output="linear")
    for name, t, size in (("softmax_cross_entropy", LABELS, 5), ("softmax_mean_squared_error", LABELS, 5),
                          ("sigmoid_cross_entropy", np.eye(3)[LABELS], 15)):
        value, grad = getattr(act, name), getattr(act, name + "_grad")
        assert_backward_agrees(net, x, lambda y: value(y, t).mean(), lambda y: grad(y, t) / size)


def test_changing_an_output_does_not_disturb_the_backward_pass():
    """`y -= one_hot`처럼 출력을 고쳐 쓰는 학습자의 코드가 층의 기억을 망가뜨리지 않습니다."""
    x, t = iris()
    for output in ("softmax", "linear"):
        first, second = network(4, 5, 3, output=output), network(4, 5, 3, output=output)
        grad = first(x) - np.eye(3)[t]
        y = second(x)
        y -= np.eye(3)[t]
        assert np.array_equal(first.backward(grad), second.backward(y))


def test_backward_of_a_stack_gives_each_network_its_own_gradients():
    nets, x = [network(4, 5, 3, seed=seed) for seed in range(3)], iris()[0][::10]
    stack = act.Network.stack(nets)
    grad = np.random.default_rng(0).normal(size=(3, 15, 3))
    x_grad = (stack(x), stack.backward(grad))[1]
    for k, net in enumerate(nets):
        net(x)
        assert np.array_equal(net.backward(grad[k]), x_grad[k])
        for one, many in zip(net.layers, stack.layers):
            assert np.array_equal(one.W_grad, many.W_grad[k]) and np.array_equal(one.b_grad, many.b_grad[k])


# ── 신경망 ──


@pytest.mark.parametrize("runs", [(), (3,)])
def test_collapse_equals_the_stack(runs):
    rng = np.random.default_rng(0)
    nets = [network(4, 7, 2, 6, 3, hidden="linear", output="linear", seed=seed) for seed in range(3)]
    for array in (array for net in nets for array in parameters(net)):
        array[...] = rng.normal(size=array.shape)
    net = act.Network.stack(nets) if runs else nets[0]
    before, x = [array.copy() for array in parameters(net)], rng.normal(size=(50, 4))
    single = act.collapse(net)
    assert isinstance(single, act.Dense) and single.activation == "linear" and single.W.shape == runs + (4, 3)
    assert np.abs(single(x) - net(x)).max() <= 1e-12 * np.abs(net(x)).max()
    assert np.array_equal(act.collapse(net.layers).W, single.W)
    single.W[...], single.b[...] = 0.0, 0.0
    assert all(np.array_equal(a, b) for a, b in zip(before, parameters(net)))


def test_collapse_of_one_layer_is_a_copy_and_a_nonlinear_layer_is_named():
    layer = act.Dense(2, 3)
    copy = act.collapse([layer])
    copy.W[...] = 0.0
    assert layer.W.any()
    with pytest.raises(ValueError, match="2번째 층.*relu"):
        act.collapse([act.Dense(3, 2), act.Dense(4, 3, activation="relu"), act.Dense(1, 4)])


def test_logits_are_the_output_before_its_activation():
    net, x = network(4, 5, 3), iris()[0]
    z = net.logits(x)
    assert np.array_equal(net(x), act.softmax(z))
    assert net.parameter_count == 4 * 5 + 5 + 5 * 3 + 3


def test_run_takes_one_network_out_of_the_stack():
    nets = [network(4, 5, 3, seed=seed) for seed in range(3)]
    stack, x = act.Network.stack(nets), iris()[0]
    taken = stack.run(1)
    assert np.array_equal(taken(x), nets[1](x)) and np.array_equal(stack(x)[1], nets[1](x))
    taken.layers[0].W[...] = 0.0
    assert stack.layers[0].W[1].any() and nets[1].layers[0].W.any()


# ── 훈련: 다른 방법으로 쓴 훈련과 같은가 ──


def plain_training(net, x, t, *, output, loss, rate, orders, batch_size, total):
    """표본 하나, 뉴런 하나씩 도는 반복문. tanh 은닉층 하나. t는 (N, K) 목표. 에폭마다의 평균 손실을 돌려줍니다."""
    (V, c), (W, b) = [(layer.W.tolist(), layer.b.tolist()) for layer in net.layers]
    D, H, K = len(V), len(W), len(b)

    def forward(row):
        h = [math.tanh(sum(row[i] * V[i][j] for i in range(D)) + c[j]) for j in range(H)]
        z = [sum(h[j] * W[j][k] for j in range(H)) + b[k] for k in range(K)]
        if output == "softmax":
            e = [math.exp(v) for v in z]
            return h, [v / sum(e) for v in e]
        return h, [1 / (1 + math.exp(-v)) for v in z] if output == "sigmoid" else z

    def cost(y, target):
        if loss == "mean_squared_error":
            return sum((a - s) ** 2 for a, s in zip(y, target)) / (1 if total else K)
        if output == "softmax":
            return -sum(s * math.log(a) for a, s in zip(y, target))
        surprise = [-(s * math.log(a) + (1 - s) * math.log(1 - a)) for a, s in zip(y, target)]
        return sum(surprise) / (1 if total else K)

    def by_logit(y, target):
        if loss == "cross_entropy":
            return [(a - s) / (1 if total or output == "softmax" else K) for a, s in zip(y, target)]
        g = [2 * (a - s) / (1 if total else K) for a, s in zip(y, target)]
        if output == "softmax":
            return [sum(g[m] * y[m] * ((m == k) - y[k]) for m in range(K)) for k in range(K)]
        return [g[k] * y[k] * (1 - y[k]) for k in range(K)] if output == "sigmoid" else g

    history = []
    for order in orders:
        for start in range(0, len(order), batch_size):
            rows = order[start:start + batch_size]
            dV, dc = [[0.0] * H for _ in range(D)], [0.0] * H
            dW, db = [[0.0] * K for _ in range(H)], [0.0] * K
            for n in rows:
                h, y = forward(x[n])
                g = by_logit(y, t[n])
                for j in range(H):
                    back = sum(W[j][k] * g[k] for k in range(K)) * (1 - h[j] ** 2)
                    dc[j] += back / len(rows)
                    for i in range(D):
                        dV[i][j] += back * x[n][i] / len(rows)
                    for k in range(K):
                        dW[j][k] += g[k] * h[j] / len(rows)
                for k in range(K):
                    db[k] += g[k] / len(rows)
            V = [[v - rate * d for v, d in zip(*pair)] for pair in zip(V, dV)]
            W = [[v - rate * d for v, d in zip(*pair)] for pair in zip(W, dW)]
            c, b = [v - rate * d for v, d in zip(c, dc)], [v - rate * d for v, d in zip(b, db)]
        history.append(sum(cost(forward(row)[1], target) for row, target in zip(x, t)) / len(x))
    return history, V, c, W, b


REGRESSION = np.random.default_rng(3).normal(size=(150, 3))


@pytest.mark.parametrize("batch_size", [None, 32])
@pytest.mark.parametrize("output, loss, reduction", [
    ("softmax", "cross_entropy", "mean"),
    ("sigmoid", "cross_entropy", "mean"), ("sigmoid", "cross_entropy", "sum"),
    ("softmax", "mean_squared_error", "mean"), ("softmax", "mean_squared_error", "sum"),
    ("sigmoid", "mean_squared_error", "mean"), ("linear", "mean_squared_error", "mean"),
    ("linear", "mean_squared_error", "sum")])
def test_train_equals_plain_loops(output, loss, reduction, batch_size):
    """손실, 출력층, 미니배치마다: 표본을 하나씩 도는 반복문과 같은 가중치에 이릅니다(섞는 순서는 rng.permutation)."""
    x, labels = iris()
    t = REGRESSION if output == "linear" else labels
    goal = t if t.ndim == 2 else np.eye(3)[t]
    net, same = network(4, 5, 3, output=output, seed=2), network(4, 5, 3, output=output, seed=2)
    record = act.train(net, x, t, loss=loss, learning_rate=0.3, epochs=3, batch_size=batch_size,
                       rng=np.random.default_rng(7), reduction=reduction)
    rng = np.random.default_rng(7)
    orders = [rng.permutation(150).tolist() if batch_size else list(range(150)) for _ in range(3)]
    history, *expected = plain_training(same, x.tolist(), goal.tolist(), output=output, loss=loss, rate=0.3,
                                        orders=orders, batch_size=batch_size or 150, total=reduction == "sum")
    assert record.loss.shape == record.accuracy.shape == (3,)
    assert record.loss == pytest.approx(history, rel=1e-11)
    for ours, theirs in zip(parameters(net), expected):
        assert np.allclose(ours, theirs, rtol=1e-9, atol=1e-13)


def test_the_record_ends_with_the_trained_network():
    x, t = iris()
    net = network(4, 8, 3, hidden="relu")
    start = net(x).copy()
    record = act.train(net, x, t, loss="cross_entropy", learning_rate=0.5, epochs=60)
    assert not np.array_equal(net(x), start)
    assert record.loss[-1] == pytest.approx(act.softmax_cross_entropy(net.logits(x), t).mean(), rel=1e-12)
    assert record.accuracy[-1] == np.mean(net(x).argmax(axis=-1) == t) > 0.95
    assert (np.diff(record.loss) < 0).all()


def test_one_hot_targets_train_like_labels():
    x, t = iris()
    first, second = network(4, 5, 3), network(4, 5, 3)
    a = act.train(first, x, t, loss="mean_squared_error", learning_rate=0.5, epochs=5)
    b = act.train(second, x, np.eye(3)[t], loss="mean_squared_error", learning_rate=0.5, epochs=5)
    assert np.array_equal(a.loss, b.loss) and np.array_equal(a.accuracy, b.accuracy)


def test_accuracy_of_binary_multilabel_and_regression():
    """시그모이드 하나는 0.5를 경계로, 여럿이면 출력마다 세고, 회귀에는 정확도가 없습니다."""
    x, t = iris()
    binary = network(4, 1, output="sigmoid")
    record = act.train(binary, x, t == 0, loss="cross_entropy", learning_rate=1.0, epochs=20)
    assert record.accuracy[-1] == np.mean((binary(x)[:, 0] >= 0.5) == (t == 0)) == 1.0
    tags = np.stack([x[:, 0] > 0, x[:, 2] > 0], axis=1).astype(int)
    several = network(4, 2, output="sigmoid")
    record = act.train(several, x, tags, loss="cross_entropy", learning_rate=1.0, epochs=20)
    assert record.accuracy[-1] == np.mean((several(x) >= 0.5) == tags) > 0.9
    line = network(3, 1, output="linear")
    record = act.train(line, x[:, :3], x[:, 3], loss="mean_squared_error", learning_rate=0.1, epochs=2000)
    best = np.linalg.lstsq(np.c_[x[:, :3], np.ones(150)], x[:, 3], rcond=None)[0]
    assert np.isnan(record.accuracy).all() and line.layers[0].W[:, 0] == pytest.approx(best[:3], abs=1e-6)


def test_zero_start_scores_like_argmax_of_equal_outputs():
    """모든 출력이 같으면 argmax는 첫 클래스이므로 정확도는 1/3이지 1이 아닙니다."""
    x, t = iris()
    net = network(4, 3, init="zeros")
    record = act.train(net, x, t, loss="cross_entropy", learning_rate=1e-300, epochs=1)
    assert record.accuracy == pytest.approx([1 / 3])


# ── 훈련: 여럿을 한꺼번에 ──


@pytest.mark.parametrize("batch_size", [None, 32, 7])
@pytest.mark.parametrize("sizes, output, loss", [
    ((4, 16, 3), "softmax", "cross_entropy"), ((4, 16, 3), "softmax", "mean_squared_error"),
    ((4, 1), "sigmoid", "cross_entropy"), ((4, 7, 5, 3), "sigmoid", "mean_squared_error")])
def test_run_k_alone_equals_run_k_among_many(sizes, output, loss, batch_size):
    """한꺼번에 훈련해도 비트까지 같습니다: 캐시에 맞춘 묶음의 경계를 넘어서도, 시작과 학습률이 달라도."""
    x, t = iris()
    t = t if sizes[-1] == 3 else t == 0
    rates = np.geomspace(0.01, 3.0, 7)
    setting = dict(loss=loss, epochs=4, batch_size=batch_size)
    many = act.Network.stack([network(*sizes, hidden="relu", output=output, seed=seed) for seed in range(6)])
    rng = np.random.default_rng(5)
    record = act.train(many, x, t, learning_rate=rates[:, np.newaxis], rng=rng, **setting)
    assert record.loss.shape == (7, 6, 4) and many.layers[0].W.shape == (7, 6) + sizes[:2]
    for i, k in [(0, 0), (2, 5), (3, 1), (6, 0), (6, 5)]:
        one = network(*sizes, hidden="relu", output=output, seed=k)
        alone = act.train(one, x, t, learning_rate=rates[i], rng=np.random.default_rng(5), **setting)
        assert np.array_equal(alone.loss, record.loss[i, k])
        assert np.array_equal(alone.accuracy, record.accuracy[i, k])
        assert all(np.array_equal(a, b) for a, b in zip(parameters(one), parameters(many.run((i, k)))))


def test_digits_alone_equal_among_many():
    """특성 64개, 표본 1,797개인 큰 행렬곱에서도 비트까지 같습니다."""
    data = load_digits()
    many = act.Network.stack([network(64, 16, 10, hidden="relu", seed=seed) for seed in range(5)])
    record = act.train(many, data.x / 16, data.t, loss="cross_entropy", learning_rate=0.5, epochs=3)
    for k in range(5):
        one = network(64, 16, 10, hidden="relu", seed=k)
        alone = act.train(one, data.x / 16, data.t, loss="cross_entropy", learning_rate=0.5, epochs=3)
        assert np.array_equal(alone.loss, record.loss[k])


def test_weights_given_with_a_leading_axis_and_rates_per_run_train_too():
    """Network.stack 없이 W와 b에 직접 축을 주어도 됩니다."""
    x, t = iris()
    net = network(4, 3)
    net.layers[0].W, net.layers[0].b = np.zeros((5, 4, 3)), np.zeros((5, 3))
    record = act.train(net, x, t, loss="cross_entropy", learning_rate=np.full(5, 0.1), epochs=2)
    assert record.loss.shape == (5, 2) and (record.loss == record.loss[0]).all()


def test_whole_number_weights_train_too():
    """학습자가 정수로 적은 가중치도 float64로 훈련합니다."""
    x, t = iris()
    net = network(4, 3)
    net.layers[0].W, net.layers[0].b = np.ones((4, 3), dtype=int), np.zeros(3, dtype=int)
    record = act.train(net, x, t, loss="cross_entropy", learning_rate=0.5, epochs=20)
    assert net.layers[0].W.dtype == np.float64 and record.loss[-1] < record.loss[0]


def test_a_diverging_run_hurts_no_other_and_warns_nobody():
    x, t = iris()
    rates = np.array([0.1, 1e200, 1e5, 0.1])
    many = act.Network.stack([network(4, 6, 3, hidden="relu", output="linear", seed=k) for k in range(4)])
    record = act.train(many, x, t, loss="mean_squared_error", learning_rate=rates, epochs=30)
    assert not np.isfinite(record.loss[1, -1]) and not np.isfinite(record.loss[2, -1])
    for k in (0, 3):
        alone = act.train(network(4, 6, 3, hidden="relu", output="linear", seed=k), x, t,
                          loss="mean_squared_error", learning_rate=0.1, epochs=30)
        assert np.array_equal(alone.loss, record.loss[k]) and np.isfinite(alone.loss).all()
    many(x), many.logits(x)


def test_minibatches_repeat_with_the_generator_and_differ_with_another():
    x, t = iris()

    def losses(rng):
        return act.train(network(4, 5, 3), x, t, loss="cross_entropy", learning_rate=0.3, epochs=3,
                         batch_size=10, rng=rng).loss

    assert np.array_equal(losses(np.random.default_rng(1)), losses(np.random.default_rng(1)))
    assert not np.array_equal(losses(np.random.default_rng(1)), losses(np.random.default_rng(2)))
    assert np.array_equal(losses(None), losses(np.random.default_rng(0)))


def test_training_changes_no_input():
    x, t = iris()
    x.setflags(write=False), t.setflags(write=False)
    rates = np.array([0.1, 0.2])
    rates.setflags(write=False)
    kept = x.copy()
    act.train(network(4, 5, 3), x, t, loss="cross_entropy", learning_rate=rates, epochs=2, batch_size=50)
    assert np.array_equal(x, kept)


# ── 잘못된 입력 ──


GOOD = dict(loss="cross_entropy", learning_rate=0.1, epochs=2)
BAD_TRAINING = [("x", dict(x=x))
                for x in ("글자", None, np.zeros((150, 3)), np.zeros(4), np.zeros((150, 4), complex))]
BAD_TRAINING += [("x", dict(x=np.zeros((0, 4)), t=[]))]
BAD_TRAINING += [("t", dict(t=t)) for t in (
    np.zeros(149), np.full(150, 3), np.full(150, -1), np.full(150, 0.5), np.full(150, np.nan),
    np.zeros((150, 2)), np.full((150, 3), 2.0), np.full((150, 3), np.nan), np.full((150, 3), 0.5), [None] * 150, "0")]
BAD_TRAINING += [("loss", dict(loss="hinge")), ("loss", dict(loss=None)),
                 ("reduction", dict(reduction="median"))]
BAD_TRAINING += [("learning_rate", dict(learning_rate=rate))
                 for rate in (0.0, -1, np.nan, np.inf, [], "0.1", None, [0.1, 0.0])]
BAD_TRAINING += [("epochs", dict(epochs=0)), ("epochs", dict(epochs=2.5)), ("batch_size", dict(batch_size=0)),
                 ("batch_size", dict(batch_size=True)), ("rng", dict(rng=0)), ("rng", dict(rng=np.random))]


@pytest.mark.parametrize("name, change", BAD_TRAINING)
def test_bad_training_input_is_named_in_korean_and_changes_nothing(name, change):
    x, t = iris()
    net = network(4, 5, 3)
    before = [array.copy() for array in parameters(net)]
    arguments = {"x": x, "t": t, **GOOD, **change}
    with pytest.raises((TypeError, ValueError), match=rf"(?s)^{name}.*(니다|습니다)\.$"):
        act.train(net, arguments.pop("x"), arguments.pop("t"), **arguments)
    assert all(np.array_equal(a, b) for a, b in zip(before, parameters(net)))


def test_bad_networks_are_refused():
    x, t = iris()
    with pytest.raises(TypeError, match="network"):
        act.train([act.Dense(3, 4)], x, t, **GOOD)
    with pytest.raises(ValueError, match="loss.*softmax.*tanh"):
        act.train(network(4, 3, output="tanh"), x, t, **GOOD)
    stack = act.Network.stack([network(4, 3), network(4, 3)])
    with pytest.raises(ValueError, match="learning_rate"):
        act.train(stack, x, t, **{**GOOD, "learning_rate": [0.1, 0.2, 0.3]})
    net = network(4, 3)
    for networks in ([], [net, network(4, 2)], [net, network(4, 3, output="tanh")], [1, 2], net, None):
        with pytest.raises(ValueError, match="^networks에는 .*(왔습니다|다릅니다)"):
            act.Network.stack(networks)
    for layers in ([], [1], [act.Dense(3, 4), act.Dense(2, 4)], act.Dense(3, 4), None):
        for build in (act.Network, act.collapse):
            with pytest.raises(ValueError, match="^layers"):
                build(layers)
    for index in (2, -3, "0", None, (), (0, 0), slice(1)):
        with pytest.raises(IndexError, match="^index에는 .*왔습니다"):
            stack.run(index)
    for refused in (None, [act.Dense(1, 1)], net, network(1, 5, 1, hidden="tanh", output="linear"),
                    act.Network.stack([network(1, 5, 1, hidden="relu", output="linear")])):
        with pytest.raises((TypeError, ValueError), match="^network에는 .*왔습니다"):
            act.breakpoints(refused, -1, 1)


@pytest.mark.parametrize("name, arguments", [
    ("units", dict(units=0)), ("units", dict(units=2.0)), ("units", dict(units=None)),
    ("input_dim", dict(input_dim=-1)), ("input_dim", dict(input_dim=True)),
    ("init", dict(init="xavier")), ("init", dict(init=3)),
    ("activation", dict(activation="swish9")), ("activation", dict(activation=None)), ("rng", dict(rng=7))])
def test_bad_layer_arguments_are_named(name, arguments):
    with pytest.raises((TypeError, ValueError), match=rf"^{name}.*니다\.$"):
        act.Dense(**{"units": 3, "input_dim": 4, **arguments})


def test_bad_layer_inputs_are_named():
    layer = act.Dense(3, 4)
    with pytest.raises(ValueError, match="backward"):
        layer.backward(np.zeros(3))
    for x in (np.zeros(3), np.zeros((4, 3)), 1.0):
        with pytest.raises(ValueError, match="^x"):
            layer(x)
    with pytest.raises(TypeError, match="^x"):
        layer("네 개의 수")
    layer(np.zeros((5, 4)))
    with pytest.raises(ValueError, match="^grad"):
        layer.backward(np.zeros((4, 3)))
    stack = act.Network.stack([network(4, 3), network(4, 3)])
    for x in (np.zeros(4), np.zeros((3, 5, 4))):
        with pytest.raises(ValueError, match="^x"):
            stack(x)
    for arguments in (("normal", (3,), None), ("normal", [2, 3], None), ("normal", (0, 3), None)):
        with pytest.raises(ValueError, match="^shape"):
            act.initialize(*arguments)


# ── 자료 ──


def test_iris_is_the_version_of_fishers_paper():
    """35번째와 38번째 꽃이 UCI 파일의 오류가 아니라 논문의 값입니다(UCI의 iris.names가 알려 줍니다)."""
    data = load_iris()
    assert data.x.shape == (150, 4) and data.x.dtype == np.float64
    assert np.bincount(data.t).tolist() == [50, 50, 50]
    assert data.x[34].tolist() == [4.9, 3.1, 1.5, 0.2] and data.x[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert data.x.mean(axis=0) == pytest.approx([5.843333, 3.057333, 3.758, 1.199333], abs=1e-6)
    assert len(data.feature_names) == 4 and data.class_names == ("세토사", "버시컬러", "버지니카")


def test_digits_are_the_1797_of_uci():
    data = load_digits()
    assert data.x.shape == (1797, 64) and data.x.dtype == np.float64 and set(data.x.flat) == set(range(17))
    assert np.bincount(data.t).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert data.t[:10].tolist() == list(range(10))
    assert len(data.feature_names) == 64 and len(data.class_names) == 10


@pytest.mark.parametrize("load, digest", [
    (load_iris, "025563df5eb3749e0960510e13bc1c468d5658212310d6856491d9af8beb5993"),
    (load_digits, "2faf114ebf22cbe592fa67c7b78486f6d23c247ad9a48c3643db7c8014c003d2")])
def test_data_values_are_unchanged(load, digest):
    """값의 지문. 파일이 아니라 값에서 셈하므로 줄바꿈이 다른 컴퓨터에서도 같습니다."""
    data = load()
    values = np.column_stack([10 * data.x, data.t]).round().astype("<i4")
    assert hashlib.sha256(values.tobytes()).hexdigest() == digest


def test_every_data_file_has_its_source_and_licence():
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in FOLDER.iterdir():
        assert path.suffix in (".py", ".md") or path.name in readme or path.is_dir()
    assert "CC BY 4.0" in readme and "10.24432/C56C76" in readme and "10.24432/C50P49" in readme


def test_each_load_gives_arrays_of_its_own():
    load_iris().x[...] = 0.0
    assert load_iris().x.any()
