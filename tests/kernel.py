"""진짜 커널 하나에서 노트북의 칸을 여러 차례로 실행해 봅니다: 시험과 벤치가 함께 씁니다."""

import nbformat
from nbclient.util import run_sync

from lessons import refresh


def said(cell):
    """칸이 말한 것: strict nbval이 비교하는 글들."""
    return [output.get("text") or output.get("data", {}).get("text/plain") for output in cell.outputs]


def orders(path):
    """노트북을 차례대로, 같은 커널에서 한 번 더, 첫 칸(불러오기)만 먼저 하고 거꾸로, 커널을 다시 시작하고 차례대로 실행합니다.

    저마다 (무엇을 했는가, 나온 말, 저장된 말)을 냅니다. 오류를 내는 칸이 있으면 CellExecutionError입니다.
    """
    notebook = nbformat.read(path, as_version=4)
    cells = [(cell, k) for k, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    stored = [said(cell) for cell, _ in cells]
    client = refresh.client(notebook)
    with client.setup_kernel():
        for name, order in {"차례대로": cells, "한 번 더": cells, "거꾸로": cells[:1] + cells[:0:-1], "다시 시작": cells}.items():
            if name == "다시 시작":
                run_sync(client.km.restart_kernel)(now=True)
                run_sync(client.kc.wait_for_ready)(timeout=60)
            for cell, k in order:
                client.execute_cell(cell, k)
            yield name, [said(cell) for cell, _ in cells], stored
