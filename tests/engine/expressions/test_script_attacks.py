"""The escape corpus of scripts: nothing gets out, and what eats time or memory is stopped.

Each payload must be refused or fail; a file and a socket of the host watch that nothing came.
"""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.expressions.script import InvalidScript, ScriptFailed, ScriptLimits, ScriptRunner

ROOT = Path(__file__).parents[3]
BASES = "().__class__.__base__.__subclasses__()"
ESCAPES = [
    "import os\nx = os.environ['MARK']",
    "from os import environ",
    "x = __import__('os').environ",
    "x = open('CANARY').read()",
    "open('CANARY', 'w').write('x')",
    f"x = {BASES}",
    f"x = [c for c in {BASES} if c.__name__ == '_wrap_close'][0].__init__.__globals__",
    "x = (1).__class__",
    "x = ''.__class__.__mro__",
    "x = getattr('', '__class__')",
    "setattr(order, 'x', 1)",
    "delattr(order, 'x')",
    "x = type('X', (), {})",
    "x = type(order)",
    "x = vars()",
    "x = globals()",
    "x = locals()",
    "x = dir()",
    "x = id(order)",
    "x = object()",
    "x = super()",
    "x = memoryview(b'a')",
    "x = bytes(10)",
    "x = compile('1', '', 'eval')",
    "x = eval('1')",
    "exec('x = 1')",
    "e = eval\nx = e('1')",
    "x = input()",
    "breakpoint()",
    "exit()",
    "x = __builtins__",
    "x = __name__",
    "__builtins__['open'] = 1",
    "_getattr_ = None",
    "def _getattr_(a, b):\n    return a",
    "x = _getattr_(order, '__class__')",
    "x = '{0.__class__}'.format(order)",
    "x = '{0.__class__}'.format_map(order)",
    "x = str.format('{0.__class__}', order)",
    "x = f'{order.__class__}'",
    "x = max(['{0.__class__}'], key=''.format)",
    "x = list(map(str.format, ['{0.__class__}'], [order]))",
    "g = (g.gi_frame.f_back for _ in [1])\nx = list(g)",
    "g = (1 for _ in [1])\nx = g.gi_frame",
    "g = (1 for _ in [1])\nx = g.gi_code.co_code",
    "def f():\n    pass\nx = f.__globals__",
    "def f():\n    pass\nx = f.func_globals",
    "def f():\n    pass\nf.x = 1",
    "def f(a=order.__class__):\n    pass",
    "x = (lambda: 0).__code__",
    "try:\n    1 / 0\nexcept Exception as e:\n    x = e.__traceback__",
    "try:\n    1 / 0\nexcept Exception as e:\n    x = e.tb_frame",
    "try:\n    x = 1\nexcept* ValueError:\n    pass",
    "class X:\n    pass",
    "class X(metaclass=type):\n    pass",
    "with order as x:\n    pass",
    "async def f():\n    await order",
    "def f():\n    yield 1",
    "global x",
    "x = [y := 1]",
    "match order:\n    case {}:\n        x = 1",
    "@order\ndef f():\n    pass\nx = f.a",
    "x = order.get.__self__",
    "x = [].append.__self__",
    "x = date.today()",
    "x = datetime.now()",
    "x = datetime.__reduce__",
    "x = Decimal.__init__",
    "x = date.fromisoformat.__self__",
    "x = datetime(2026, 1, 1).strftime('%Y')",
    "x = Exception.__subclasses__()",
    "x = Exception().with_traceback",
    "x = sorted([order], key=lambda o: o.__class__)",
    "x = filter.__class__",
    "x = range.__class__",
    "x = isinstance.__self__",
    "x = __loader__",
    "x = __spec__",
    "x = order['a'].__init__.__globals__",
    "x = print",
    "x = [*open('CANARY')]",
    "raise SystemExit(0)",
    "x = b'abc'.decode.__self__.__class__",
]
HOGS = [
    "while True:\n    pass",
    "x = 10 ** 10 ** 8",
    "x = 9 ** 9 ** 9",
    "x = 'a' * 10 ** 10",
    "x = [0] * 10 ** 10",
    "x = list(range(10 ** 10))",
    "x = sorted(range(10 ** 9))",
    "x = 1 << 10 ** 12",
    "x = f'{1:10000000000}'",
    "def f(n):\n    return f(n + 1)\nx = f(0)",
    "while True:\n    try:\n        x = [0] * 10 ** 9\n    except Exception:\n        pass",
    "x = sum(1 for a in range(10 ** 12))",
    "x = Decimal(9) ** 999999999",
    "x = [1]\nfor y in x:\n    x.append(y)",
    "x = 'a'\nwhile True:\n    x = x + x",
]


@pytest.fixture(scope="module")
def runner():
    # So much wall time that what eats computing time must be stopped by that limit.
    with ScriptRunner(ScriptLimits(cpu_s=0.15, wall_s=20)) as runner:
        yield runner


@pytest.fixture
def canary(tmp_path):
    file = tmp_path / "canary"
    file.write_text("HOST-SECRET")
    return file


@pytest.mark.parametrize("text", ESCAPES)
def test_escape_is_refused_or_fails(runner, canary, text):
    with pytest.raises((InvalidScript, ScriptFailed)):
        runner.run(text.replace("CANARY", str(canary)), {"order": {"a": 1}})

    assert canary.read_text() == "HOST-SECRET"


@pytest.mark.parametrize("text", HOGS)
def test_hog_is_stopped_within_its_limits(runner, text):
    began = time.monotonic()

    with pytest.raises(ScriptFailed):
        runner.run(text, {})
    assert time.monotonic() - began < 5  # without the limits for ever, or until killed


def test_memory_is_limited_below_what_the_machine_has(runner):
    with pytest.raises(ScriptFailed, match="needs more memory"):
        runner.run("x = len('a' * 400000000)", {})


def test_computing_time_is_limited_to_parts_of_a_second():
    stopped = jailed("sum(1 for _ in iter(int, 1))")

    assert stopped == f"stopped by signal {signal.SIGPROF.value}"


def test_endless_script_is_stopped_by_the_usual_limits():
    with ScriptRunner() as runner:
        runner.run("x = 1", {})
        began = time.monotonic()

        with pytest.raises(ScriptFailed, match=r"takes more computing time|takes longer"):
            runner.run("while True:\n    pass", {})
        assert time.monotonic() - began < 1.5 + 0.5  # killed at 1.5 s whatever the load


def jailed(attack: str, *arguments: object) -> str:
    """Run free Python behind the walls alone, as if it had escaped from the language."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import os, socket, signal, resource, ctypes, mmap\n"
        "from engine.expressions.script_jail import enter_jail\n"
        "libc = ctypes.CDLL(None)\n"
        "enter_jail(cpu_s=0.2, memory_bytes=256 << 20)\n"
        f"try:\n    print('ESCAPED', {attack})\n"
        "except BaseException as e:\n    print('stopped', e)\n"
    )
    command = [sys.executable, "-I", "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout or f"stopped by signal {-done.returncode}"


@pytest.mark.parametrize(
    "attack",
    [
        "open(sys.argv[1]).read()",
        "os.open(sys.argv[1], os.O_WRONLY)",
        "socket.create_connection(('127.0.0.1', int(sys.argv[2])), 1)",
        "os.fork()",
        "1 // (os.system('true') == 0)",
        "os.kill(os.getppid(), 0)",
        "os.pipe()",
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))",
        "bytearray(1 << 30)",
    ],
)
def test_walls_hold_when_the_language_does_not(canary, attack):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        assert jailed(attack, canary, listener.getsockname()[1]).startswith("stopped")
        with pytest.raises(BlockingIOError):  # nobody connected
            listener.accept()


def test_child_process_holds_nothing_of_the_environment(runner):
    runner.run("x = 1", {})

    environment = Path(f"/proc/{runner._idle[-1]._process.pid}/environ")
    if not environment.exists():
        pytest.skip("this system does not show the environment of a process")
    assert environment.read_bytes() == b""
