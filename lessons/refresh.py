"""노트북을 실행해 저장된 출력을 새로 쓰고, 늘 같은 꼴(정규형)로 맞춥니다.

    python3 -m lessons refresh [노트북 …]

정규형: 위젯의 상태와 시각이 없고, 실행 번호는 1부터 차례로, 메타데이터는 꼭 필요한 것만 남습니다.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def execute(notebook):
    """노트북을 처음부터 끝까지 실행합니다. 오류가 나면 CellExecutionError입니다."""
    NotebookClient(notebook, kernel_name="python3", timeout=300, store_widget_state=False,
                   resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    return notebook


def normalize(notebook):
    """출력은 그대로 두고, 실행할 때마다 달라지는 것을 모두 떼어 냅니다."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in ("slideshow", "tags") if key in cell.metadata})
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [_normal_output(output, count) for output in cell.outputs]
    return notebook


def _normal_output(output, count):
    if output.output_type == "execute_result":
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_VIEW, None)
        output.metadata = nbformat.from_dict({})
    return output


def refresh(path):
    """노트북 하나를 새로 씁니다. 실행에 실패하면 파일을 건드리지 않습니다."""
    text = nbformat.writes(normalize(execute(nbformat.read(path, as_version=4)))) + "\n"
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    os.replace(fresh, path)


def main(names):
    paths = [Path(name).resolve() for name in names] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in paths:
        try:
            refresh(path)
        except CellExecutionError as error:
            sys.exit(f"{path.name}: 실행하다가 오류가 나서 파일을 그대로 두었습니다.\n{error}")
        print(f"{path.name}: 출력을 새로 썼습니다.")


if __name__ == "__main__":
    main(sys.argv[1:])
