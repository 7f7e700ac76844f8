"""NeuralNav as a command that starts in no time: its process is forked where the imports are done already."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SERVER = Path(__file__).with_name("fork_server.py")
CLIENT = r"""#!{python} -ISB
import os, signal, sys
from _socket import AF_UNIX, SCM_RIGHTS, SOL_SOCKET, socket

arguments = [os.fsencode(each) for each in sys.argv[1:]]
told = [os.getcwdb(), b"%d" % len(arguments), *arguments]
told += [name + b"=" + value for name, value in os.environb.items()]
data = b"\0".join(told)
data = len(data).to_bytes(4, "big") + data
server = socket(AF_UNIX)
server.connect({socket!r})
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
sent = server.sendmsg([data], [(SOL_SOCKET, SCM_RIGHTS, streams)])
if sent < len(data):  # nothing is sent to a server that may have answered already
    server.sendall(data[sent:])
answer = server.recv(64)
if answer == b"scratch":
    os.execv({python!r}, [{python!r}, "-m", "neuralnav", *sys.argv[1:]])
code = int(answer)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
"""


@contextmanager
def forking(folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Give a command `neuralnav` that runs what an environment's PYTHONPATH leads to, until the end of the block."""
    at, command = folder / "forks", folder / "neuralnav"
    server = subprocess.Popen(
        [sys.executable, SERVER, at], env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        command.write_text(CLIENT.format(python=sys.executable, socket=str(at)))
        command.chmod(0o755)
        yield command
        server.stdin.close()
