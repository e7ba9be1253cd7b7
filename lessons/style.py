"""그림의 글꼴과 색: 모든 패널이 함께 쓰는 모양새입니다."""

import logging
import threading
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager

# Okabe–Ito 색. 색만으로 구별하지 않도록 선 모양이나 표식을 함께 씁니다. 글자는 언제나 INK로 씁니다.
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
ORANGE, SKY, PURPLE = "#E69F00", "#56B4E9", "#CC79A7"

# SVG로 보낼 때 읽는 사람의 글자색(currentColor)과 바탕색으로 바뀌는, 다른 곳에는 쓰이지 않는 두 색입니다.
INK, PAPER = "#010203", "#fefdfc"

BROWSER_FONTS = ("NanumGothic, 'Nanum Gothic', 'Malgun Gothic', 'Apple SD Gothic Neo', "
                 "'Noto Sans KR', 'Noto Sans CJK KR', 'DejaVu Sans', sans-serif")


def _install_korean_font():
    """koreanize-matplotlib이 싣고 있는 글꼴 파일만 등록합니다(그 모듈은 distutils가 필요해 3.12부터 불러올 수 없습니다)."""
    files = metadata.files("koreanize-matplotlib") or []
    path = next(file.locate() for file in files if file.name == "NanumGothic.ttf")
    font_manager.fontManager.addfont(str(path))


_install_korean_font()

RC = {
    "font.family": ["NanumGothic", "DejaVu Sans"],      # DejaVu가 −, ₀, ✓ 같은 글자를 채웁니다.
    "font.size": 10.0,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 11.0,
    "axes.labelsize": 10.0,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "legend.fontsize": 9.0,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.18,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "lines.markersize": 7.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "white",
    "svg.fonttype": "none",                             # 글자를 글자로: 한글은 읽는 사람의 글꼴로 또렷하게 그려집니다.
    "svg.hashsalt": "lessons",                          # 같은 그림은 언제나 같은 SVG가 됩니다.
    **{name: INK for name in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color",
                              "grid.color", "hatch.color", "patch.edgecolor", "legend.labelcolor")},
}


_turn = threading.RLock()


@contextmanager
def styled():
    """`with styled():` 안에서 만들고 그리는 그림에만 이 모양새를 씁니다. 학습자 자신의 그림은 건드리지 않습니다.

    rcParams는 스레드가 함께 쓰므로 한 번에 한 스레드만 들어옵니다. 슬라이더를 칸과 다른 스레드에서 움직이는 프로그램이 있습니다(ipykernel 7의
    subshell). 두 스레드가 겹쳐 들어왔다가 먼저 들어온 쪽이 먼저 나가면 학습자의 rcParams에 이 모양새가 남습니다.
    mpl.rc_context는 300가지가 넘는 설정을 모두 베껴 두므로, 움직일 때마다 쓰기에는 느립니다. 여기서는 RC에 있는 것만 바꾸고 되돌립니다.
    """
    with _turn:
        before = {name: mpl.rcParams[name] for name in RC}
        mpl.rcParams.update(RC)
        try:
            yield
        finally:
            mpl.rcParams.update(before)


@contextmanager
def outlined():
    """저장할 때: SVG의 글자를 윤곽선으로, PDF에는 글꼴을 넣어 어디서나 같게 보이게 합니다."""
    # PDF에 넣을 글꼴을 추릴 때 나눔고딕의 TSI 표(힌팅의 원본)를 버렸다는, 배우는 사람과 무관한 경고는 들리지 않게 합니다.
    subsetter = logging.getLogger("fontTools.subset")
    level = subsetter.level
    subsetter.setLevel(logging.ERROR)
    try:
        with mpl.rc_context({"svg.fonttype": "path", "pdf.fonttype": 42}):
            yield
    finally:
        subsetter.setLevel(level)


def undated(path):
    """만든 시각을 적지 않아, 같은 그림이면 같은 파일이 되게 하는 메타데이터입니다."""
    return {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(Path(path).suffix.lower(), {})
