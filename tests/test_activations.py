"""activations.py의 함수: 약속(dtype, 모양, NaN, ±∞, 잘못된 입력)과 정확도(mpmath의 참값)."""

import inspect
import warnings

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, floating_dtypes

import activations as act
import exact

DTYPES = [np.float16, np.float32, np.float64]
NAMES = list(exact.EXACT)
FUNCTIONS = [name for name in NAMES if not name.endswith("_grad")]
every_function = pytest.mark.parametrize("name", NAMES)
reals = arrays(floating_dtypes(endianness="="), array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
logits = arrays(np.float64, array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5),
                elements=st.floats(-1e4, 1e4))


@pytest.fixture(autouse=True)
def strict():
    """경고 하나도, NumPy의 부동소수점 예외 하나도 내지 않아야 합니다."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


# ── 원소별 함수의 약속 ──


@every_function
@given(x=reals)
@settings(max_examples=25, deadline=None)
def test_shape_and_dtype_are_kept_and_input_is_untouched(name, x):
    """어떤 모양이든(빈 것도), 어떤 값이든(NaN, ±∞도) 모양과 dtype이 그대로이고 입력은 바뀌지 않습니다."""
    before = x.copy()
    x.flags.writeable = False
    y = getattr(act, name)(x)
    assert y.shape == x.shape and y.dtype == x.dtype
    assert not np.may_share_memory(x, y)
    np.testing.assert_array_equal(x, before)
    assert np.isnan(np.asarray(y)[np.isnan(x)]).all() and not np.isnan(np.asarray(y)[~np.isnan(x)]).any()


@every_function
def test_whole_numbers_and_lists_give_float64(name):
    """정수와 bool, 목록은 float64로 셈하고, 스칼라에는 NumPy 스칼라를 돌려줍니다."""
    function = getattr(act, name)
    for value in ([1, 2], (True, False), np.arange(3, dtype=np.int8), range(3)):
        assert function(value).dtype == np.float64
    assert isinstance(function(1), np.float64)


LIMITS = {
    "identity": (-np.inf, np.inf), "step": (0, 1), "sigmoid": (0, 1), "log_sigmoid": (-np.inf, 0), "tanh": (-1, 1),
    "softsign": (-1, 1), "softplus": (0, np.inf), "relu": (0, np.inf), "leaky_relu": (-np.inf, np.inf), "relu6": (0, 6),
    "elu": (-1, np.inf), "selu": (-1.7580993408473768, np.inf), "gelu": (0, np.inf), "gelu_tanh": (0, np.inf),
    "silu": (0, np.inf), "mish": (0, np.inf), "hard_sigmoid": (0, 1), "hard_swish": (0, np.inf),
    "identity_grad": (1, 1), "step_grad": (0, 0), "sigmoid_grad": (0, 0), "log_sigmoid_grad": (1, 0),
    "tanh_grad": (0, 0), "softsign_grad": (0, 0), "softplus_grad": (0, 1), "relu_grad": (0, 1),
    "leaky_relu_grad": (0.01, 1), "relu6_grad": (0, 0), "elu_grad": (0, 1), "selu_grad": (0, 1.0507009873554805),
    "gelu_grad": (0, 1), "gelu_tanh_grad": (0, 1), "silu_grad": (0, 1), "mish_grad": (0, 1),
    "hard_sigmoid_grad": (0, 0), "hard_swish_grad": (0, 1),
}


@every_function
@pytest.mark.parametrize("dtype", DTYPES)
def test_limits_at_infinity(name, dtype):
    """±∞에서는 극한값입니다."""
    np.testing.assert_array_equal(getattr(act, name)(np.array([-np.inf, np.inf], dtype)), np.array(LIMITS[name], dtype))


BAD = ["3", None, 1j, [[1], [1, 2]], np.array(["a"]), object(), {"a": 1}]


@every_function
@pytest.mark.parametrize("bad", BAD, ids=lambda value: getattr(value, "__name__", repr(value).partition(" at 0x")[0]))
def test_bad_input_is_refused_by_name(name, bad):
    with pytest.raises(TypeError, match="^x에는 .*와야 하는데 .*왔습니다"):
        getattr(act, name)(bad)


@pytest.mark.parametrize("name", ["leaky_relu", "leaky_relu_grad", "elu", "elu_grad"])
@pytest.mark.parametrize("alpha", [-0.1, np.nan, np.inf, "1", None, True, [0.1]])
def test_bad_alpha_is_refused_by_name(name, alpha):
    with pytest.raises(ValueError, match="^alpha에는 0 이상"):
        getattr(act, name)(1.0, alpha=alpha)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
@pytest.mark.parametrize("alpha", [0.0, 0.2, 1.5])
def test_alpha_is_the_slope_or_the_floor(name, alpha):
    x = np.array([-30.0, -1.0, 0.0, 2.0])
    expected = {"leaky_relu": [-30 * alpha, -alpha, 0, 2], "elu": [alpha * np.expm1(-30), alpha * np.expm1(-1), 0, 2]}
    np.testing.assert_allclose(getattr(act, name)(x, alpha=alpha), expected[name], rtol=1e-15)
    grads = {"leaky_relu": [alpha, alpha, alpha, 1], "elu": [alpha * np.exp(-30), alpha * np.exp(-1), alpha, 1]}
    np.testing.assert_allclose(getattr(act, name + "_grad")(x, alpha=alpha), grads[name], rtol=1e-15)


def test_kinks_are_where_the_docstrings_say():
    assert act.step(0) == act.relu_grad(0) == act.relu6_grad(0) == act.relu6_grad(6) == 0
    assert act.leaky_relu_grad(0) == 0.01 and act.elu_grad(0, alpha=0.5) == 0.5
    assert act.hard_sigmoid_grad(-3) == act.hard_sigmoid_grad(3) == act.hard_swish_grad(-3) == 0
    assert act.hard_swish_grad(3) == 1


def test_table_has_every_function_with_its_derivative():
    """표의 이름과 함수가 짝이 맞고 'linear'는 identity입니다."""
    names = {"linear" if name == "identity" else name for name in FUNCTIONS}
    assert set(act.ACTIVATIONS) == names
    for name, record in act.ACTIVATIONS.items():
        plain = "identity" if name == "linear" else name
        assert record.function is getattr(act, plain) and record.derivative is getattr(act, plain + "_grad")
        assert all((record.korean, record.formula, record.range, record.source))
        with pytest.raises(AttributeError):
            record.korean = "다른 이름"


# ── 정확도: 가장 큰 ULP 오차 ──

GOALS = {
    "sigmoid": 2.1, "log_sigmoid": 2.1, "softplus": 2.1, "tanh": 2.1, "elu": 2, "selu": 2, "silu": 4, "mish": 4,
    "gelu": 10, "gelu_tanh": 8, "sigmoid_grad": 4, "tanh_grad": 4, "silu_grad": 32, "mish_grad": 32, "gelu_grad": 32,
    "gelu_tanh_grad": 32,
}
CROSSINGS = {"gelu_grad": -0.7517915, "gelu_tanh_grad": -0.7525, "silu_grad": -1.2784645, "mish_grad": -1.1924}


@every_function
@pytest.mark.parametrize("dtype", DTYPES)
def test_accuracy(name, dtype):
    """준정규수에서 최댓값까지 목표 안에 있습니다. 도함수의 영점 곁에서는 절대 오차가 4 eps 이하입니다."""
    x = exact.grid(dtype)
    true = exact.exact(name, x)
    y = getattr(act, name)(x)
    errors = exact.ulp_error(y, true)
    near = np.abs(x.astype(float) - CROSSINGS.get(name, np.inf)) < 0.05
    goal = GOALS.get(name, 4) if dtype == np.float64 else 0.51
    assert errors[~near].max() <= goal
    assert all(abs(mp.mpf(float(got)) - want) <= 4 * float(np.finfo(dtype).eps) for got, want in zip(y[near], np.array(true)[near]))


@pytest.mark.parametrize("name", [name for name in NAMES if name + "_grad" in NAMES])
def test_derivative_is_the_high_precision_difference(name):
    """도함수의 식이 아니라 함수의 차분(60자리)과 견줍니다."""
    h, function = mp.mpf(10) ** -20, exact.EXACT[name]
    x = np.array([-20.0, -4.1, -2.9, -1.3, -0.3, 0.2, 1.7, 2.8, 5.5, 7.0, 20.0])
    differences = [(function(mp.mpf(v) + h) - function(mp.mpf(v) - h)) / (2 * h) for v in x.tolist()]
    np.testing.assert_allclose(getattr(act, name + "_grad")(x), [float(d) for d in differences], rtol=1e-12, atol=1e-15)


# ── 소프트맥스 함수와 손실의 정확도 ──


def exact_rows(z):
    """참값: p, log p, 가장 큰 것을 기준으로."""
    z = [mp.mpf(float(v)) for v in z]
    top = z.index(max(z))
    rest = sum(sorted(mp.exp(v - z[top]) for k, v in enumerate(z) if k != top))
    return [mp.exp(v - z[top]) / (1 + rest) for v in z], [v - z[top] - mp.log1p(rest) for v in z]


def rows(dtype, seed=0):
    rng = np.random.default_rng(seed)
    for scale in (1e-3, 1.0, 10.0, 100.0, 400.0, 1e4, 1e30):
        for classes in (2, 3, 10):
            z = rng.normal(size=classes) * scale
            if abs(z).max() < np.finfo(dtype).max:
                yield z.astype(dtype), int(rng.integers(classes))
    yield np.array([20, 0], dtype), 0
    yield np.array([0, -700], dtype), 1


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_and_losses_are_exact_at_every_scale(dtype):
    """크기 1e-3에서 1e30까지: softmax 5 ULP, log_softmax와 손실 3 ULP, 기울기 4 ULP(float64가 아니면 0.51)."""
    for z, t in rows(dtype):
        p, log_p = exact_rows(z)
        grad = [p[k] if k != t else -sum(v for j, v in enumerate(p) if j != t) for k in range(len(z))]
        for function, true, goal in ((act.softmax(z), p, 5), (act.log_softmax(z), log_p, 3),
                                     (act.softmax_cross_entropy(z, t), [-log_p[t]], 3),
                                     (act.softmax_cross_entropy_grad(z, t), grad, 4)):
            assert exact.ulp_error(np.atleast_1d(function), true).max() <= (goal if dtype == np.float64 else 0.51), z


@pytest.mark.parametrize("temperature", [0.05, 0.3, 7.0, 1e3])
def test_temperature_divides_the_logits_exactly(temperature):
    for z, _ in rows(np.float64):
        scaled = [mp.mpf(float(v)) / mp.mpf(temperature) for v in z]
        e = [mp.exp(v - max(scaled)) for v in scaled]
        assert exact.ulp_error(act.softmax(z, temperature=temperature), [v / sum(e) for v in e]).max() <= 5


def test_sigmoid_cross_entropy_is_exact():
    x = exact.grid(np.float64)
    for t in (0.0, 1.0, 0.25):
        true = [t * mp.log1p(mp.exp(-mp.mpf(v))) + (1 - t) * mp.log1p(mp.exp(mp.mpf(v))) for v in x.tolist()]
        assert exact.ulp_error(act.sigmoid_cross_entropy(x, np.full_like(x, t)), true).max() <= 2.5


# ── 소프트맥스 함수의 약속 ──


@given(z=logits)
@settings(max_examples=60, deadline=None)
def test_rows_sum_to_one_and_survive_a_common_shift(z):
    """줄의 합은 1이고, 모두에 같은 수를 더해도 그대로이며, 큰 로짓이 큰 확률을 받습니다."""
    p, n = act.softmax(z), z.shape[-1]
    np.testing.assert_allclose(p.sum(axis=-1), 1, atol=n * 2.3e-16)
    exact_shift = np.round(z * 8) / 8                        # 더해도 반올림이 없는 수들
    np.testing.assert_array_equal(act.softmax(exact_shift + 1024.0), act.softmax(exact_shift))
    assert (np.take_along_axis(p, z.argmax(-1)[..., None], -1) == p.max(axis=-1, keepdims=True)).all()
    np.testing.assert_allclose(np.exp(act.log_softmax(z)), p, rtol=1e-11, atol=1e-300)
    np.testing.assert_allclose(act.sparsemax(z).sum(axis=-1), 1, atol=1e-9)


@given(z=arrays(np.float64, st.integers(1, 6), elements=st.floats(-50, 50)))
@settings(max_examples=60, deadline=None)
def test_jacobian_rows_sum_to_zero_and_match_differences(z):
    jacobian = act.softmax_jacobian(z)
    np.testing.assert_allclose(jacobian.sum(axis=1), 0, atol=z.size * 2.3e-16)
    h = 1e-6
    for k in range(z.size):
        bump = np.eye(z.size)[k] * h
        np.testing.assert_allclose((act.softmax(z + bump) - act.softmax(z - bump)) / (2 * h), jacobian[:, k], atol=1e-9)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "sparsemax"])
def test_axis_dtype_and_untouched_input(name):
    """어느 축이든 그 축을 맨 뒤로 옮겨 셈한 것과 같고, dtype과 입력은 그대로입니다."""
    function, z = getattr(act, name), np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    before = z.copy()
    for axis in (-3, -2, -1, 0, 1, 2):
        y = function(z, axis=axis)
        moved = function(np.moveaxis(z, axis, -1))
        np.testing.assert_array_equal(y, moved if name == "logsumexp" else np.moveaxis(moved, -1, axis))
        assert y.dtype == np.float32
    np.testing.assert_array_equal(z, before)
    assert function(np.zeros((0, 3))).shape == ((0,) if name == "logsumexp" else (0, 3))


def test_infinite_and_nan_logits():
    inf, nan = np.inf, np.nan
    np.testing.assert_array_equal(act.softmax([[inf, 0, -inf], [-inf, 0, -inf], [-inf] * 3, [nan, 0, 1]]),
                                  [[1, 0, 0], [0, 1, 0], [nan] * 3, [nan] * 3])
    np.testing.assert_array_equal(act.sparsemax([[inf, 0, -inf], [-inf, 0, -inf], [nan, 0, 1]]), [[1, 0, 0], [0, 1, 0], [nan] * 3])
    np.testing.assert_array_equal(act.log_softmax([inf, 0]), [0, -inf])
    np.testing.assert_array_equal(act.logsumexp([[inf, 0], [-inf, -inf], [nan, 0]]), [inf, -inf, nan])
    assert np.isfinite(act.softmax([1.7e308, -1.7e308])).all() and act.log_softmax([0, -800])[1] == -800


def test_sparsemax_against_its_definition():
    """확률 단체 위의 점 가운데 z에 가장 가까운지, 촘촘한 격자와 견줍니다."""
    grid = np.array([(a, b, 100 - a - b) for a in range(101) for b in range(101 - a)]) / 100
    for z in np.random.default_rng(1).normal(size=(20, 3)):
        best = ((grid - z) ** 2).sum(axis=1).min()
        assert ((act.sparsemax(z) - z) ** 2).sum() <= best + 1e-12


def test_two_classes_are_a_sigmoid():
    z = np.random.default_rng(2).normal(size=(50, 2)) * 20
    np.testing.assert_allclose(act.softmax(z)[:, 0], act.sigmoid(z[:, 0] - z[:, 1]), rtol=1e-13)


def test_textbook_forms_fail_as_the_lesson_says():
    """고치기 전의 식이 정말로 실패합니다: ∞/∞, 0/0, log 0, 16.12에서 멈춤."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert np.isnan(act.textbook_softmax([1000.0, 1001.0])).all()
        assert np.isnan(act.textbook_softmax([-1000.0, -1001.0])).all()
        assert act.textbook_log_softmax([0.0, -800.0])[1] == -np.inf
        assert act.textbook_sigmoid(np.float32(-100)) == 0
    assert act.textbook_cross_entropy([0.0, 1.0], 0) == pytest.approx(16.118, abs=1e-3)
    assert act.softmax_cross_entropy([-800.0, 0.0], 0) == 800


# ── 손실의 약속 ──

ROW_LOSSES = {
    "mean_squared_error": {}, "cross_entropy": {}, "softmax_cross_entropy": {},
    "softmax_mean_squared_error": {}, "softmax_mean_squared_error ": {"reduction": "sum"},
}
ELEMENT_LOSSES = ("binary_cross_entropy", "sigmoid_cross_entropy")


def first_argument(name, rng, shape):
    return act.softmax(rng.normal(size=shape)) if name.startswith(("cross", "binary")) else rng.normal(size=shape)


@pytest.mark.parametrize("name", [*ROW_LOSSES, *ELEMENT_LOSSES])
@pytest.mark.parametrize("soft", [False, True])
def test_loss_gradients_match_differences(name, soft):
    """_grad는 손실의 기울기입니다(중앙 차분). 원-핫과 확률 정답 모두에서 그렇습니다."""
    rng, options, plain = np.random.default_rng(3), ROW_LOSSES.get(name, {}), name.strip()
    y = first_argument(name, rng, (5, 4))
    t = act.softmax(rng.normal(size=(5, 4))) if soft else act.one_hot(rng.integers(4, size=5), 4)
    loss, grad = getattr(act, plain), getattr(act, plain + "_grad")
    differences = np.empty_like(y)
    for index in np.ndindex(y.shape):
        bump = np.zeros_like(y)
        bump[index] = 1e-6
        differences[index] = (loss(y + bump, t, **options) - loss(y - bump, t, **options)).sum() / 2e-6
    np.testing.assert_allclose(grad(y, t, **options), differences, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ROW_LOSSES)
def test_labels_equal_their_one_hot_rows(name):
    rng, options, name = np.random.default_rng(4), ROW_LOSSES[name], name.strip()
    y, labels = first_argument(name, rng, (2, 6, 3)), rng.integers(3, size=(2, 6))
    for function in (getattr(act, name), getattr(act, name + "_grad")):
        np.testing.assert_array_equal(function(y, labels, **options), function(y, act.one_hot(labels, 3), **options))
    assert getattr(act, name)(y.astype(np.float32), labels, **options).dtype == np.float32
    assert getattr(act, name)(y, labels, **options).shape == (2, 6)


def test_cross_entropy_clips_nothing():
    """p = 0이면 t = 0에서 0, t > 0에서 ∞이고, 로짓으로 셈한 것과 확률로 셈한 것이 같습니다."""
    np.testing.assert_array_equal(act.cross_entropy([[0.0, 1.0]] * 2, [1, 0]), [0, np.inf])
    np.testing.assert_array_equal(act.binary_cross_entropy([0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]), [0, 0, np.inf, np.inf])
    np.testing.assert_array_equal(act.cross_entropy_grad([0.0, 1.0], 1), [0, -1])
    z = np.random.default_rng(5).normal(size=(20, 4))
    np.testing.assert_allclose(act.softmax_cross_entropy(z, [1] * 20), act.cross_entropy(act.softmax(z), [1] * 20), rtol=1e-13)
    np.testing.assert_allclose(act.sigmoid_cross_entropy(z, z > 0), act.binary_cross_entropy(act.sigmoid(z), z > 0), rtol=1e-13)


def test_known_values():
    """손으로 셈할 수 있는 값들."""
    assert act.mean_squared_error([1.0, 3.0], [0.0, 1.0]) == 2.5
    assert act.cross_entropy([0.25, 0.75], 0) == pytest.approx(np.log(4))
    assert act.softmax_cross_entropy([20.0, 0.0], 0) == pytest.approx(2.0611536e-9, rel=1e-7)
    assert act.softmax_cross_entropy_grad([20.0, 0.0], 0)[0] == pytest.approx(-2.0611536e-9, rel=1e-7)
    np.testing.assert_array_equal(act.one_hot([2, 0], 3), [[0, 0, 1], [1, 0, 0]])
    assert act.accuracy([[1.0, 2.0], [3.0, 1.0], [np.nan, 1.0], [0.0, 1.0]], [1, 1, 1, 1]) == 0.5
    np.testing.assert_array_equal(act.accuracy(np.array([[[1.0, 2.0]], [[2.0, 1.0]]]), [[1], [1]]), [1, 0])


BAD_CALLS = [
    ("softmax", ([],), {}, "z"), ("softmax", (1.0,), {}, "axis"), ("softmax", ("abc",), {}, "z"),
    ("softmax", ([1.0, 2.0],), {"axis": 1}, "axis"), ("softmax", ([1.0, 2.0],), {"axis": "x"}, "axis"),
    *[("softmax", ([1.0, 2.0],), {"temperature": bad}, "temperature") for bad in (0, -1, np.nan, np.inf, 10**400, "1", None)],
    ("log_softmax", ([1j],), {}, "z"), ("logsumexp", (None,), {}, "z"), ("sparsemax", ([[1], [1, 2]],), {}, "z"),
    ("softmax_jacobian", ([[1.0]],), {}, "z"), ("softmax_jacobian", ([],), {}, "z"),
    ("one_hot", ([3], 3), {}, "labels"), ("one_hot", ([-1], 3), {}, "labels"), ("one_hot", ([0.5], 3), {}, "labels"),
    ("one_hot", ([np.nan], 3), {}, "labels"), ("one_hot", ([0], 0), {}, "classes"), ("one_hot", ([0], 2.5), {}, "classes"),
    ("accuracy", ([1.0], [0]), {}, "scores"), ("accuracy", ([[1.0, 2.0]], [2]), {}, "t"),
    ("accuracy", ([[]], [0]), {}, "scores"), ("accuracy", (np.zeros((0, 3)), []), {}, "scores"),
    ("cross_entropy", ([1.5, 0.0], 0), {}, "p"), ("cross_entropy", ([-0.5, 1.0], 0), {}, "p"),
    ("cross_entropy", ([0.5, 0.5], 2), {}, "t"), ("cross_entropy", ([0.5, 0.5], [1.5, 0.0]), {}, "t"),
    ("binary_cross_entropy", ([0.5, 2.0], [0, 1]), {}, "p"), ("binary_cross_entropy", ([0.5], [0, 1]), {}, "t"),
    ("softmax_cross_entropy", ([[1.0, 2.0]], [0.5]), {}, "t"), ("softmax_cross_entropy", ([[1.0, 2.0]], [0, 1, 0]), {}, "t"),
    ("softmax_cross_entropy", ([[1.0, 2.0]], [[2.0, 0.0]]), {}, "t"), ("softmax_cross_entropy", (1.0, 0), {}, "z"),
    ("sigmoid_cross_entropy", ([1.0], [np.nan]), {}, "t"), ("mean_squared_error", ([1.0, 2.0], ["a", "b"]), {}, "t"),
    ("mean_squared_error", ("a", 0), {}, "y"),
    ("softmax_mean_squared_error", ([1.0, 2.0], 0), {"reduction": "max"}, "reduction"),
]


@pytest.mark.parametrize("name, arguments, options, blamed", BAD_CALLS, ids=lambda value: str(value).partition(" at 0x")[0])
def test_bad_calls_name_the_argument(name, arguments, options, blamed):
    """틀린 인자의 이름, 온 것, 와야 할 것을 한국어 한 문장으로 말합니다."""
    with pytest.raises((TypeError, ValueError), match=f"^{blamed}에는 .*왔습니다|^{blamed}에는 .*들어 있습니다"):
        getattr(act, name)(*arguments, **options)


def test_every_public_name_is_documented_in_korean():
    """공개된 이름은 모두 한국어 설명이 있습니다."""
    public = [value for name, value in vars(act).items()
              if not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value))
              and value.__module__ == "activations"]
    assert len(public) > 60
    for value in public:
        assert value.__doc__ and any("가" <= letter <= "힣" for letter in value.__doc__), value
