"""jupyter lab --config=lessons/jupyter/config.py: 한국어 메뉴로 notebooks/00_start.ipynb를 엽니다."""

from pathlib import Path

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

HERE = Path(__file__).resolve().parent

c = get_config()                            # noqa: F821  Jupyter가 이 파일을 읽을 때 넣어 줍니다.
# overrides.json: 메뉴를 한국어로 하고, 슬라이더의 말을 칸과 같은 스레드에서 듣게 합니다. JupyterLab은 ipykernel 7에게 그것을 다른
# 스레드(subshell)에서 듣게 하는데, matplotlib의 설정은 스레드가 함께 쓰므로 그때 실행 중인 학습자의 그림까지 패널의 모양새로 바뀔 수 있습니다.
# page_config.json: 커널이 바쁠 때마다 탭의 아이콘과 상태 표시줄의 글을 바꾸는 것을 끕니다. 슬라이더를 옮길 때마다 깜박이고,
# 화면을 다시 그리느라 그림이 5 ms쯤 늦습니다. 커널이 바쁜지는 노트북 도구 막대의 동그라미가 그대로 알려 줍니다.
c.LabApp.app_settings_dir = str(HERE)
c.LabApp.default_url = "/lab/tree/00_start.ipynb"
c.LabApp.extra_labextensions_path = [str(HERE / "labextensions")]      # 키보드, 화면 낭독기, 좁은 창을 위한 작은 플러그인
c.LabApp.extension_manager = "readonly"     # 확장 목록을 인터넷에서 가져오지 않습니다.
c.ServerApp.root_dir = str(HERE.parents[1] / "notebooks")
c.ServerApp.allow_root = True               # 컨테이너에서는 root로 여는 일이 흔합니다. 토큰과 localhost는 그대로입니다.


class UndelayedConnection(ZMQChannelsWebsocketConnection):
    """커널의 말을 모아 두지 않고 곧바로 브라우저에 보냅니다.

    TCP는 작은 꾸러미를 앞의 것이 닿았다는 답이 올 때까지 모아 두고(Nagle), 받는 쪽은 그 답을 40 ms까지 미룹니다. 둘이 만나면
    슬라이더를 옮긴 그림이 이따금 40 ms씩 늦습니다.
    """

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


c.ServerApp.kernel_websocket_connection_class = UndelayedConnection
