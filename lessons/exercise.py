"""예측, 연습, 진도: 먼저 고르게 하고, 쓴 것을 바로 확인하고, 어떤 실수인지 말해 줍니다.

강의 모듈은 선언만 합니다.

    lesson = Lesson("03_linear_collapse",
        predictions={"stack": Predict("그래프는 어떤 모양일까요?",
                                      {"곡선": "휠 곳이 없습니다.", "직선": None}, answer="직선", why="곱해지기 때문입니다.")},
        exercises={"double": Exercise("x를 두 배로 만드는 함수", lambda x: 2 * x, cases=[Case((3.0,), "양수")],
                                      mistakes=[Mistake("제곱", lambda x: x * x, "제곱이 아니라 두 배입니다.")])})
    predict, check, progress = lesson.predict, lesson.check, lesson.progress
"""

import contextlib
import copy
import html
import io
import json
import os
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import ipywidgets as widgets
import numpy as np

from lessons.view import announcer, bundle

# ─────────────────────────────── 예측 ───────────────────────────────


class Predict:
    """보기 가운데 하나를 먼저 고르게 하는 물음. 고르기 전에는 아무것도 알려 주지 않습니다.

    options는 보기 → 그것이 왜 틀렸는지이고(정답의 값은 None), why는 정답을 골랐을 때의 설명입니다.
    """

    def __init__(self, question, options, answer, why):
        wrong = {text: reason for text, reason in options.items() if text != answer}
        if answer not in options or len(options) < 2 or not why or not all(wrong.values()):
            raise ValueError("options에는 정답과, 저마다 까닭이 있는 틀린 보기가 와야 합니다.")
        self.question, self.options, self.answer, self.why = question, options, answer, why
        self.on_solved = lambda: None

    def feedback(self, choice):
        """고른 보기에 대한 (맞았는가, 말)."""
        if choice == self.answer:
            return True, f"✓ 맞습니다. {self.why}"
        return False, f"✗ ‘{choice}’은(는) 정답이 아닙니다. {self.options[choice]} 다시 골라 보세요."

    def widget(self):
        said = widgets.HTML()
        said.value = f'<div id="{said.model_id}"></div>'

        def choose(button):
            right, text = self.feedback(button.description)
            said.value = _box(text, right, f'id="{said.model_id}"')
            if right:
                self.on_solved()

        buttons = []
        for text in self.options:
            button = widgets.Button(description=text, layout={"width": "auto", "max_width": "100%", "margin": "2px 0"})
            button.on_click(choose)
            buttons.append(button)
        rows = widgets.VBox(buttons, layout={"align_items": "flex-start"})
        return widgets.VBox([widgets.HTML(f"<p style='margin:0'><b>예측</b> {html.escape(self.question)}</p>"),
                             rows, announcer(said), said]).add_class("lesson-predict")

    def __repr__(self):
        return "\n".join([f"예측: {self.question}", *(f"  {k}. {text}" for k, text in enumerate(self.options, 1))])

    def _repr_html_(self):
        """커널이 없는 곳에서 읽는 꼴: 정답은 접혀 있습니다."""
        items = "".join(f"<li>{html.escape(text)}</li>" for text in self.options)
        wrong = "".join(f"<li>{html.escape(text)}: {html.escape(reason)}</li>"
                        for text, reason in self.options.items() if text != self.answer)
        return (f"<p><b>예측</b> {html.escape(self.question)}</p><ol>{items}</ol><details><summary>정답 보기</summary>"
                f"<p><b>{html.escape(self.answer)}</b>. {html.escape(self.why)}</p><ul>{wrong}</ul></details>")

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle(self.widget(), {"text/plain": repr(self), "text/html": self._repr_html_()})


def _box(text, good, marked='role="status"'):
    """말 한 상자. 색만이 아니라 ✓, ✗, 낱말로도 구별됩니다."""
    color = "#009E73" if good else "#D55E00"
    return (f'<div {marked} style="border-left:4px solid {color};padding:4px 12px;margin:4px 0;line-height:1.5;'
            f'white-space:pre-wrap">{html.escape(text)}</div>')


# ─────────────────────────────── 연습 ───────────────────────────────


@dataclass(frozen=True)
class Case:
    """시험할 입력 하나: 함수에 줄 인자들과, 어떤 입력인지를 말하는 짧은 이름."""

    args: tuple
    note: str


@dataclass(frozen=True)
class Mistake:
    """자주 하는 실수 하나: 이름, 그 실수를 한 함수(값 연습이면 그 값), 정답이 아니라 길을 알려 주는 귀띔."""

    name: str
    wrong: object
    hint: str


@dataclass(frozen=True)
class Exercise:
    """연습 하나: 무엇을 쓰는지, 참고 답(함수, 또는 값), 점점 어려워지는 입력들, 알아볼 실수들."""

    goal: str
    reference: object
    cases: list = field(default_factory=list)
    mistakes: list = field(default_factory=list)
    tolerance: float = 1e-9


@dataclass(frozen=True)
class Result:
    """확인한 결과. text가 학습자에게 하는 말이고, mistake는 알아본 실수의 이름(없으면 None)입니다."""

    text: str
    solved: bool = False
    mistake: str | None = None

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return _box(self.text, self.solved)


UNSOLVED = Result("아직 풀지 않았습니다. … 자리를 채운 뒤 이 칸을 다시 실행해 보세요.")


class TimeUp(BaseException):
    """학습자의 except Exception에 잡히지 않게 BaseException입니다."""


@dataclass(frozen=True)
class _Outcome:
    """한 번 불러 본 결과: 돌려준 값이나 오류, 찍은 글, 입력을 바꾸었는가."""

    value: object = None
    error: BaseException | None = None
    printed: str = ""
    changed_input: bool = False


def _call(function, args, seconds=2.0):
    """함수를 인자의 사본으로 불러 봅니다. 오래 걸리면 멈추고, 경고와 출력은 밖으로 새지 않게 합니다."""
    given, deadline, previous = copy.deepcopy(args), time.monotonic() + seconds, sys.gettrace()

    def watch(frame, event, argument):
        if time.monotonic() > deadline:
            raise TimeUp
        return watch

    value = error = None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        sys.settrace(watch)
        try:
            value = function(*given)
        except (Exception, TimeUp) as caught:
            error = caught
        finally:
            sys.settrace(previous)
    changed = any(not np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True) for a, b in zip(given, args)
                  if isinstance(a, np.ndarray))
    return _Outcome(value, error, printed.getvalue(), changed)


def _parts(value):
    """비교할 배열의 목록: 튜플이면 하나씩, 아니면 하나. 수가 아니면 None입니다."""
    try:
        return [np.asarray(part, dtype=float) for part in (value if isinstance(value, tuple) else (value,))]
    except (TypeError, ValueError):
        return None


def _same(a, b, tolerance):
    """두 결과가 같은 값이거나, 같은 종류의 오류인가."""
    if a.error or b.error:
        return type(a.error) is type(b.error)
    left, right = _parts(a.value), _parts(b.value)
    return left is not None and right is not None and len(left) == len(right) and all(
        x.shape == y.shape and np.allclose(x, y, rtol=tolerance, atol=tolerance, equal_nan=True)
        for x, y in zip(left, right))


def check(exercise, answer):
    """연습 하나를 확인해 Result를 돌려줍니다. 쉬운 입력부터 시험하고, 처음 틀린 데서 멈춥니다."""
    if answer is None or answer is ...:
        return UNSOLVED
    if not callable(exercise.reference):
        return _check_value(exercise, answer)
    if not callable(answer):
        return Result(f"✗ 함수를 넘겨 주세요. {type(answer).__name__} 형의 값이 왔습니다. 괄호를 붙여 부르지 않았는지 보세요.")
    notes = ""
    for case in exercise.cases:
        got, want = _call(answer, case.args), _call(exercise.reference, case.args)
        if got.error is None and (got.value is None or got.value is ...):
            return UNSOLVED
        notes = notes or ("\n(함수 안의 print는 없어도 됩니다. 확인에는 돌려준 값만 씁니다.)" if got.printed else "")
        if got.changed_input:
            return Result(f"✗ 입력 배열을 바꾸었습니다({case.note}). 새 배열을 만들어 돌려주세요.", mistake="입력 바꾸기")
        if not _same(got, want, exercise.tolerance):
            return _diagnose(exercise, answer, case, got, want)
    return Result(f"✓ 맞습니다. {len(exercise.cases)}가지 입력에서 모두 바른 값이 나왔습니다.{notes}", solved=True)


def _check_value(exercise, answer):
    got, want = _Outcome(answer), _Outcome(exercise.reference)
    if _parts(answer) is None:
        return Result(f"✗ 수를 넘겨 주세요. {type(answer).__name__} 형의 값이 왔습니다.")
    if _same(got, want, exercise.tolerance):
        return Result("✓ 맞습니다.", solved=True)
    for mistake in exercise.mistakes:
        if _same(got, _Outcome(mistake.wrong), exercise.tolerance):
            return Result(f"✗ {mistake.hint}", mistake=mistake.name)
    return Result(f"✗ {_short(answer)}은(는) 아닙니다. 어떻게 나온 값인지 한 걸음씩 다시 적어 보세요.")


def _diagnose(exercise, answer, case, got, want):
    """어떤 실수인지 알아봅니다: 모든 입력에서 그 실수와 똑같이 행동하면 그 실수입니다."""
    if isinstance(got.error, TimeUp):
        return Result(f"✗ 2초 안에 끝나지 않아 멈추었습니다({case.note}). 끝나지 않는 반복이 있는지 보세요.", mistake="끝나지 않음")
    outcomes = [_call(answer, each.args) for each in exercise.cases]
    for mistake in exercise.mistakes:
        if all(_same(outcome, _call(mistake.wrong, each.args), exercise.tolerance)
               for outcome, each in zip(outcomes, exercise.cases)):
            return Result(f"✗ {mistake.hint}", mistake=mistake.name)
    return Result(f"✗ {_complaint(answer, case, got, want)}")


def _complaint(answer, case, got, want):
    if got.error:
        return f"{case.note}에서 오류가 났습니다{_line(answer, got.error)}: {type(got.error).__name__}: {got.error}"
    parts, wanted = _parts(got.value), _parts(want.value)
    if parts is None:
        return f"{case.note}에서 수가 아니라 {type(got.value).__name__} 형의 값을 돌려주었습니다."
    if len(parts) != len(wanted):
        return f"{case.note}에서 값 {len(wanted)}개를 돌려주어야 하는데 {len(parts)}개를 돌려주었습니다."
    shapes = [part.shape for part in parts], [part.shape for part in wanted]
    if shapes[0] != shapes[1]:
        return f"{case.note}에서 결과의 모양이 {_listed(shapes[1])}이어야 하는데 {_listed(shapes[0])}입니다."
    if any(np.isnan(part).any() for part in parts):
        return f"{case.note}에서 nan이 됩니다. 0으로 나누거나 ∞에서 ∞를 빼는 곳이 있는지 보세요."
    return (f"{case.note}에서 값이 다릅니다.\n  입력: {_listed(map(_short, case.args))}\n"
            f"  나온 값: {_listed(map(_short, parts))}\n  바른 값: {_listed(map(_short, wanted))}")


def _line(function, error):
    """오류가 난 줄이 함수의 몇 번째 줄인지."""
    code = getattr(function, "__code__", None)
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__)
             if code and frame.filename == code.co_filename and frame.name == code.co_name]
    return f"(함수의 {lines[-1] - code.co_firstlineno + 1}번째 줄)" if lines else ""


def _short(value):
    return np.array2string(np.asarray(value), precision=4, suppress_small=False, threshold=12).replace("\n", "")


def _listed(values):
    return ", ".join(map(str, values))


# ─────────────────────────────── 진도 ───────────────────────────────
# 노트북 곁의 파일 하나에 적습니다. 읽거나 쓰지 못해도 강의는 멈추지 않습니다: 진도만 남지 않을 뿐입니다.


def _progress_file():
    default = Path(__file__).resolve().parent.parent / "notebooks" / ".progress.json"
    return Path(os.environ.get("LESSONS_PROGRESS", default))


def _load():
    """강의 이름 → 끝낸 것들의 목록. 파일이 없거나 깨졌으면 빈 dict입니다."""
    try:
        done = json.loads(_progress_file().read_text(encoding="utf-8"))
        return {name: [str(key) for key in keys] for name, keys in done.items() if isinstance(keys, list)}
    except (OSError, ValueError, AttributeError):
        return {}


def _store(done):
    """임시 파일에 쓴 뒤 바꿔 넣어, 도중에 끊겨도 반만 쓰인 파일이 남지 않습니다."""
    path = _progress_file()
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".tmp", delete=False, encoding="utf-8") as file:
            json.dump(done, file, ensure_ascii=False)
        os.replace(file.name, path)
    except OSError:
        pass


class Lesson:
    """강의 하나의 예측과 연습, 그리고 진도. name은 노트북의 이름입니다."""

    def __init__(self, name, *, predictions, exercises):
        self.name, self.predictions, self.exercises = name, predictions, exercises
        self._views = []
        for key, prediction in predictions.items():
            prediction.on_solved = lambda key=key: self._mark(key)

    def predict(self, key):
        """예측 하나를 보여 줍니다."""
        return self._known(self.predictions, key, "예측")

    def check(self, key, answer):
        """연습 하나를 확인합니다. answer는 학습자가 쓴 함수나 값입니다."""
        result = check(self._known(self.exercises, key, "연습"), answer)
        if result.solved:
            self._mark(key)
        return result

    def progress(self):
        """이 강의에서 무엇을 끝냈는지 보여 줍니다."""
        return Progress(self)

    def done(self):
        """끝낸 예측과 연습의 이름들."""
        return set(_load().get(self.name, []))

    def reset(self):
        """이 강의의 진도를 지웁니다. 다른 강의의 것은 그대로 둡니다."""
        _store({name: keys for name, keys in _load().items() if name != self.name})
        self._refresh()

    def _known(self, table, key, kind):
        if key not in table:
            raise ValueError(f"{self.name}에는 {key!r}(이)라는 {kind}이(가) 없습니다. 있는 것은 {', '.join(table)}입니다.")
        return table[key]

    def _mark(self, key):
        done = _load()
        _store({**done, self.name: sorted({*done.get(self.name, []), key})})
        self._refresh()

    def _refresh(self):
        for view in self._views:
            view.value = self._listing()

    def _listing(self):
        done = self.done()
        items = "".join(f"<li>{'✓ 끝냄' if key in done else '○ 아직'} · {html.escape(text)}</li>"
                        for key, text in self.items())
        return f"<ul style='list-style:none;padding-left:0;margin:4px 0;line-height:1.6'>{items}</ul>"

    def items(self):
        """(이름, 학습자에게 보이는 글)의 목록."""
        return [*((key, "예측: " + each.question) for key, each in self.predictions.items()),
                *((key, "연습: " + each.goal) for key, each in self.exercises.items())]


class Progress:
    """진도 패널. 글로 찍은 꼴은 진도에 따라 달라지지 않습니다(저장된 출력과 비교되기 때문입니다)."""

    def __init__(self, lesson):
        self.lesson = lesson

    def widget(self):
        view = widgets.HTML(self.lesson._listing())
        self.lesson._views.append(view)
        button = widgets.Button(description="진도 지우기", layout={"width": "auto"})
        sure = widgets.Button(description="정말로 지우기", layout={"width": "auto", "display": "none"})

        def ask(_):
            sure.layout.display = "none" if sure.layout.display is None else None

        def erase(_):
            sure.layout.display = "none"
            self.lesson.reset()

        button.on_click(ask)
        sure.on_click(erase)
        return widgets.VBox([view, widgets.HBox([button, sure])]).add_class("lesson-progress")

    def __repr__(self):
        return "\n".join(text for _, text in self.lesson.items())

    def _repr_mimebundle_(self, include=None, exclude=None):
        items = "".join(f"<li>{html.escape(text)}</li>" for _, text in self.lesson.items())
        return bundle(self.widget(), {"text/plain": repr(self), "text/html": f"<ul>{items}</ul>"})
