"""노트북을 실행해 저장된 출력을 새로 쓰고, 늘 같은 꼴(정규형)로 맞춥니다.

    python3 -m lessons refresh                        모든 노트북
    python3 -m lessons refresh 03_linear_collapse     이름을 댄 노트북만

정규형에는 실행할 때마다 달라지는 것이 없습니다. 위젯의 상태와 시각을 떼고, 실행 번호를 1부터 차례로 매기고,
메타데이터는 꼭 필요한 것만 남깁니다. 그래서 내용이 그대로이면 몇 번을 새로 써도 파일이 그대로입니다.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

from lessons.view import WIDGET_VIEW

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"slideshow", "tags"}


def client(notebook):
    """노트북을 그 폴더에서, 새 커널로 실행할 nbclient."""
    return NotebookClient(notebook, kernel_name="python3", timeout=300, coalesce_streams=True, extra_arguments=["--log-level=40"],
                          resources={"metadata": {"path": str(NOTEBOOKS)}})


def execute(notebook):
    """처음부터 끝까지 새 커널에서 실행합니다. 오류가 나면 CellExecutionError입니다."""
    return client(notebook).execute()


def normalize(notebook):
    """같은 내용을 언제나 같은 글로 만듭니다(제자리에서 고쳐 돌려줍니다)."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in CELL_METADATA & cell.metadata.keys()})
    for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1):
        cell.execution_count = count
        for output in cell.outputs:
            _normalize_output(output, count)
    return notebook


def _normalize_output(output, count):
    if output.output_type == "execute_result":
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
        alt = output.metadata.get("image/png", {}).get("alt")           # 그림의 대체 텍스트(화면 낭독기)
        output.metadata = nbformat.from_dict({"image/png": {"alt": alt}} if alt else {})


def text(notebook):
    """파일에 쓰는 글: 열쇠는 가나다순, 들여쓰기는 한 칸, 끝에는 줄바꿈."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def refresh(path):
    """노트북 하나를 새로 씁니다. 실행에 실패하면 파일을 건드리지 않습니다."""
    fresh = text(normalize(execute(nbformat.read(path, as_version=4))))
    beside = path.with_suffix(".new")
    beside.write_text(fresh, encoding="utf-8", newline="\n")
    os.replace(beside, path)


def main(names):
    paths = [(NOTEBOOKS / Path(name).name).with_suffix(".ipynb") for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        try:
            refresh(path)
        except FileNotFoundError:
            sys.exit(f"{path.name}: notebooks 폴더에 그런 노트북이 없습니다.")
        except (CellControlSignal, DeadKernelError) as error:
            sys.exit(f"{path.name}: 실행하다가 오류가 나서 파일을 그대로 두었습니다.\n{error}")
        print(f"{path.name}: 출력을 새로 썼습니다.", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
