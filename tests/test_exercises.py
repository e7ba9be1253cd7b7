"""예측, 연습, 진도: 선언한 실수를 바로 그 실수로 알아보고, 어떤 함수가 와도 강의가 멈추지 않습니다."""

import importlib
import json
import pkgutil
import warnings

import ipywidgets as widgets
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

import lessons
from lessons.exercise import UNSOLVED, Case, Exercise, Lesson, Mistake, Predict, check
from lessons.start import Welcome


def all_lessons():
    for module in pkgutil.iter_modules(lessons.__path__):
        if module.name not in ("__main__", "refresh"):
            lesson = getattr(importlib.import_module(f"lessons.{module.name}"), "lesson", None)
            if lesson is not None:
                yield lesson


LESSONS = list(all_lessons())
EXERCISES = {(lesson.name, key): exercise for lesson in LESSONS for key, exercise in lesson.exercises.items()}
FUNCTIONS = {where: exercise for where, exercise in EXERCISES.items() if callable(exercise.reference)}
PREDICTIONS = {(lesson.name, key): each for lesson in LESSONS for key, each in lesson.predictions.items()}
MISTAKES = [(*where, mistake) for where, exercise in EXERCISES.items() for mistake in exercise.mistakes]


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """시험이 쓰는 사람의 진도를 건드리지 않게 합니다."""
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "progress.json"))


def leaky_by_mask(x, alpha):
    y = np.array(x, dtype=float)
    y[y < 0] *= alpha
    return y


def collapse_by_basis(W1, b1, W2, b2):
    """단위 벡터를 넣어 보아 알아내는 길."""
    both = lambda x: (x @ W1 + b1) @ W2 + b2                    # noqa: E731
    b = both(np.zeros(len(W1)))
    return np.array([both(unit) - b for unit in np.eye(len(W1))]), b


def relu_by_loop(x, w, b):
    total = b
    for value, weight in zip(x, w):
        total += value * weight
    return total if total > 0 else 0.0


def softmax_by_rows(z, T):
    if np.ndim(z) > 1:
        return [softmax_by_rows(row, T) for row in z]
    powers = [np.exp((value - max(z)) / T) for value in z]
    return [power / sum(powers) for power in powers]


def log_softmax_by_pairs(z):
    """두 항씩 logaddexp로 더하는 길."""
    total = z[..., 0]
    for k in range(1, z.shape[-1]):
        total = np.logaddexp(total, z[..., k])
    return z - total[..., None]


def softmax_gradient_by_chain(z, t):
    """야코비 행렬과 −t/p를 곱하는 길."""
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return np.array([(np.diag(row) - np.outer(row, row)) @ (-one / row) for row, one in zip(p, t)]) / len(z)


def squared_gradient_by_jacobian(z, t):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return np.einsum("nij,nj->ni", np.array([np.diag(row) - np.outer(row, row) for row in p]), 2 * (p - t))


# 함수 연습마다 서로 다르게 쓴 바른 답 둘: 참고 답과 다른 꼴도 받아들여야 합니다.
RIGHT_ANSWERS = {
    ("01_dense_layer", "neuron"): [lambda x, w, b: max(float(np.dot(x, w)) + b, 0.0), relu_by_loop],
    ("01_dense_layer", "dense"): [lambda X, W, b: (np.einsum("ni,ij->nj", X, W) + b).clip(0.0),
                                  lambda X, W, b: np.array([[relu_by_loop(x, w, c) for w, c in zip(W.T, b)] for x in X])],
    ("02_activations", "sigmoid_grad"): [lambda y: y - y**2, lambda y: 0.25 - (np.asarray(y) - 0.5) ** 2],
    ("02_activations", "leaky_relu"): [leaky_by_mask, lambda x, a: np.maximum(x, 0) + a * np.minimum(x, 0)],
    ("02_activations", "leaky_relu_grad"): [lambda x, a: a + (1 - a) * (x > 0),
                                            lambda x, a: np.array([1.0 if v > 0 else a for v in x])],
    ("03_linear_collapse", "collapse"): [lambda W1, b1, W2, b2: (np.dot(W1, W2), np.dot(b1, W2) + b2), collapse_by_basis],
    ("04_vanishing_gradient", "factor"): [lambda n, w: abs(w**n) * 0.25**n, lambda n, w: np.prod([abs(0.25 * w)] * n)],
    ("04_vanishing_gradient", "dead"): [lambda z: (z.max(axis=0) <= 0).mean(),
                                        lambda z: sum(not any(v > 0 for v in unit) for unit in z.T) / z.shape[1]],
    ("05_softmax", "tempered"): [softmax_by_rows, lambda z, T: 1 / np.exp((z[..., None, :] - z[..., None]) / T).sum(axis=-1)],
    ("05_softmax", "jacobian"): [lambda p: p[:, None] * (np.eye(len(p)) - p), lambda p: (np.eye(len(p)) - np.reshape(p, (-1, 1))) @ np.diag(p)],
    ("06_softmax_stability", "softmax"): [lambda z: 1 / np.exp(np.minimum(z[..., None, :] - z[..., None], 700)).sum(axis=-1),
                                          lambda z: np.exp(np.maximum(log_softmax_by_pairs(z), -700))],
    ("06_softmax_stability", "log_softmax"): [lambda z: log_softmax_by_pairs(z), lambda z: z - np.logaddexp.reduce(z, axis=-1, keepdims=True)],
    ("07_cross_entropy", "cross_entropy"): [lambda p, t: [-np.log(row[k]) for row, k in zip(p, t)],
                                            lambda p, t: -(np.eye(p.shape[1])[t] * np.log(p)).sum(axis=1)],
    ("07_cross_entropy", "gradient"): [lambda z, t: np.array([np.exp(row) / np.exp(row).sum() - one for row, one in zip(z, t)]) / len(t),
                                       softmax_gradient_by_chain],
    ("07_cross_entropy", "multi_label"): [lambda p, t: -np.log(np.where(t == 1, p, 1 - p)).sum(axis=1),
                                          lambda p, t: [-np.log(np.prod(a**b * (1 - a)**(1 - b))) for a, b in zip(p, t)]],
    ("08_ce_vs_mse", "first_epoch"): [lambda a, goal: next((k for k, v in enumerate(a, 1) if v >= goal), np.inf),
                                      lambda a, goal: np.append(np.flatnonzero(a >= goal) + 1.0, np.inf)[0]],
    ("08_ce_vs_mse", "median"): [lambda epochs: np.sort(epochs)[len(epochs) // 2], lambda epochs: sorted(epochs)[(len(epochs) - 1) // 2]],
    ("08_ce_vs_mse", "gradient"): [squared_gradient_by_jacobian,
                                   lambda z, t: np.array([squared_gradient_by_jacobian(z[k:k + 1], t[k:k + 1])[0] for k in range(len(z))])],
    ("09_output_layer", "tags"): [lambda p: [[1 if v >= 0.5 else 0 for v in row] for row in p], lambda p: 1 - (p < 0.5)],
    ("09_output_layer", "confusion"): [lambda t, p, k: np.bincount(k * t + p, minlength=k * k).reshape(k, k),
                                       lambda t, p, k: np.eye(k)[t].T @ np.eye(k)[p]],
}

# ── 강의가 선언한 것 ──


@pytest.mark.parametrize("lesson, key, mistake", MISTAKES, ids=lambda value: getattr(value, "name", str(value)))
def test_every_declared_mistake_is_recognised_as_itself(lesson, key, mistake):
    result = check(EXERCISES[lesson, key], mistake.wrong)
    assert not result.solved and result.mistake == mistake.name and mistake.hint in result.text


@pytest.mark.parametrize("where", EXERCISES, ids="-".join)
def test_reference_passes_and_unsolved_is_calm(where):
    exercise = EXERCISES[where]
    assert check(exercise, exercise.reference).solved
    assert check(exercise, ...) is UNSOLVED
    if where in FUNCTIONS:
        assert check(exercise, lambda *arguments: None) is UNSOLVED
        assert check(exercise, lambda *arguments: ...) is UNSOLVED


@pytest.mark.parametrize("where", FUNCTIONS, ids="-".join)
def test_two_differently_written_right_answers_are_accepted(where):
    assert len(RIGHT_ANSWERS[where]) >= 2
    for answer in RIGHT_ANSWERS[where]:
        result = check(FUNCTIONS[where], answer)
        assert result.solved, result.text


@pytest.mark.parametrize("where", PREDICTIONS, ids="-".join)
def test_predictions_explain_every_wrong_option(where):
    prediction = PREDICTIONS[where]
    assert len(prediction.options) >= 3
    reasons = [reason for text, reason in prediction.options.items() if text != prediction.answer]
    assert len(set(reasons)) == len(prediction.options) - 1
    for text in prediction.options:
        right, said = prediction.feedback(text)
        assert right == (text == prediction.answer)
        assert (prediction.why if right else prediction.options[text]) in said


# ── 예측 ──


def sample_prediction():
    return Predict("물음 <1>?", {"가": "가가 아닌 까닭", "나": None, "다": "다가 아닌 까닭"}, answer="나", why="나인 까닭")


def parts_of(prediction):
    _, rows, _, said = prediction.widget().children
    return rows.children, said


def test_nothing_is_revealed_before_a_choice():
    """고르기 전의 위젯과 글에는 설명이 하나도 없고, 커널이 없을 때의 꼴에는 접힌 정답이 있습니다."""
    prediction = sample_prediction()
    buttons, said = parts_of(prediction)
    assert [button.description for button in buttons] == ["가", "나", "다"] and "><" in said.value
    assert "까닭" not in repr(prediction)
    bundle = prediction._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    before, details = bundle["text/html"].split("<details>")
    assert "까닭" not in before and "나인 까닭" in details and "가가 아닌 까닭" in details and "물음 &lt;1&gt;?" in before


def test_panels_predictions_and_progress_appear_with_ipywidgets_7_too(monkeypatch):
    """ipywidgets 7의 위젯에는 _repr_mimebundle_이 없습니다(_ipython_display_가 있습니다). 그래도 위젯과 글이 함께 나옵니다."""
    monkeypatch.delattr(widgets.Widget, "_repr_mimebundle_", raising=False)
    lesson = Lesson("시험", predictions={"ask": sample_prediction()}, exercises={})
    for shown in (Welcome(), lesson.predict("ask"), lesson.progress()):
        bundle, _ = DisplayFormatter().format(shown)
        assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"]
        assert bundle["text/plain"] == repr(shown)


def test_a_click_says_why_and_only_the_right_one_counts():
    prediction, solved = sample_prediction(), []
    prediction.on_solved = lambda: solved.append(True)
    (first, second, _), said = parts_of(prediction)
    first.click()
    assert "가가 아닌 까닭" in said.value and "나인 까닭" not in said.value and said.model_id in said.value and not solved
    second.click()
    assert "✓" in said.value and "나인 까닭" in said.value and solved


@pytest.mark.parametrize("options, answer, why", [({"가": "까닭"}, "나", "왜"), ({"가": "까닭", "나": None}, "가", "왜"),
                                                  ({"가": None, "나": "까닭"}, "가", "")])
def test_a_prediction_without_its_reasons_is_refused(options, answer, why):
    with pytest.raises(ValueError, match="options에는"):
        Predict("물음", options, answer, why)


# ── 어떤 함수가 와도 ──

SOFTMAX = Exercise(
    "소프트맥스 함수", lambda z: np.exp(z - z.max(axis=-1, keepdims=True)) / np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True),
    cases=[Case((np.array([1.0, 2.0, 3.0]),), "줄 하나"), Case((np.array([[1.0, 2.0, 0.0], [0.0, 5.0, 1.0]]),), "두 줄"),
           Case((np.array([[1000.0, 1001.0, 999.0]]),), "큰 입력")],
    mistakes=[
        Mistake("최댓값을 빼지 않음", lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True), "지수를 취하기 전에 최댓값을 빼 보세요."),
        Mistake("축", lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(), "줄마다 따로 더해야 합니다."),
        Mistake("keepdims", lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=-1), "합의 축이 사라졌습니다."),
    ])


@pytest.mark.parametrize("mistake", SOFTMAX.mistakes, ids=lambda mistake: mistake.name)
def test_softmax_mistakes_are_told_apart(mistake):
    assert check(SOFTMAX, mistake.wrong).mistake == mistake.name


def endless(z):
    while True:
        try:
            z = z + 0
        except Exception:
            pass


def changes_input(z):
    z -= z.max()
    return np.exp(z) / np.exp(z).sum()


def raises(z):
    y = z * 2
    return y[100]


@pytest.mark.parametrize("function, words", [
    (raises, ["3번째 줄", "IndexError"]), (endless, ["2초"]), (changes_input, ["입력 배열을 바꾸었습니다"]),
    (lambda z: z[:2], ["모양", "(3,)", "(2,)"]), (lambda z: z.sum(), ["모양"]), (lambda z: "글자", ["수가 아니라 str"]),
    (lambda z: (z, z), ["값 1개", "2개"]), (lambda: 1, ["TypeError"]), (lambda z: z * np.nan, ["nan"]),
    (lambda z: z * 0.5, ["나온 값", "바른 값", "[0.5 1.  1.5]", "[0.09   0.2447 0.6652]"]), (3.0, ["함수를 넘겨", "float"]),
    (lambda z: {"a": 1}, ["dict"]),
], ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_strange_answer_is_explained(function, words):
    result = check(SOFTMAX, function)
    assert not result.solved and result.text.startswith("✗")
    for word in words:
        assert word in result.text


def test_prints_and_warnings_stay_inside(capsys):
    """학습자의 print와 NumPy의 경고는 화면으로 새지 않고, 조용히 알려 줄 뿐입니다."""
    def chatty(z):
        print("여기!")
        np.log(np.zeros(1))
        warnings.warn("시끄러운 경고")
        return SOFTMAX.reference(z)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = check(SOFTMAX, chatty)
    assert result.solved and "print" in result.text
    assert capsys.readouterr() == ("", "")


def test_a_keyboard_interrupt_passes_through():
    def stopped(z):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        check(SOFTMAX, stopped)


def test_a_list_is_as_good_as_an_array():
    assert check(SOFTMAX, lambda z: SOFTMAX.reference(z).tolist()).solved


def test_numbers_are_checked_too():
    exercise = Exercise("매개변수의 수", 40, mistakes=[Mistake("편향을 잊음", 32, "편향도 셉니다.")])
    assert check(exercise, 40.0).solved and check(exercise, 32).mistake == "편향을 잊음"
    assert not check(exercise, 41).solved and "수를 넘겨" in check(exercise, "마흔").text
    assert "role=\"status\"" in check(exercise, 32)._repr_html_() and repr(check(exercise, 32)) == "✗ 편향도 셉니다."


# ── 진도 ──


def sample_lesson(name="01_sample"):
    return Lesson(name, predictions={"why": sample_prediction()}, exercises={"softmax": SOFTMAX})


def test_progress_is_kept_over_a_restart_and_can_be_reset():
    lesson, other = sample_lesson(), sample_lesson("02_other")
    parts_of(lesson.predict("why"))[0][1].click()
    lesson.check("softmax", SOFTMAX.reference)
    other.check("softmax", SOFTMAX.reference)
    assert sample_lesson().done() == {"why", "softmax"}
    lesson.reset()
    assert sample_lesson().done() == set() and sample_lesson("02_other").done() == {"softmax"}


def test_a_wrong_answer_is_no_progress():
    lesson = sample_lesson()
    lesson.check("softmax", lambda z: z)
    lesson.check("softmax", None)
    assert lesson.done() == set()


def test_the_panel_follows_and_asks_before_erasing():
    """보이는 진도가 함께 바뀌고, 지우기는 한 번 더 물으며, 저장된 글은 진도에 따라 달라지지 않습니다."""
    lesson = sample_lesson()
    progress = lesson.progress()
    view, buttons = progress.widget().children
    erase, sure = buttons.children
    text = repr(progress)
    assert view.value.count("○ 아직") == 2 and sure.layout.display == "none"
    lesson.check("softmax", SOFTMAX.reference)
    assert view.value.count("✓ 끝냄") == 1 and repr(lesson.progress()) == text
    erase.click()
    assert sure.layout.display is None and lesson.done() == {"softmax"}
    sure.click()
    assert lesson.done() == set() and view.value.count("○ 아직") == 2 and sure.layout.display == "none"


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '{"01_sample": 3}', "null", '"글"'])
def test_a_broken_file_never_stops_a_lesson(tmp_path, content):
    (tmp_path / "progress.json").write_text(content, encoding="utf-8")
    lesson = sample_lesson()
    assert lesson.done() == set()
    lesson.check("softmax", SOFTMAX.reference)
    assert sample_lesson().done() == {"softmax"}
    assert json.loads((tmp_path / "progress.json").read_text(encoding="utf-8")) == {"01_sample": ["softmax"]}


def test_an_unwritable_place_never_stops_a_lesson(tmp_path, monkeypatch):
    monkeypatch.setenv("LESSONS_PROGRESS", str(tmp_path / "없는 폴더" / "progress.json"))
    lesson = sample_lesson()
    assert lesson.check("softmax", SOFTMAX.reference).solved and lesson.done() == set()


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="softmax"):
        sample_lesson().check("sotfmax", None)
    with pytest.raises(ValueError, match="why"):
        sample_lesson().predict("what")
