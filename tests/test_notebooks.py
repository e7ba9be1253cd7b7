"""노트북의 약속: 저장된 꼴이 늘 같고, 집의 층을 거스르지 않으며, 저장된 숫자가 하나라도 바뀌면 시험이 잡아냅니다."""

import ast
import importlib
import re
import subprocess
import symtable
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from kernel import orders
from lessons import refresh

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "lessons"
FRAME = {"__init__", "__main__", "panel", "svg", "exercise", "style", "view", "refresh"}
MODULES = sorted(path for path in LESSONS.glob("*.py") if path.stem not in FRAME)
LONGEST_CELL = 10
STRICT = ("--nbval", "--nbval-current-env")
FIRST_CELL = "import sys\nsys.path.insert(0, \"..\")"


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


# ─────────────────────────────── 저장된 꼴 ───────────────────────────────


def test_the_stored_text_is_the_normal_form(notebook_path):
    stored = notebook_path.read_text(encoding="utf-8")
    normal = refresh.text(refresh.normalize(nbformat.reads(stored, as_version=4)))
    assert stored == normal, f"python3 -m lessons refresh {notebook_path.stem}으로 새로 쓰세요."


def test_nothing_stored_changes_from_run_to_run(notebook):
    """정규형을 만드는 코드와 따로, 달라지기 쉬운 것이 파일에 없음을 직접 봅니다."""
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info == {"name": "python"}
    assert [cell.execution_count for cell in code_cells(notebook)] == list(range(1, len(code_cells(notebook)) + 1))
    assert not any("execution" in cell.metadata for cell in notebook.cells)
    text = nbformat.writes(notebook)
    for word in ("widget-view", "widget-state", "/tmp/", "ipykernel_", " at 0x", "Traceback"):
        assert word not in text, word


def test_cell_ids_are_unique(notebook):
    nbformat.validate(notebook)
    assert max(Counter(cell.id for cell in notebook.cells).values()) == 1


def test_no_error_and_no_warning_is_stored(notebook):
    assert not [output for output in outputs(notebook)
                if output.output_type == "error" or output.get("name") == "stderr"]


def test_every_stored_result_can_be_compared(notebook):
    """strict nbval은 text/plain을 비교합니다. 그림만 있는 출력이나 주소가 찍힌 repr은 아무것도 지키지 못합니다."""
    for output in outputs(notebook):
        if "data" in output:
            assert output.data.get("text/plain", "").strip()
            assert not re.match(r"<.*>$", output.data["text/plain"]), output.data["text/plain"]


def test_every_panel_is_stored_as_a_picture_too(notebook):
    """GitHub와 nbviewer에서는 위젯 대신 그림이 보이고, 화면 낭독기는 그 설명글을 읽습니다."""
    pictures = [output for output in outputs(notebook) if "image/png" in output.get("data", {})]
    assert pictures
    for output in pictures:
        assert output.metadata == {"image/png": {"alt": output.data["text/plain"]}}


# ─────────────────────────────── 이름과 순서 ───────────────────────────────


def test_every_notebook_has_its_module_and_every_module_its_notebook():
    slugs = [re.fullmatch(r"\d\d_(\w+)", path.stem)[1] for path in (ROOT / "notebooks").glob("*.ipynb")]
    assert sorted(slugs) == [path.stem for path in MODULES]


def test_numbers_run_without_a_clash():
    numbers = [path.stem[:2] for path in (ROOT / "notebooks").glob("*.ipynb")]
    assert len(set(numbers)) == len(numbers)


def test_links_between_notebooks_lead_somewhere(notebook_path, notebook):
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", cell.source):
            assert (notebook_path.parent / target).exists(), target


# ─────────────────────────────── 층 ───────────────────────────────


def imported(tree):
    """구문 나무가 불러오는 모듈의 이름들. from lessons import style은 lessons와 lessons.style입니다."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(path):
    return set(imported(ast.parse(path.read_text(encoding="utf-8"))))


def test_activations_stands_on_numpy_and_scipy_alone():
    allowed = sys.stdlib_module_names | {"numpy", "scipy"}
    assert {name.partition(".")[0] for name in imports_of(ROOT / "activations.py")} <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_lesson_imports_no_other_lesson(path):
    others = {f"lessons.{other.stem}" for other in MODULES}
    assert imports_of(path) & others == set()


def test_the_frame_imports_no_lesson():
    lessons = {f"lessons.{path.stem}" for path in MODULES}
    for path in LESSONS.glob("*.py"):
        assert path.stem not in FRAME or imports_of(path) & lessons == set(), path


def test_nothing_under_lessons_uses_pyplot():
    for path in LESSONS.rglob("*.py"):
        assert not any("pyplot" in name or "pylab" in name for name in imports_of(path)), path


def test_no_relative_import_hides_a_direction():
    for path in [ROOT / "activations.py", *LESSONS.rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level], path


def test_a_notebook_imports_only_its_own_lesson(notebook_path, notebook):
    own = "lessons." + notebook_path.stem[3:]
    others = {f"lessons.{path.stem}" for path in MODULES} - {own}
    for cell in code_cells(notebook):
        assert set(imported(ast.parse(cell.source))) & others == set()


# ─────────────────────────────── 칸 ───────────────────────────────


def test_the_first_code_cell_is_the_same_everywhere(notebook):
    assert code_cells(notebook)[0].source.startswith(FIRST_CELL)


def test_first_code_cells_are_identical():
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert len({code_cells(nbformat.read(path, as_version=4))[0].source for path in paths}) <= 1


def test_code_cells_are_short_and_define_no_class(notebook):
    for cell in code_cells(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= LONGEST_CELL, cell.source
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.ClassDef)], cell.source


def names(source):
    """칸이 정하는 이름들과, 쓰는 이름들(안에서 만든 함수가 쓰는 것도)."""
    tables = [symtable.symtable(source, "cell", "exec")]
    for table in tables:
        tables += table.get_children()
    bound = {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used = {symbol.get_name() for table in tables for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return bound, used


def test_a_name_taken_from_another_cell_is_given_by_one_cell_alone(notebook):
    """앞의 칸을 나중에 다시 실행해도 같은 값이 나오게: 두 칸이 z를 정하면, z를 가져다 쓰는 칸은 실행한 차례에 따라 달라집니다."""
    given, taken = Counter(), set()
    for cell in code_cells(notebook):
        bound, used = names(cell.source)
        given.update(bound)
        taken |= used - bound
    assert {name for name in taken if given[name] > 1} == set()


def test_a_lesson_asks_shows_and_sets_tasks(notebook_path, notebook):
    """강의마다 예측, 패널, 연습이 둘 이상이고, 모듈이 선언한 예측과 연습은 빠짐없이 노트북에 있습니다."""
    if notebook_path.stem == "00_start":
        return
    panels = [output for output in outputs(notebook) if "image/png" in output.get("data", {})]
    assert len(panels) >= 2
    lesson = getattr(importlib.import_module("lessons." + notebook_path.stem[3:]), "lesson", None)
    if lesson is None:
        pytest.skip("이 강의는 아직 lesson을 선언하지 않았습니다.")
    source = "\n".join(cell.source for cell in code_cells(notebook))
    for call, declared in (("predict", lesson.predictions), ("check", lesson.exercises)):
        assert len(declared) >= 2
        assert re.findall(rf"^{call}\(\"(\w+)\"", source, re.M) == list(declared)
    assert re.search(r"^progress\(\)", source, re.M)


def test_every_cell_has_its_place_on_the_slides(notebook):
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type") for cell in notebook.cells]
    assert set(kinds) <= {"slide", "subslide", "fragment", "skip", "notes"}
    assert kinds[0] == "slide"
    assert "notes" in kinds, "강사 노트가 없습니다."


def test_no_cell_escapes_the_comparison(notebook):
    """strict nbval을 피하는 표지(nbval-skip 등)와 사전 처리는 쓰지 않습니다."""
    for cell in notebook.cells:
        assert not cell.metadata.get("tags")
        assert "NBVAL_" not in cell.source


def test_the_order_of_execution_changes_nothing():
    """진짜 커널에서 두 번, 거꾸로, 다시 시작하고. 같은 이름을 가장 많은 칸이 쓰는 강의만 합니다(모두 하면 1분: bench/soak.py가 합니다)."""
    for order, got, stored in orders(ROOT / "notebooks" / "06_softmax_stability.ipynb"):
        assert got == stored, order


# ─────────────────────────────── 비교가 정말로 잡아내는가 ───────────────────────────────


STREAM = "print('σ(1) = 0.7311')", lambda text: nbformat.v4.new_output("stream", text=text + "\n")
RESULT = "'σ(1) = 0.7311'", lambda text: nbformat.v4.new_output("execute_result", {"text/plain": f"'{text}'"})


def write_notebook(path, source, *stored):
    cell = nbformat.v4.new_code_cell(source, outputs=list(stored))
    path.write_text(refresh.text(refresh.normalize(nbformat.v4.new_notebook(cells=[cell]))), encoding="utf-8")


def test_one_changed_digit_is_caught(tmp_path):
    """저장된 숫자가 그대로이면 통과하고, 하나라도 다르거나 출력이 없어졌으면 실패합니다."""
    for name, (source, output) in {"stream": STREAM, "result": RESULT}.items():
        write_notebook(tmp_path / f"{name}_same.ipynb", source, output("σ(1) = 0.7311"))
        write_notebook(tmp_path / f"{name}_changed.ipynb", source, output("σ(1) = 0.7312"))
    write_notebook(tmp_path / "silent_changed.ipynb", "pass", STREAM[1]("σ(1) = 0.7311"))
    run = subprocess.run([sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", *STRICT,
                          f"--rootdir={tmp_path}", str(tmp_path)], capture_output=True, encoding="utf-8", timeout=120)
    verdicts = {name: verdict for verdict, name in re.findall(r"^(PASSED|FAILED) .*?(\w+)\.ipynb", run.stdout, re.M)}
    assert verdicts == {"stream_same": "PASSED", "stream_changed": "FAILED", "result_same": "PASSED",
                        "result_changed": "FAILED", "silent_changed": "FAILED"}, run.stdout


def test_the_test_command_compares_every_notebook(request):
    """pyproject.toml의 설정이 strict nbval을 켭니다."""
    assert request.config.option.nbval and not request.config.option.nbval_lax
    assert not request.config.option.nbval_sanitize_with
