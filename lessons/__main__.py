"""강의를 여는 명령과 시험하는 명령. 아무것도 설치하기 전에 돌므로 표준 라이브러리만 씁니다.

    python3 -m lessons            처음이면 .venv를 만들어 설치하고, JupyterLab으로 notebooks/00_start.ipynb를 엽니다
    python3 -m lessons test       모든 시험을 돌립니다(노트북도 모두 실행합니다). 뒤에 쓴 것은 pytest로 넘어갑니다
    python3 -m lessons refresh    노트북을 다시 실행해 저장된 출력을 새로 씁니다. 뒤에 노트북의 이름을 쓸 수 있습니다
"""

import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
LOCK = os.path.join(ROOT, "requirements.txt")
TEST_LOCK = os.path.join(ROOT, "tests", "requirements.txt")
COMMAND = "py -m lessons" if os.name == "nt" else "python3 -m lessons"


class Stop(Exception):
    """더 갈 수 없는 까닭과 다음에 할 일을 담은 한 문장."""


def main(arguments):
    """명령 하나를 실행하고 종료 코드를 돌려줍니다."""
    if sys.version_info < (3, 11):
        raise Stop("Python 3.11 이상이 필요한데 %d.%d입니다. 새 Python을 설치한 뒤 그것으로 다시 실행해 주세요."
                   % sys.version_info[:2])
    command = arguments[0] if arguments and arguments[0] in ("test", "refresh") else "start"
    rest = arguments if command == "start" else arguments[1:]
    set_up([LOCK] if command != "test" else [LOCK, TEST_LOCK])
    return {"start": start, "test": test, "refresh": refresh}[command](rest)


# ── 설치 ──


def set_up(locks):
    """.venv가 없거나 잠금 파일이 바뀌었으면 설치합니다. 다 끝난 뒤에만 도장을 찍으므로, 끊겨도 다시 실행하면 됩니다."""
    missing = [lock for lock in locks if not stamped(lock)]
    if not missing:
        return
    if not works(PYTHON):
        make_venv()
    for lock in missing:
        install(lock)
        with open(stamp(lock), "w") as file:
            file.write(digest(lock))


def stamp(lock):
    return os.path.join(VENV, "installed-tests" if lock == TEST_LOCK else "installed")


def digest(lock):
    with open(lock, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def stamped(lock):
    try:
        with open(stamp(lock)) as file:
            return file.read() == digest(lock) and os.path.exists(PYTHON)
    except OSError:
        return False


def works(python):
    """그 Python과 pip이 정말로 도는가(만들다 끊긴 .venv는 그렇지 않습니다)."""
    try:
        return subprocess.run([python, "-m", "pip", "--version"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def make_venv():
    if importlib.util.find_spec("ensurepip") is None:
        raise Stop("이 Python에는 가상 환경을 만드는 ensurepip이 없습니다. Debian이나 Ubuntu라면 "
                   "'sudo apt install python3-venv'를 실행한 뒤 다시 시작해 주세요.")
    try:
        shutil.rmtree(VENV, ignore_errors=True)
        result = run_showing("가상 환경(.venv)을 만드는 중", [sys.executable, "-m", "venv", VENV])
    except OSError as error:
        raise Stop("%s 폴더에 쓸 수 없습니다(%s). 쓸 수 있는 곳으로 옮긴 뒤 다시 실행해 주세요." % (ROOT, error.strerror)) from None
    if result.returncode:
        raise Stop("가상 환경을 만들지 못했습니다. 폴더에 쓸 수 있는지, 디스크에 자리가 있는지 확인한 뒤 "
                   "다시 실행해 주세요.\n" + result.stdout[-400:])


def install(lock):
    """잠금 파일의 패키지를 설치합니다. uv가 있으면 uv로(몇 초), 없거나 실패하면 pip으로 합니다."""
    title = "%s의 패키지를 설치하는 중" % os.path.relpath(lock, ROOT)
    uv = shutil.which("uv")
    if uv and not run_showing(title + "(uv)", [uv, "pip", "install", "--python", PYTHON, "-r", lock]).returncode:
        return
    result = run_showing(title, [PYTHON, "-m", "pip", "install", "--disable-pip-version-check",
                                 "--retries", "2", "-r", lock])
    if result.returncode:
        raise Stop("패키지를 설치하지 못했습니다. 인터넷에 이어져 있는지 확인한 뒤 '%s'를 다시 실행해 주세요. "
                   "설치 프로그램의 마지막 말은 다음과 같습니다.\n%s" % (COMMAND, last_line(result.stdout)))


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "(없음)"


def run_showing(title, command):
    """명령을 실행하면서, 기다리는 사람에게 지난 시간을 보여 줍니다."""
    started, finished = time.monotonic(), threading.Event()

    def tick():
        while not finished.wait(1.0 if sys.stdout.isatty() else 10.0):
            line = "%s … %d초" % (title, time.monotonic() - started)
            print("\r" + line if sys.stdout.isatty() else line, end="" if sys.stdout.isatty() else "\n", flush=True)

    print(title + " …", flush=True)
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              encoding="utf-8", errors="replace")
    finally:
        finished.set()
        ticker.join()
        if sys.stdout.isatty():
            print()


# ── 명령 ──


def start(rest):
    """JupyterLab을 한국어로, 00_start에서 엽니다. 나머지 인자(--no-browser, --port …)는 Jupyter로 넘깁니다."""
    port = asked_port(rest)
    if port and not free(port):
        raise Stop("포트 %d은(는) 이미 쓰이고 있습니다. '%s --port %d'처럼 다른 포트를 주거나 --port를 빼 주세요."
                   % (port, COMMAND, port + 1))
    config = os.path.join(ROOT, "lessons", "jupyter", "config.py")
    print("JupyterLab을 엽니다. 끝내려면 이 창에서 Ctrl+C를 누르세요.", flush=True)
    return call([PYTHON, "-m", "jupyterlab", "--config=" + config, "--notebook-dir=" + ROOT] + rest)


def asked_port(arguments):
    """--port 8888이나 --port=8888에서 번호를 읽습니다."""
    words = " ".join(arguments).replace("--port=", "--port ").split()
    if "--port" in words[:-1] and words[words.index("--port") + 1].isdigit():
        return int(words[words.index("--port") + 1])
    return None


def free(port):
    with socket.socket() as probe:
        if os.name != "nt":         # 방금 끝난 서버의 자리도 빈 자리입니다.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def test(rest):
    """인자가 없으면 tests/와 notebooks/ 모두를, 있으면 그것을 pytest에 넘깁니다."""
    return call([PYTHON, "-m", "pytest"] + (rest or ["tests", "notebooks", "--nbval", "--nbval-current-env"]))


def refresh(rest):
    return call([PYTHON, "-m", "lessons.refresh"] + rest)


def call(command):
    try:
        return subprocess.call(command, cwd=ROOT, env=dict(os.environ, PYTHONUTF8="1"))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):     # 옛 Windows 창도 한글에서 멈추지 않게 합니다.
        stream.reconfigure(errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit("\n멈추었습니다. '%s'를 다시 실행하면 이어집니다." % COMMAND)
