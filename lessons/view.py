"""칸의 출력 한 묶음: 위젯이 사는 곳은 위젯을, 그 밖(GitHub, nbconvert)은 글과 그림을 골라 보입니다."""

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def bundle(widget, still):
    """위젯과, 위젯이 없는 곳에서 보일 still(MIME 형 → 내용)을 한 묶음으로 만듭니다.

    위젯의 _repr_mimebundle_은 ipywidgets 8부터 있으므로, 어느 판에나 있는 model_id로 직접 적습니다.
    """
    return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}, **still}
