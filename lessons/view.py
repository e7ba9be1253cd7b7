"""칸의 출력 한 묶음: 위젯이 사는 곳은 위젯을, 그 밖(GitHub, nbconvert)은 글과 그림을 골라 보입니다."""

import ipywidgets as widgets

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def bundle(widget, still):
    """위젯과, 위젯이 없는 곳에서 보일 still(MIME 형 → 내용)을 한 묶음으로 만듭니다.

    위젯의 _repr_mimebundle_은 ipywidgets 8부터 있으므로, 어느 판에나 있는 model_id로 직접 적습니다.
    """
    return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}, **still}


# 좁은 화면에서 긴 보기와 선택지가 잘리지 않고 줄을 바꾸게 합니다. Layout에는 이것을 정하는 자리가 없습니다.
# ipywidgets 7에서는 라디오 단추를 옆으로 늘어놓는 일도 이것이 합니다.
WRAPPED = ("<style>.lesson-predict button{white-space:normal;height:auto;text-align:start;line-height:1.5;padding-block:3px}"
           ".lesson-panel .widget-radio-box{flex-flow:row wrap;gap:0 8px}</style>")


def announcer(said):
    """said(widgets.HTML)의 말이 바뀔 때마다 화면 낭독기가 읽게 하는, 보이지 않는 위젯.

    HTML 위젯은 값이 바뀌면 속을 통째로 갈아 끼우는데, 새로 끼운 role="status"는 읽지 않는 낭독기가 많습니다. 그래서 바뀌지 않는
    status가 said의 말(id가 said.model_id인 것)을 제 것으로 삼습니다.
    """
    return widgets.HTML(f'{WRAPPED}<div role="status" aria-owns="{said.model_id}"></div>', layout={"height": "0", "margin": "0"})
