"""두 명령의 입구: 아무것도 설치하지 않은 컴퓨터에서도 돌고, 잘못되면 한 문장으로 말하고, 끊긴 설치는 처음부터 다시 합니다."""

import ast
import importlib
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest
from jupyter_server.serverapp import ServerApp
from traitlets.config import PyFileConfigLoader

from browser import stop

ROOT = Path(__file__).resolve().parent.parent
SOURCE = (ROOT / "lessons" / "__main__.py").read_text(encoding="utf-8")
start = importlib.import_module("lessons.__main__")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """빈 폴더에 있는 집: 진짜 .venv를 건드리지 않습니다."""
    lock = tmp_path / "requirements.txt"
    lock.write_text("numpy==1.0\n")
    venv = tmp_path / ".venv"
    python = venv / start.PYTHON.relative_to(start.VENV)
    for name, value in {"ROOT": tmp_path, "VENV": venv, "PYTHON": python, "LOCK": lock,
                        "UNFINISHED": venv / "unfinished", "LOG": venv / "install.log"}.items():
        monkeypatch.setattr(start, name, value)
    return start


def test_it_needs_the_standard_library_alone():
    names = {alias.name for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_old_python_can_read_it_and_is_told_what_it_needs(monkeypatch):
    ast.parse(SOURCE, feature_version=(3, 8))
    monkeypatch.setattr(start, "OLDEST", (99, 0))
    with pytest.raises(start.Stop, match="Python 99.0 이상이 필요한데"):
        start.main([])


def test_the_server_sends_each_message_at_once(monkeypatch):
    """config.py의 연결은 TCP_NODELAY를 켜고 본래의 connect를 부릅니다. 켜지 않으면 그림이 이따금 40 ms 늦습니다."""
    app = ServerApp(config=PyFileConfigLoader(str(ROOT / "lessons" / "jupyter" / "config.py")).load_config())
    connection = app.kernel_websocket_connection_class
    monkeypatch.setattr(connection.__base__, "connect", lambda self: "connected")
    handler = Mock()
    assert connection.connect(Mock(spec=connection, websocket_handler=handler)) == "connected"
    handler.set_nodelay.assert_called_once_with(True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows의 terminate는 언제나 곧바로 끊습니다.")
def test_a_server_that_does_not_stop_is_cut_off():
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as server:
        server.stdout.readline()
        stop(server, seconds=0.1)
        assert server.poll() is not None


def test_a_taken_port_is_said_before_anything_is_installed():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run([sys.executable, "-m", "lessons", "--port", port], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert run.returncode == 1 and run.stdout == ""
    assert run.stderr.startswith(f"{port}번 포트는") and run.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--port=99999"], ["--port", "70000"]])
def test_an_impossible_port_is_refused(arguments):
    with pytest.raises(start.Stop, match="포트"):
        start.check_port(arguments)


def test_an_interrupted_install_begins_anew(house):
    """반만 풀린 패키지가 남아 있으면 지우고 다시 만듭니다. 끝났다는 기록이 없으면 설치된 것으로 보지 않습니다."""
    house.VENV.mkdir()
    house.UNFINISHED.touch()
    (house.VENV / "half").touch()
    house.prepare_venv()
    assert not (house.VENV / "half").exists() and house.UNFINISHED.exists() and house.PYTHON.exists()
    assert not house.is_installed(house.LOCK)


def test_a_finished_install_is_left_alone_until_the_lock_changes(house):
    house.prepare_venv()
    house.UNFINISHED.unlink()
    house.record(house.LOCK).write_text(house.digest(house.LOCK))
    assert house.is_installed(house.LOCK)
    house.set_up(house.LOCK)                # 아무것도 하지 않고 돌아옵니다.
    house.LOCK.write_text("numpy==2.0\n")
    assert not house.is_installed(house.LOCK)


def test_a_venv_of_the_user_is_not_erased(house):
    house.prepare_venv()
    house.UNFINISHED.unlink()
    (house.VENV / "mine").touch()
    house.prepare_venv()
    assert (house.VENV / "mine").exists()


def test_no_network_ends_in_one_sentence(house, monkeypatch):
    """내려받지 못하면 인터넷을 확인하라고 말하고, UNFINISHED를 남겨 다음에는 처음부터 다시 합니다."""
    def failing(title, command, steps=0):
        house.LOG.write_text("Failed to establish a new connection", encoding="utf-8")
        return "ensurepip" in command
    monkeypatch.setattr(house, "run", failing)
    monkeypatch.setattr(house.shutil, "which", lambda name: None)
    with pytest.raises(house.Stop, match="인터넷 연결"):
        house.set_up(house.LOCK)
    assert house.UNFINISHED.exists() and not house.is_installed(house.LOCK)
