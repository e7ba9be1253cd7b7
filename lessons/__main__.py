"""두 명령의 입구. 아무것도 설치하기 전에 돌므로 표준 라이브러리만 씁니다.

    python3 -m lessons            처음이면 .venv에 설치한 뒤, JupyterLab으로 notebooks/00_start.ipynb를 엽니다.
                                  덧붙인 것은 Jupyter에 넘깁니다(--no-browser, --port 9999 등).
    python3 -m lessons test       노트북까지 모든 시험을 돌립니다. 덧붙인 것은 pytest에 넘깁니다(-k sigmoid 등).
    python3 -m lessons refresh    노트북을 실행해 저장된 출력을 새로 씁니다. 노트북의 이름을 덧붙일 수 있습니다.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

# 아주 오래된 Python도 이 파일을 읽고 아래의 한국어 안내를 낼 수 있도록 3.8의 문법만 씁니다.
OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.txt"
TEST_LOCK = ROOT / "tests" / "requirements.txt"
UNFINISHED = VENV / "unfinished"        # 설치하는 동안에만 있는 파일
LOG = VENV / "install.log"
COMMAND = " ".join(["py" if os.name == "nt" else "python3", "-m", "lessons", *sys.argv[1:]])
OFFLINE = re.compile("NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|"
                     "Failed to establish|error sending request|dns error|Connection refused|timed out", re.I)


class Stop(Exception):
    """더 나아갈 수 없는 까닭과 다음에 입력할 것을 담은 한 문장."""


def main(arguments):
    if sys.version_info < OLDEST:
        raise Stop(too_old())
    if arguments[:1] in (["-h"], ["--help"]):
        return print(__doc__)
    commands = {"test": test, "refresh": refresh}
    if arguments[:1] and arguments[0] in commands:
        return commands[arguments[0]](arguments[1:])
    start(arguments)


def start(arguments):
    """JupyterLab을 엽니다. 쓰이고 있는 포트를 달라고 하면 설치하기 전에 알립니다."""
    check_port(arguments)
    set_up(LOCK)
    print("JupyterLab을 엽니다. 브라우저가 열리지 않으면 아래에 나오는 http:// 주소를 브라우저에 붙여 넣으세요. "
          "끝내려면 이 창에서 Ctrl+C를 두 번 누르세요.", flush=True)
    hand_over("jupyterlab", f"--config={ROOT / 'lessons' / 'jupyter' / 'config.py'}", *arguments)


def test(arguments):
    set_up(LOCK, TEST_LOCK)
    hand_over("pytest", *arguments)     # 무엇을 어떻게 시험할지는 pyproject.toml에 있습니다.


def refresh(arguments):
    set_up(LOCK)
    hand_over("lessons.refresh", *arguments)


def hand_over(module, *arguments):
    """.venv의 Python으로 그 모듈을 실행합니다. 종료 코드도 Ctrl+C도 그 모듈의 것입니다."""
    command = [str(PYTHON), "-m", module, *arguments]
    os.chdir(ROOT)
    os.environ["PYTHONUTF8"] = "1"      # Windows에서도 노트북과 출력의 한글을 UTF-8로 다룹니다.
    if os.name != "nt":
        os.execv(PYTHON, command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.call(command))


def too_old():
    have = "{}.{}".format(*sys.version_info)
    need = "{}.{}".format(*OLDEST)
    newer = next((f"python3.{minor}" for minor in range(14, 10, -1) if shutil.which(f"python3.{minor}")), None)
    if newer:
        return f"Python {need} 이상이 필요한데 이 Python은 {have}이므로 다음을 입력하세요: {newer}{COMMAND[len('python3'):]}"
    return (f"Python {need} 이상이 필요한데 이 Python은 {have}이므로 https://www.python.org/downloads/ 에서 "
            f"새 Python을 설치한 뒤 그 Python으로 다시 입력하세요: {COMMAND}")


def check_port(arguments):
    found = re.search(r"--port[= ](\d+)", " ".join(arguments))
    if not found:
        return                          # 정하지 않으면 Jupyter가 빈 포트를 찾습니다.
    if not is_free(int(found[1])):
        raise Stop(f"{found[1]}번 포트는 다른 프로그램이 쓰고 있거나 쓸 수 없으므로 --port에 다른 번호를 주거나 빼고 다시 입력하세요.")


def is_free(port):
    if port > 65535:
        return False
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


# ─────────────────────────────── 설치 ───────────────────────────────
# 잠금 파일마다 설치가 다 끝난 뒤에만 그 해시를 적어 둡니다. 도중에 끊기면 UNFINISHED가 남으므로,
# 다음에는 반만 풀린 패키지가 섞이지 않도록 처음부터 다시 설치합니다(받아 둔 파일은 캐시에 있습니다).


def set_up(*locks):
    """잠금 파일의 패키지가 모두 .venv에 있게 합니다. 이미 있으면 바로 돌아옵니다."""
    if all(map(is_installed, locks)):
        return
    show("필요한 패키지를 .venv에 설치합니다. 처음 한 번만 하며, 1분쯤 걸립니다.")
    try:
        prepare_venv()
        for lock in locks:
            if not is_installed(lock):
                install(lock)
                record(lock).write_text(digest(lock))
        UNFINISHED.unlink()
        run("준비: 글꼴", [PYTHON, "-c", "import matplotlib.font_manager"])     # 첫 노트북이 기다리지 않게 합니다.
    except OSError as error:
        raise Stop(f"'{ROOT}' 폴더에 쓸 수 없으므로({error.strerror}) 켜져 있는 JupyterLab을 끄거나 "
                   f"쓸 수 있는 폴더로 옮긴 뒤 다시 입력하세요: {COMMAND}")


def record(lock):
    return VENV / ("installed-" + "-".join(lock.relative_to(ROOT).parts))


def digest(lock):
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def is_installed(lock):
    return PYTHON.exists() and record(lock).exists() and record(lock).read_text() == digest(lock)


def prepare_venv():
    """쓸 수 있는 .venv가 없으면 만듭니다. 사용자가 스스로 만들어 둔 .venv라면 지우지 않고 그 위에 설치합니다."""
    if UNFINISHED.exists() or not PYTHON.exists():
        try:
            import venv
        except ImportError:
            raise Stop(no_module("venv"))
        venv.EnvBuilder(clear=True, symlinks=os.name != "nt").create(VENV)
    UNFINISHED.touch()


def no_module(name):
    package = "python{}.{}-venv".format(*sys.version_info)
    return (f"이 Python에는 {name} 모듈이 없으므로 Debian이나 Ubuntu라면 'sudo apt install {package}'을 먼저 입력하고"
            f"(다른 곳이라면 https://www.python.org/downloads/ 의 Python을 설치하고) 다시 입력하세요: {COMMAND}")


def install(lock):
    """uv가 있으면 uv로, 없거나 uv가 실패하면 pip으로 설치합니다."""
    title = "설치: " + "/".join(lock.relative_to(ROOT).parts)
    uv = shutil.which("uv")
    if uv:
        if run(title + "(uv)", [uv, "pip", "install", "--python", PYTHON, "-r", lock]):
            return
        check_network()
        show("uv로 설치하지 못해 pip으로 다시 합니다.")
    if not importlib.util.find_spec("ensurepip"):
        raise Stop(no_module("ensurepip"))
    packages = len(set(re.findall(r"^[\w.-]+", lock.read_text(), re.M)))
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries=2", "-r", lock]
    if run("준비: pip", [PYTHON, "-m", "ensurepip"]) and run(title, pip, steps=2 * packages):
        return
    check_network()
    raise Stop(f"패키지를 설치하지 못했으니 '{LOG}'에 적힌 까닭을 바로잡은 뒤 다시 입력하세요: {COMMAND}")


def check_network():
    if OFFLINE.search(log_text()):
        raise Stop(f"패키지를 내려받지 못했으니 인터넷 연결(프록시를 쓴다면 그 설정도)을 확인한 뒤 다시 입력하세요: {COMMAND}")


def run(title, command, steps=0):
    """명령을 끝까지 실행해 성공했는지 돌려줍니다. 그동안 얼마나 왔는지 보여 줍니다."""
    begin = time.monotonic()
    with open(LOG, "wb") as log:
        before = steps_done()
        process = subprocess.Popen(list(map(str, command)), cwd=str(ROOT), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        while not finished(process):
            percent = f" {min(100 * (steps_done() - before) // steps, 99)}%" if steps else ""
            show(f"{title}{percent} … {time.monotonic() - begin:.0f}초", end="\r" if sys.stdout.isatty() else "\n")
    finally:                            # 멈추라는 신호를 받았으면 설치 프로그램도 함께 멈춥니다.
        process.kill()
        process.wait()
    show(f"{title} {'완료' if process.returncode == 0 else '실패'}, {time.monotonic() - begin:.0f}초")
    return process.returncode == 0


def finished(process):
    """끝났는지 봅니다. 터미널에서는 0.2초마다, 기록으로 남는 곳에서는 5초마다 돌아와 한 줄을 쓰게 합니다."""
    try:
        return process.wait(timeout=0.2 if sys.stdout.isatty() else 5) is not None
    except subprocess.TimeoutExpired:
        return False


def steps_done():
    """설치된 패키지와, pip이 받으면서 한 줄씩 적은 패키지의 수."""
    installed = [*VENV.glob("lib/*/site-packages/*.dist-info"), *VENV.glob("Lib/site-packages/*.dist-info")]
    return len(installed) + log_text().count("(from -r ")


def log_text():
    return LOG.read_text(encoding="utf-8", errors="replace")


def show(line, end="\n"):
    print(line.ljust(50) if sys.stdout.isatty() else line, end=end, flush=True)


# ─────────────────────────────── 시작 ───────────────────────────────


def run_main():
    """오류는 한 문장으로 알리고, 설치 중에 끝내라는 신호를 받으면 설치 프로그램도 함께 끝냅니다."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main(sys.argv[1:])
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        sys.exit(f"\n멈추었습니다. 다시 하려면 같은 명령을 입력하세요: {COMMAND}")


if __name__ == "__main__":
    run_main()
