"""패널의 약속: 양 끝에서도 유한하고, 설명글이 계산과 맞고, 움직인 흔적이 남지 않습니다."""

import gc
import itertools
import logging
import math
import random
import re
import subprocess
import sys
import threading
import warnings
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import exact
import matplotlib as mpl
import mpmath as mp
import numpy as np
import pytest
from ipywidgets import BoundedIntText, Widget
from matplotlib.collections import Collection
from matplotlib.colors import to_rgb
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from traitlets import Int

import activations as act
from lessons import style
from lessons.activations import FunctionAndDerivative, ReluFamily, SteepSigmoid
from lessons.cross_entropy import STEPS, ExpectedSurprise, LogitToLoss, NeuronRace
from lessons.data import load_iris
from lessons.dense_layer import OneNeuron, OutputSpread
from lessons.linear_collapse import LinearPieces, RandomLayers, StackOfLines, random_layers
from lessons.panel import Checkbox, Choice, Panel, Slider
from lessons.output_layer import (LENGTH, MISMATCHES, PETALS, TASKS, WIDTH, Capstone, DecisionBoundary, Pair, RightAndWrong,
                                  confusion_matrix, group_of, iris_split, stages, trained)
from lessons.softmax import CommonShift, Jacobian, SoftmaxAndSparsemax, ThreeLogits
from lessons.softmax_stability import LossCap, Offset, ulp_error
from lessons.svg import Label
from lessons.start import Welcome
from lessons.vanishing_gradient import DeadUnits, GradientByLayer, gradient_norms
from panels import PANELS, move, shown


every_panel = pytest.mark.parametrize("panel_class", PANELS, ids=lambda panel: panel.__name__)


@pytest.fixture(autouse=True)
def no_warning(caplog):
    """경고도, 글자가 없다는 글꼴의 말도 실패입니다(matplotlib이 저 안에서 부르는 낡은 이름은 그쪽의 일입니다).

    끝나면 위젯을 닫습니다: ipywidgets는 닫지 않은 위젯을 끝까지 붙들고 있습니다.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("default", category=DeprecationWarning, module=r"(matplotlib|pyparsing)\.")
        yield
        Widget.close_all()
    assert [record.message for record in caplog.get_records("call") if record.levelno >= logging.WARNING] == []


def numbers(artist):
    """그 Artist를 정하는 수의 배열들."""
    if isinstance(artist, Line2D):
        return [np.ma.filled(np.ma.masked_invalid(artist.get_xydata()), 0) if artist.get_linestyle() != "None"
                else artist.get_xydata()]
    if isinstance(artist, Rectangle):
        return [[artist.get_x(), artist.get_y(), artist.get_width(), artist.get_height()]]
    if isinstance(artist, AxesImage):
        return [artist.get_array()]
    if isinstance(artist, Collection):
        return [path.vertices for path in artist.get_paths()] + [artist.get_offsets()]
    return []


def corners(panel_class):
    """한 컨트롤씩 양 끝으로, 그리고 모두 낮은 끝으로, 모두 높은 끝으로."""
    controls = panel_class.controls
    for name, control in controls.items():
        for end in control.ends:
            yield {name: end}
    yield {name: control.ends[0] for name, control in controls.items()}
    yield {name: control.ends[-1] for name, control in controls.items()}


@every_panel
def test_every_end_of_every_control_gives_finite_artists_and_a_caption(panel_class):
    """어느 끝에서도 그릴 수 없는 값이 나오지 않고, 설명글에 nan이나 inf가 없습니다."""
    panel = panel_class()
    start = panel.values
    for values in corners(panel_class):
        panel.set(**{**start, **values})
        for artist in panel._moving:
            assert all(np.isfinite(np.asarray(part, dtype=float)).all() for part in numbers(artist)), (values, artist)
        assert re.search(r"\bnan\b|\binf\b", panel.caption) is None, (values, panel.caption)
        assert "<svg" in panel._foreground.value and not re.search(r"\bnan\b", panel._foreground.value)


@every_panel
def test_moving_away_and_back_gives_the_very_same_picture(panel_class):
    """그림은 지금 값만으로 정해집니다. 지나온 값이 남지 않고, 새로 만든 패널과도 같습니다."""
    panel = panel_class()
    before = panel._background.value, panel._foreground.value, panel.caption
    start = panel.values
    for values in corners(panel_class):
        panel.set(**values)
    assert panel._foreground.value == panel_class(**panel.values)._foreground.value
    panel.set(**start)
    assert (panel._background.value, panel._foreground.value, panel.caption) == before


@every_panel
def test_every_control_changes_picture_or_caption(panel_class):
    """아무것도 바꾸지 않는 컨트롤은 배우는 사람을 헷갈리게 합니다."""
    panel = panel_class()
    start = panel.values
    for name, control in panel_class.controls.items():
        seen = set()
        for end in control.ends:
            panel.set(**{**start, name: end})
            seen.add((panel._foreground.value, panel.caption))
        assert len(seen) == len(control.ends), name


@every_panel
def test_a_slider_in_the_browser_moves_its_own_panel_alone(panel_class):
    """위젯의 값이 바뀌면(브라우저가 하는 일) set과 같은 그림이 됩니다. 같은 패널이 둘이면 하나를 아무리 움직여도 다른 하나는 그대로입니다."""
    by_widget, by_set = panel_class(), panel_class()
    for values in corners(panel_class):
        for name, value in values.items():
            by_widget._widgets[name].value = value
        by_set.set(**values)
        assert shown(by_widget) == shown(by_set) and by_widget.caption == repr(by_widget)
    still, rng = shown(by_set), random.Random(0)
    for _ in range(25):
        done = move(by_widget, rng)
        assert 'role="alert"' not in by_widget._caption.value, (done, by_widget._caption.value)
    assert shown(by_set) == still
    by_set.set(**by_widget.values)
    assert shown(by_widget) == shown(by_set)


@every_panel
def test_bundle_has_picture_caption_and_widget(panel_class):
    """커널이 없는 곳에서도 그림과 설명글이 보입니다."""
    panel = panel_class()
    bundle, metadata = panel._repr_mimebundle_()
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == panel.caption
    assert bundle["image/png"].startswith("iVBOR")
    assert "application/vnd.jupyter.widget-view+json" in bundle


@every_panel
def test_svg_follows_the_theme_and_touches_nothing_else_on_the_page(panel_class):
    """글자색은 테마를 따르고, 쪽 전체에 번지는 <style>이나 XML 머리말이 없으며, 두 장의 크기가 같습니다."""
    panel = panel_class()
    layers = panel._background.value, panel._foreground.value
    for svg in layers:
        assert svg.startswith("<svg viewBox=") and "<style" not in svg and "<?xml" not in svg
        assert "#010203" not in svg and "#fefdfc" not in svg
    assert "currentColor" in layers[0]
    assert layers[0].split("style=")[0] == layers[1].split("style=")[0]


@every_panel
def test_save_writes_each_format(panel_class, tmp_path):
    """강의 자료에 넣을 그림을 세 가지 형식으로 남깁니다."""
    panel, heads = panel_class(), {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
    for ending, head in heads.items():
        panel.save(tmp_path / f"figure.{ending}")
        assert (tmp_path / f"figure.{ending}").read_bytes().startswith(head)


@every_panel
def test_memory_does_not_grow_while_moving(panel_class):
    """오래 움직여도 메모리가 늘지 않습니다."""
    panel = panel_class()
    moves = itertools.cycle(corners(panel_class))
    gc.collect()
    gc.freeze()                             # 이미 있는 것은 다시 훑지 않습니다: 모두 훑으면 한 번에 0.5초씩 걸립니다.
    blocks = []
    for _ in range(2):                      # 처음 몫은 matplotlib과 강의의 캐시가 차는 동안입니다.
        for values in itertools.islice(moves, 40):
            panel.set(**values)
        gc.collect()
        blocks.append(sys.getallocatedblocks())         # 배열 하나, 객체 하나가 한 블록입니다. tracemalloc과 달리 느려지지 않습니다.
    gc.unfreeze()
    assert blocks[1] - blocks[0] < 400                  # 한 번 움직일 때 객체 열 개를 흘리는 패널은 걸립니다.


def test_panels_leave_pyplot_alone():
    """패널을 만들고 움직여도 pyplot이 불려 오지 않습니다(전역 상태도, 두 번 그려지는 일도 없습니다)."""
    code = ("import sys; from lessons.linear_collapse import StackOfLines; p = StackOfLines(); p.set(depth=5); "
            "p._repr_mimebundle_(); sys.exit('matplotlib.pyplot' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_panel_moved_in_another_thread_waits_and_leaves_no_style_behind():
    """슬라이더를 칸과 다른 스레드에서 움직이는 프로그램에서도 한 번에 하나씩 그리고, 학습자의 rcParams는 처음 그대로입니다."""
    before, panel = mpl.rcParams.copy(), Welcome()
    there, picture = panel.values, panel._foreground.value
    mover = threading.Thread(target=lambda: (panel.set(w=2.0), panel.set(**there)), daemon=True)
    with style.styled():
        mover.start()
        mover.join(timeout=0.5)
        assert mover.is_alive() and panel._foreground.value == picture
    mover.join(timeout=30)
    assert not mover.is_alive() and panel._foreground.value == picture and mpl.rcParams.copy() == before


# ── 설명글이 말하는 수가 맞는가: 다른 길로 셈해 봅니다 ──


def test_welcome_says_the_output_at_one():
    assert f"{1 / (1 + np.exp(-(2.0 - 0.5))):.3f}" in Welcome(w=2.0, b=-0.5).caption


@pytest.mark.parametrize("c", [-2.0, -0.5, 0.0, 0.8, 2.0])
@pytest.mark.parametrize("depth", [1, 3, 10])
def test_stack_of_lines_lies_on_c_to_the_n(c, depth):
    """쌓은 점과 한 층의 직선이 같고, 기울기가 cⁿ입니다."""
    panel = StackOfLines(c=c, depth=depth)
    x = panel.stack.get_xdata()
    np.testing.assert_allclose(panel.stack.get_ydata(), c**depth * x, atol=1e-12)
    np.testing.assert_allclose(panel.single.get_ydata(), c**depth * x, atol=1e-12)
    assert f"= {c**depth:.4g}입니다.".replace("-", "−", 1 if c < 0 else 0) in panel.caption
    assert len(panel.slopes.get_xdata()) == depth
    between = panel.between.get_xydata().reshape(depth, 3, 2)               # 층마다 직선의 두 끝과 끊는 자리
    np.testing.assert_allclose(between[:, :2], [[[x, c**k * x] for x in (-3, 3)] for k in range(1, depth + 1)], atol=1e-12)
    assert np.isnan(between[:, 2]).all()


@pytest.mark.parametrize("seed", range(21))
def test_random_layers_collapse_only_without_relu(seed):
    """항등 함수이면 1e-12 안에서 같고 계수는 폭을 넘지 않습니다. ReLU 함수이면 같지 않습니다."""
    panel = RandomLayers(seed=seed)
    assert "1e-12 이하" in panel.caption
    for width in (1, 2):
        panel.set(width=width)
        assert f"계수(rank)는 {width}입니다." in panel.caption
    panel.set(activation="relu", width=4)
    assert "서로 다른 함수" in panel.caption


@pytest.mark.parametrize("seed", range(8))
def test_linear_pieces_are_counted_right(seed):
    """아주 촘촘한 격자에서 기울기가 바뀌는 구간을 세어 견줍니다."""
    panel = LinearPieces(width=8, depth=3, seed=seed)
    grid = np.linspace(-4, 4, 200_001)
    network = random_layers((1, 8, 8, 8, 1), "relu", seed)
    slopes = np.diff(network(grid[:, None])[:, 0]) / np.diff(grid)
    changing = np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()
    bends = int(changing[0]) + int((changing[1:] & ~changing[:-1]).sum())     # 꺾임 하나가 이웃한 두 칸에 걸칩니다.
    assert f"{bends}번 꺾이므로 선형 조각은 {bends + 1}개" in panel.caption
    assert "선형 조각은 1개" in LinearPieces(activation="linear", width=8, depth=3, seed=seed).caption


@pytest.mark.parametrize("x", [-6.0, -1.5, 0.0, 2.0, 6.0])
def test_tangent_touches_the_curve(x):
    """접선은 점을 지나고, 그 기울기는 차분으로 셈한 도함수입니다."""
    panel = FunctionAndDerivative()
    for name in ("sigmoid", "tanh", "gelu", "silu", "mish", "linear"):
        panel.set(name=name, x=x)
        h = act.ACTIVATIONS[name].function
        (left, right), (low, high) = panel.tangent.get_data()
        assert (high - low) / (right - left) == pytest.approx((h(x + 1e-5) - h(x - 1e-5)) / 2e-5, abs=1e-8)
        assert (low + high) / 2 == pytest.approx(h(x), abs=1e-12)


def test_steep_sigmoid_becomes_a_step():
    assert "σ(0.2k) = 0.550, σ(2k) = 0.881" in SteepSigmoid().caption
    assert "σ(0.2k) = 1.000, σ(2k) = 1.000" in SteepSigmoid(k=64.0).caption


def test_relu_family_follows_alpha():
    assert "리키 렐루 −0.600" in ReluFamily(alpha=0.3).caption
    assert "리키 렐루 0.300" in ReluFamily(alpha=0.3, what="derivative").caption


@pytest.mark.parametrize("name, h", [("relu", lambda z: max(z, 0)), ("sigmoid", lambda z: 1 / (1 + np.exp(-z))), ("linear", float)])
def test_one_neuron_adds_up(name, h):
    """막대의 합이 z이고, 마지막 막대가 h(z)입니다."""
    panel = OneNeuron(flower=100, name=name, w1=-0.5, w4=0.9, b=-1.0)
    z = sum(x * w for x, w in zip(load_iris().x[100], (-0.5, -0.5, 0.4, 0.9))) - 1.0
    heights = [bar.get_height() for bar in panel.terms]
    assert sum(heights[:5]) == pytest.approx(heights[5]) == pytest.approx(z)
    assert panel.output[0].get_height() == pytest.approx(h(z)) and f"z = {z:.3f}".replace("-", "−") in panel.caption


def test_output_spread_counts_every_input_and_uniform_says_half():
    for init in ("uniform", "glorot_uniform", "he_uniform"):
        panel = OutputSpread(init=init)
        assert panel.bars.get_data().values.sum() == 1000
    assert "0.500에서 0.500까지" in OutputSpread(init="uniform").caption


def test_gradient_by_layer_follows_central_differences():
    """첫 층의 가중치 하나하나를 조금 움직여 셈한 기울기의 크기와 같습니다."""
    rng = np.random.default_rng(3)
    layers = [act.Dense(4, input_dim=4, activation="tanh", rng=rng) for _ in range(3)]
    network, x = act.Network(layers), rng.normal(size=(5, 4))
    grad = rng.normal(size=(5, 4)) / 5

    def loss(i, j, step):
        layers[0].W[i, j] += step
        value = (network(x) * grad).sum()
        layers[0].W[i, j] -= step
        return value

    slopes = [(loss(i, j, 1e-6) - loss(i, j, -1e-6)) / 2e-6 for i in range(4) for j in range(4)]
    assert gradient_norms("tanh", depth=3, width=4, samples=5, seed=3)[0] == pytest.approx(np.linalg.norm(slopes), rel=1e-6)
    shown = GradientByLayer(activation="tanh", depth=7).line.get_ydata()
    np.testing.assert_allclose(shown, gradient_norms("tanh", depth=7, width=40, samples=64))


def test_dead_units_are_silent_on_every_sample():
    panel = DeadUnits(bias=-3.0)
    z = panel.z - 3.0
    dead = sum(all(value <= 0 for value in unit) for unit in z.T) / z.shape[1]
    assert 0 < dead < 1 and panel.dead.get_ydata() == [dead] and f"{dead:.3f}입니다" in panel.caption
    assert "0.000입니다" in DeadUnits(bias=0.0).caption


def test_softmax_panels_agree_with_plain_exponentials():
    """확률은 지수의 비이고, 온도는 로짓을 나누며, 공통의 이동은 아무것도 바꾸지 않습니다."""
    e = np.exp(np.array([3.0, -1.0, 0.5]) / 0.5)
    panel = ThreeLogits(z1=3.0, z2=-1.0, z3=0.5, temperature=0.5)
    np.testing.assert_allclose([bar.get_height() for bar in panel.bars], e / e.sum(), rtol=1e-12)
    heights = [[bar.get_height() for bar in CommonShift(c=c).bars] for c in (-20.0, 0.0, 20.0)]
    np.testing.assert_allclose(heights, [heights[0]] * 3, rtol=1e-12)


def test_jacobian_panel_is_the_difference_quotient():
    z = np.array([1.5, -2.0, 0.3])
    shown = Jacobian(z1=1.5, z2=-2.0, z3=0.3).image.get_array()
    soft = lambda z: np.exp(z) / np.exp(z).sum()                        # noqa: E731
    columns = [(soft(z + 1e-6 * e) - soft(z - 1e-6 * e)) / 2e-6 for e in np.eye(3)]
    np.testing.assert_allclose(shown, np.array(columns).T, atol=1e-9)


@pytest.mark.parametrize("difference", [-4.0, -0.5, 0.0, 0.5, 4.0])
def test_two_classes_soft_and_sparse(difference):
    """두 클래스의 스파스맥스는 (1 + x)/2를 0과 1에서 자른 것입니다."""
    panel = SoftmaxAndSparsemax(difference=difference)
    assert panel.soft.get_ydata()[0] == pytest.approx(1 / (1 + np.exp(-difference)))
    assert panel.sparse.get_ydata()[0] == pytest.approx(min(max((1 + difference) / 2, 0), 1))


EXACT_012 = [mp.exp(k) / (1 + mp.e + mp.e**2) for k in range(3)]


@pytest.mark.parametrize("dtype, overflows_from, zero_from", [("float16", 10, -20), ("float32", 87, -106), ("float64", 708, -748)])
def test_textbook_softmax_dies_where_the_dtype_ends(dtype, overflows_from, zero_from):
    """한계의 바로 안에서는 수, 바로 밖에서는 nan이고, 나머지 둘은 어디에서나 2 ULP 안입니다."""
    panel = Offset(dtype=dtype)
    for offset, dies in [(overflows_from - 1, False), (overflows_from, True), (zero_from + 1, False), (zero_from, True),
                         (1000, True), (-1000, True)]:
        panel.set(offset=offset)
        assert [nan.get_visible() for nan in panel.nans] == [dies, False, False]
        assert [point.get_visible() for point in panel.points] == [not dies, True, True]
        for k in (1, 2):
            shown = np.array([bar.get_height() for bar in panel.bars[3 * k:3 * k + 3]], dtype=dtype)
            assert ulp_error(shown, [Decimal(str(value)) for value in EXACT_012]) < 2
            assert exact.ulp_error(shown, EXACT_012).max() < 2
    left, right = panel.zones
    assert (left.get_x() + left.get_width(), right.get_x()) == (zero_from + 1, overflows_from - 1)


def test_in_float16_the_sum_overflows_before_its_terms():
    """c = 9: 지수 셋은 모두 유한하지만 합이 ∞여서, nan이 아니라 모두 0이 됩니다(노트북의 글이 말하는 것)."""
    assert [bar.get_height() for bar in Offset(offset=9, dtype="float16").bars[:3]] == [0, 0, 0]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_ulp_error_is_the_error_of_mpmath(dtype):
    z = np.array([-300.1, 400.2, 399.0], dtype=dtype)
    p = act.textbook_softmax(z - z.max())
    true = [mp.exp(mp.mpf(float(value))) for value in z]
    true = [value / sum(true) for value in true]
    assert ulp_error(p, [Decimal(mp.nstr(value, 40)) for value in true]) == pytest.approx(exact.ulp_error(p, true).max(), rel=1e-6)


@pytest.mark.parametrize("dtype, cap", [("float16", 15.95), ("float32", 16.12), ("float64", 16.12)])
def test_a_floor_caps_the_loss_and_kills_the_slope(dtype, cap):
    panel = LossCap(dtype=dtype, gap=800.0)
    naive, floor, ours = panel.points
    assert not naive.get_visible() and floor.get_ydata()[0] == pytest.approx(cap, abs=0.01) and ours.get_ydata()[0] == 800
    assert [point.get_ydata()[0] for point in panel.slopes] == pytest.approx([0.0, 1.0], abs=1e-9)
    panel.set(gap=2.0)
    assert naive.get_visible() and [p.get_ydata()[0] for p in panel.points] == pytest.approx([np.log1p(np.exp(2))] * 3, rel=2e-3)


@pytest.mark.parametrize("gap", [1.0, 10.0, 16.0, 40.0])
def test_slopes_are_those_of_the_losses(gap):
    """그린 기울기를 손실의 차분(mpmath)과 견줍니다."""
    p = lambda z: 1 / (1 + mp.exp(-z))                                  # noqa: E731
    true = [-mp.diff(lambda z: -mp.log(p(z) + mp.mpf("1e-7")), -gap), -mp.diff(lambda z: -mp.log(p(z)), -gap)]
    shown = [point.get_ydata()[0] for point in LossCap(gap=gap).slopes]
    assert shown == pytest.approx([float(value) for value in true], rel=1e-9)


@pytest.mark.parametrize("q", [0.01, 0.3, 0.5, 0.99])
def test_average_surprise_is_least_when_belief_is_true(q):
    panel = ExpectedSurprise(q=q, p=0.4)
    (now,), (least,) = panel.now.get_ydata(), panel.best.get_ydata()
    assert now == pytest.approx(-q * np.log(0.4) - (1 - q) * np.log(0.6))
    assert panel.best.get_xdata()[0] == q and least <= panel.curve.get_ydata().min() + 1e-12
    assert panel.happens.get_xydata().tolist() == [[0.4, -np.log(0.4)]] and panel.fails.get_xdata()[0] == 0.6


@pytest.mark.parametrize("z, y", [(5.0, 0), (-5.0, 1), (8.0, 0), (0.0, 1), (-8.0, 0)])
def test_losses_and_slopes_by_logit(z, y):
    """점 넷이 정의에서 셈한 손실과 그 차분(mpmath)입니다."""
    a = lambda z: 1 / (1 + mp.exp(-z))                                  # noqa: E731
    losses = [lambda z: -mp.log(a(z) if y else 1 - a(z)), lambda z: (a(z) - y) ** 2 / 2]
    true = [loss(mp.mpf(z)) for loss in losses] + [mp.diff(loss, z) for loss in losses]
    panel = LogitToLoss(z=z, y=y)
    assert [p.get_ydata()[0] for p in panel.points] == pytest.approx([float(value) for value in true], rel=1e-9)
    assert all(np.interp(z, *line.get_data()) == pytest.approx(point.get_ydata()[0], abs=1e-9)
               for line, point in zip(panel.lines, panel.points))


def steps_by_plain_loop(start, rate, slope):
    w = b = start
    for step in range(STEPS + 1):
        a = 1 / (1 + math.exp(-(w + b)))
        if a < 0.1:
            return f"{step}걸음"
        w, b = w - rate * slope(a), b - rate * slope(a)
    return f"{STEPS}걸음 안에는 닿지 못함"


@pytest.mark.parametrize("start, rate", [(2.0, 0.15), (0.0, 0.15), (2.0, 1.0), (-1.0, 0.02), (4.0, 0.15), (4.0, 0.01)])
def test_race_of_one_neuron(start, rate):
    ce, se = steps_by_plain_loop(start, rate, lambda a: a), steps_by_plain_loop(start, rate, lambda a: a * a * (1 - a))
    assert f"교차 엔트로피 {ce}, 제곱 오차 {se}." in NeuronRace(start=start, rate=rate).caption
    if (start, rate) == (2.0, 0.15):
        assert (ce, se) == ("50걸음", "469걸음")


def shown_outputs(panel, side):
    return [point.get_ydata()[0] for point in panel.points[3 * side:3 * side + 3] if point.get_visible()]


SYMPTOMS = {
    "회귀에 시그모이드 함수": lambda y: y[0] <= 1,
    "이진 분류에 소프트맥스 함수 하나": lambda y: y == [1.0],
    "이진 분류에 항등 함수": lambda y: y[0] > 1.02,
    "이진 분류에 ReLU 함수": lambda y: y[0] < 0.01,
    "다중 클래스 분류에 시그모이드 함수": lambda y: abs(sum(y) - 1) > 0.005,
    "다중 레이블 분류에 소프트맥스 함수": lambda y: sum(y) == pytest.approx(1) and max(y) < 0.6}


@pytest.mark.parametrize("name", MISMATCHES)
def test_wrong_pairs_fail_as_the_lesson_says(name):
    """가장 긴 꽃잎에서: 알맞은 짝은 답의 모양을 지키고, 어긋난 짝은 글이 말하는 대로 벗어납니다."""
    panel = RightAndWrong(name=name, length=6.3)
    right = shown_outputs(panel, 0)
    assert len(right) == len(MISMATCHES[name].names) and SYMPTOMS[name](shown_outputs(panel, 1))
    if name.startswith("회귀"):
        assert right[0] == pytest.approx(WIDTH[LENGTH > 6].mean(), abs=0.3)
    elif name.startswith("다중 클래스"):
        assert sum(right) == pytest.approx(1) and right[2] > 0.9
    else:
        assert min(right) > 0.9                 # 버지니카이고, 두 태그가 모두 붙습니다.
    for dots in panel.dots:
        assert dots.get_visible() == name.startswith(("회귀", "이진"))
        if dots.get_visible():
            assert set(map(tuple, dots.get_xydata())) == set(zip(LENGTH, MISMATCHES[name].t))


@pytest.mark.parametrize("name, epochs", [("이진 분류", 300), ("다중 클래스 분류", 300), ("다중 레이블 분류", 300), ("다중 클래스 분류", 1)])
def test_regions_are_the_decisions_of_the_network(name, epochs):
    """색칠한 곳마다, 그 점을 따로 넣어 본 신경망의 결정과 같은 색입니다."""
    task, panel = TASKS[name], DecisionBoundary(task=name, epochs=epochs)
    scaled = (PETALS - PETALS.mean(axis=0)) / PETALS.std(axis=0)
    network, _ = trained(scaled, task.t, task.pair, epochs=epochs)
    image = np.asarray(panel.image.get_array())
    colors = np.unique(image.reshape(-1, 4), axis=0)
    for row, column in [(0, 0), (10, 20), (22, 40), (43, 65), (43, 0), (5, 60)]:
        place = np.array([[0.7 + 6.5 * column / 65, -0.1 + 2.9 * row / 43]])
        (y,) = network((place - PETALS.mean(axis=0)) / PETALS.std(axis=0))
        group = int(y.argmax()) if len(y) == 3 else sum(2**k for k, v in enumerate(y) if v >= 0.5)
        assert image[row, column, :3].tolist() == pytest.approx(to_rgb(panel.groups[group].get_color()))
    assert len(colors) <= len(task.names)
    for k, points in enumerate(panel.groups):
        assert points.get_visible() == (k < len(task.names))
        assert set(map(tuple, points.get_xydata())) == set(map(tuple, PETALS[task.groups == k]))
    if epochs == 300:
        assert np.mean(group_of(network(scaled), task) == task.groups) > 0.85


def test_labels_stand_where_matplotlib_puts_its_own_text():
    """SVG로 보낸 글자의 내용, 자리 맞춤, 가로 자리가 같은 자리에 놓은 matplotlib의 글자와 같고, 뜻이 있는 글자(<, &)도 그대로입니다."""
    class Two(Panel):
        size = (4.0, 2.0)

        def draw(self, figure):
            axes = figure.add_subplot(xlim=(0, 1), ylim=(0, 1))
            return [axes.text(0.3, 0.5, "1 < 2 & 3", ha="center", va="center"),
                    axes.add_artist(Label(0.3, 0.5, "1 < 2 & 3", ha="center", va="center"))]

        def update(self):
            return "글자 둘"

    svg = ElementTree.fromstring(re.sub(r"xlink:", "", Two()._foreground.value))
    plain, label = svg.iter("text")
    assert plain.text == label.text == "1 < 2 & 3"
    assert float(label.get("x")) == pytest.approx(float(plain.get("x")), abs=0.01)
    assert abs(float(label.get("y")) - float(plain.get("y"))) < 5          # 글줄의 가운데와 밑줄(baseline)의 차이
    assert "text-anchor: middle" in label.get("style") and "text-anchor: middle" in plain.get("style")


def test_markers_outside_the_axes_or_nowhere_are_not_drawn():
    """축의 끝에 놓인 표식은 그리고, 밖에 있거나 nan인 표식은 그리지 않습니다. 감춘 것도 그리지 않습니다."""
    class Points(Panel):
        controls = {"shown": Checkbox("보이기", True)}

        def draw(self, figure):
            axes = figure.add_subplot(xlim=(0, 1), ylim=(0, 1))
            self.points, = axes.plot([0, 0.5, 1.01, np.nan, 0.5], [0, 0.5, 0.5, 0.5, -0.1], "s")
            return [self.points]

        def update(self, shown):
            self.points.set_visible(shown)
            return "점"

    panel = Points()
    assert len(re.findall("M[^M]*z", panel._foreground.value)) == 2
    panel.set(shown=False)
    assert "<path" not in panel._foreground.value


@pytest.mark.parametrize("name", TASKS)
def test_every_stage_is_the_network_trained_for_that_many_epochs(name):
    """에폭마다 남긴 신경망이 서로 배열을 나누어 쓰지 않고, 처음부터 그만큼 훈련한 것과 같습니다."""
    task = TASKS[name]
    scaled = (task.features - task.features.mean(axis=0)) / task.features.std(axis=0)
    for epochs in (1, 2, 150, 300):
        kept, loss = stages(name)[epochs - 1]
        network, record = trained(scaled, task.t, task.pair, epochs=epochs)
        assert loss == record.loss[-1]
        for layer, whole in zip(kept.layers, network.layers):
            assert np.array_equal(layer.W, whole.W) and np.array_equal(layer.b, whole.b)


def test_regression_task_draws_a_curve_through_the_flowers():
    panel = DecisionBoundary(task="회귀", epochs=300)
    fitted = np.interp(LENGTH, *panel.curve.get_data())
    assert panel.curve.get_visible() and not panel.image.get_visible()
    assert np.mean((fitted - WIDTH) ** 2) < 1.1 * np.polyfit(LENGTH, WIDTH, 1, full=True)[1][0] / 150


def test_capstone_counts_every_test_flower_once():
    panel = Capstone(activation="tanh", hidden=5, rate=0.5, epochs=150)
    x, t, test_x, test_t = iris_split()
    network, record = trained(x, t, Pair(3, "softmax", "cross_entropy"), epochs=150, hidden=5, activation="tanh", rate=0.5)
    matrix = [[sum((a, b) == (i, j) for a, b in zip(test_t, network(test_x).argmax(axis=-1))) for j in range(3)] for i in range(3)]
    assert panel.image.get_array().tolist() == matrix == [[int(cell.get_text()) for cell in row] for row in panel.numbers]
    assert np.sum(matrix) == 45 and np.trace(matrix) >= 40
    assert panel.line.get_ydata().tolist() == record.loss.tolist()


def test_confusion_matrix_counts_repeats():
    assert confusion_matrix([0, 0, 1, 0], [1, 1, 1, 0], 2).tolist() == [[1, 2], [0, 1]]


# ── 패널 자체 ──


class Sample(Panel):
    """시험용 패널."""

    controls = {"x": Slider("x", 0, 10, start=2.0, play=True), "n": Slider("n", 1, 5, start=2, step=1),
                "rate": Slider("rate", 0.01, 10, start=0.1, log=True),
                "name": Choice("이름", {"하나": 1, "둘": 2}), "shown": Checkbox("보기", start=True)}

    def draw(self, figure):
        axes = figure.add_subplot(xlim=(0, 10), ylim=(0, 10))
        self.calls = 0
        self.point, = axes.plot([0], [0], "o")
        return [self.point, axes.yaxis]

    def update(self, x, n, rate, name, shown):
        self.calls += 1
        if n == 5:
            raise ValueError("다섯은 <안> 됩니다.")
        self.point.set_data([x], [n])
        return f"x = {x}"


def test_set_moves_several_controls_with_one_update():
    panel = Sample()
    before = panel.calls
    panel.set(x=3.0, n=3, name=2)
    assert panel.calls == before + 1 and panel.values["x"] == 3.0


@pytest.mark.parametrize("bad", [{"y": 1}, {"x": 11}, {"x": float("nan")}, {"x": "3"}, {"x": True}, {"n": 2.5},
                                 {"n": 9}, {"name": 3}, {"shown": 1}, {"rate": 0}])
def test_bad_values_are_refused_whole(bad):
    """잘못된 값은 컨트롤의 이름을 말하며 거절하고, 함께 준 바른 값도 반영하지 않습니다."""
    panel = Sample()
    before = panel.values, panel._foreground.value
    with pytest.raises(ValueError, match=next(iter(bad))):
        panel.set(**{**({"x": 5.0} if "x" not in bad else {"n": 1}), **bad})
    assert (panel.values, panel._foreground.value) == before
    with pytest.raises(ValueError, match=next(iter(bad))):
        Sample(**bad)


def test_an_error_in_update_is_said_in_the_panel():
    """브라우저의 콜백이 실패하면 패널이 그 까닭을 말하고(HTML로 새지 않게), 다음 움직임은 다시 잘 되며, rcParams는 그대로입니다."""
    before, panel = mpl.rcParams.copy(), Sample()
    panel._widgets["n"].value = 5
    assert "다섯은 &lt;안&gt; 됩니다." in panel._caption.value and 'role="alert"' in panel._caption.value
    panel._widgets["n"].value = 3
    assert panel._caption.value.count("x = 2.0") == 1 and "alert" not in panel._caption.value
    with pytest.raises(ValueError, match="다섯"):
        panel.set(n=5)
    assert mpl.rcParams.copy() == before


def test_play_walks_the_slider_to_its_end_and_follows_the_hand():
    panel = Sample()
    player, button = panel._players["x"]
    player.value = player.max
    assert panel.values["x"] == 10.0
    panel._widgets["x"].value = 2.5
    button.value = True
    assert player.playing and button.description == "멈춤" and player.value == pytest.approx(player.max / 4)
    panel._widgets["x"].value = 5.0
    assert player.value == pytest.approx(player.max / 2)
    player.value += player.step
    assert panel.values["x"] > 5.0
    player.playing = False
    assert not button.value and button.description == "재생"


class OldPlay(BoundedIntText):
    """ipywidgets 7의 Play: 걸음을 켜고 끄는 playing이 없습니다(Colab)."""

    interval = Int()


def test_an_old_play_walks_the_slider_by_its_own_buttons_and_follows_the_hand(monkeypatch):
    monkeypatch.setattr("ipywidgets.Play", OldPlay)
    panel = Sample()
    player, = panel._players["x"]
    assert player.layout.display is None and panel.values["x"] == 2.0
    panel.set(x=2.5)
    assert player.value == pytest.approx(player.max / 4) and panel.values["x"] == 2.5
    player.value = player.max
    assert panel.values["x"] == 10.0


def test_the_box_of_a_slider_says_its_value_and_moves_it():
    """수 칸은 라벨을 이름으로, 슬라이더의 값을 (로그 눈금이면 세 자리로) 값으로 가지고, 쓴 값을 그대로 슬라이더에 넘깁니다."""
    for control, given, shown in [(Slider("x", -5, 5, start=0.0), 0.1 + 0.2, 0.3), (Slider("n", 1, 5, start=2, step=1), 4, 4),
                                  (Slider("T", 0.001, 3, start=0.3, log=True), 10 ** 0.02, 1.05)]:
        slider = control.widget()
        box = control.box(slider)
        slider.value = given
        assert (box.description, box.value, slider.value) == (control.label, shown, given)
        box.value = control.high
        assert slider.value == control.high


def test_moving_axis_is_drawn_in_the_foreground():
    """눈금까지 움직이는 패널은 축을 움직이는 것으로 돌려주면 됩니다."""
    panel = Sample()
    assert "ytick" in panel._foreground.value and "ytick" not in panel._background.value
