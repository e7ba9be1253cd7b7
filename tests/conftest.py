"""시험들이 함께 쓰는 것: 네트워크가 없는 곳, 저장소의 노트북, 그리고 진짜 JupyterLab과 브라우저."""

import ctypes
import os
import socket
import struct
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")      # 두 프로세스가 두 코어를 나누어 쓰게: 스레드끼리 다투면 몇십 배 느려집니다.

import nbformat                                         # noqa: E402
import pytest                                           # noqa: E402

from browser import chromium, find_chromium, jupyterlab      # noqa: E402

NOTEBOOKS = sorted(Path(__file__).resolve().parent.parent.joinpath("notebooks").glob("*.ipynb"))


def unplug():
    """이 프로세스와 여기서 띄우는 모든 것을 루프백만 있는 빈 네트워크로 옮깁니다(Linux의 network namespace). 옮겼는지 돌려줍니다."""
    if sys.platform != "linux" or ctypes.CDLL(None).unshare(0x40000000):                # CLONE_NEWNET: 권한이 있어야 합니다.
        return False
    import fcntl
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))               # SIOCSIFFLAGS, IFF_UP
    return True


UNPLUGGED = unplug()            # 노트북도 브라우저도, 모든 시험이 인터넷 없이 돕니다.


@pytest.fixture
def unplugged():
    if not UNPLUGGED:
        pytest.skip("네트워크를 끊지 못해 이어진 채로 시험했습니다(Linux에서 root로 돌리면 끊습니다).")


def pytest_generate_tests(metafunc):
    """notebook_path를 받는 시험은 노트북마다 한 번씩 돕니다."""
    if "notebook_path" in metafunc.fixturenames:
        metafunc.parametrize("notebook_path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def notebook(notebook_path):
    return nbformat.read(notebook_path, as_version=4)


@pytest.fixture(scope="session")
def lab():
    with jupyterlab() as lab:
        yield lab


@pytest.fixture(scope="session")
def browser():
    pytest.importorskip("playwright", reason="playwright이 없어 브라우저 시험을 건너뜁니다(python3 -m lessons test가 설치합니다).")
    if not find_chromium():
        pytest.skip("Chromium이 없어 브라우저 시험을 건너뜁니다(Debian이라면 sudo apt install chromium).")
    with chromium() as browser:
        yield browser
