"""오래 쓰기: 모든 패널을 아무렇게나 오래 움직이고, 모든 노트북을 여러 차례로, 여러 번 거듭 실행합니다.

    python tests/bench/soak.py [움직임의 수 [실행의 수]]      처음 값은 10000과 10

움직일 때마다 예외도 경고도 없어야 하고, 메모리는 몸풀기(처음 1000번)가 끝나면 1000번에 2 MB보다 늘지 않아야 하며,
마지막 그림은 같은 값으로 새로 만든 패널과 같아야 합니다. 어긴 것이 있으면 그것을 말하고 종료 코드 1로 끝납니다.
노트북은 거꾸로도, 커널을 다시 시작하고도 저장된 말을 해야 하고, strict nbval에서 한 번도 실패하지 않아야 합니다.
"""

import logging
import os
import random
import subprocess
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import psutil                                               # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from kernel import orders                                   # noqa: E402
from lessons.refresh import NOTEBOOKS                       # noqa: E402
from panels import PANELS, move, shown                      # noqa: E402

ROW, LIMIT = 1000, 2.0


class Loud(logging.Handler):
    """글자가 없다는 글꼴의 말도 경고입니다."""

    def emit(self, record):
        raise RuntimeWarning(record.getMessage())


def soak(moves):
    """패널을 움직이며 표를 찍습니다. 어긴 것의 목록을 돌려줍니다."""
    warnings.simplefilter("error")
    logging.getLogger().addHandler(Loud(logging.WARNING))
    rng, process, wrong = random.Random(0), psutil.Process(), []
    panels = [panel_class() for panel_class in PANELS]
    print(f"패널 {len(panels)}개\n| 움직임 | 메모리(MB) | 1000번에 는 것(MB) | 걸린 시간(초) |\n|---|---|---|---|")
    before, begin = process.memory_info().rss, time.monotonic()
    for count in range(1, moves + 1):
        panel = rng.choice(panels)
        done = move(panel, rng)
        if 'role="alert"' in panel._caption.value:
            wrong.append(f"{done}: {panel._caption.value}")
        if count % ROW == 0:
            now = process.memory_info().rss
            growth = (now - before) / 2**20
            print(f"| {count} | {now / 2**20:.1f} | {growth:+.2f} | {time.monotonic() - begin:.0f} |", flush=True)
            if count > ROW and growth > LIMIT:
                wrong.append(f"{count}번째까지의 {ROW}번에 메모리가 {growth:.2f} MB 늘었습니다.")
            before = now
    for panel in panels:
        if shown(panel) != shown(type(panel)(**panel.values)):
            wrong.append(f"{type(panel).__name__}{panel.values}: 새로 만든 패널과 다릅니다.")
    return wrong


def wander():
    """노트북마다 칸을 여러 차례로 실행합니다. 저장된 것과 다른 말을 한 차례의 목록을 돌려줍니다."""
    wrong = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        verdicts = {order: got == stored for order, got, stored in orders(path)}
        print(f"{path.stem}: " + ", ".join(f"{order} {'같음' if same else '다름'}" for order, same in verdicts.items()), flush=True)
        wrong += [f"{path.stem}: {order} 실행하면 다른 말을 합니다." for order, same in verdicts.items() if not same]
    return wrong


def rehearse(runs):
    """노트북을 모두 거듭 실행해 저장된 출력과 비교합니다. 실패한 실행의 목록을 돌려줍니다."""
    wrong = []
    for k in range(1, runs + 1):
        run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "notebooks"], cwd=ROOT,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        summary = run.stdout.splitlines()[-1]
        print(f"노트북 {k}번째: {summary}", flush=True)
        if run.returncode:
            wrong.append(f"{k}번째 실행:\n{run.stdout}")
    return wrong


def main(moves=10_000, runs=10):
    wrong = [*soak(int(moves)), *wander(), *rehearse(int(runs))]
    print("\n".join(wrong) or "어긴 것이 없습니다.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
