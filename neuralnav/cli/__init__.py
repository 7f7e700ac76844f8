"""The command line: one thin module per verb, loaded when it is called."""

import contextlib
import errno
import gc
import os
import sys
from typing import NoReturn

import click

from neuralnav import __version__
from neuralnav.cli.lazy import LazyGroup
from neuralnav.errors import ExitCode, NeuralnavError

VERBS = {
    "init": "Write a workload.yaml to start from.",
    "draft": "Draft a workload.yaml from words.",
    "compile": "Resolve workloads into plan.lock and manifests.",
    "check": "Tell whether committed locks and manifests are what the inputs say.",
    "diff": "Tell what a change does to plans, and which edit causes it.",
    "explain": "Say why a candidate is where it is, and what would change that.",
    "show": "Show the ranked views of a plan as a table.",
    "deploy": "Bring committed plans into a cluster.",
    "status": "Tell how deployed workloads stand, against their locks.",
    "probe": "Send real prompts to what serves a plan, and compare.",
    "observe": "Hold what Prometheus saw of a workload against its plan.",
    "delete": "Take what a plan put into a cluster away again.",
    "policy": "Try, check, test, explain and list policies.",
    "catalog": "List models, accelerators, use cases and their sources.",
    "bench": "Make, bring in, judge and look at benchmark tables.",
    "merge": "Merge a lock by compiling, as git's merge driver.",
    "ci": "Give what diff and check found to GitHub or GitLab.",
    "schema": "Print the JSON Schema of a document.",
}

READERS = frozenset({"check", "deploy", "status", "probe", "delete", "explain", "show", "policy", "schema"})
"""Verbs that write nothing of their own accord: their failures need not say that nothing was written."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system answers where a disk or a share of it is full: nothing of ours is broken."""


class _Verbs(LazyGroup):
    """The verbs."""

    summaries = VERBS
    module = "neuralnav.cli.{}_verb"


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `neuralnav init` or `neuralnav draft`, then `neuralnav compile`. "
    "Exit codes: 0 done, 2 bad input, 3 drift, 4 refused by policy, 5 no feasible plan.",
)
@click.version_option(__version__, prog_name="neuralnav")
def cli() -> None:
    """NeuralNav compiles a workload.yaml into a plan.lock and KServe manifests."""


def main() -> NoReturn:
    """Run the command line as a whole process, and end it."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs 15 ms; we use none
    gc.set_threshold(200_000, 20, 20)  # a short process full of long-lived catalogs: the default takes 10 % of its time
    code = _run()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # `click.echo` has flushed already, and its failure has been told
            stream.flush()
    os._exit(code)  # taking the interpreter apart takes 60 ms, and there is nothing left to save


def _run() -> int:
    """Return the exit code; the one door through which expected errors leave."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; nothing was left half written", err=True)
        return 130
    except SystemExit:  # click ends so when the reader of a pipe is gone: `neuralnav show | head -1` is no failure
        return ExitCode.DONE
    except click.ClickException as error:
        error.show()
        return ExitCode.BAD_INPUT
    except NeuralnavError as error:
        from neuralnav.cli.output import echo_error

        verb = next((word for word in sys.argv[1:] if word in VERBS), "")
        echo_error(error, writes=verb not in READERS and "--live" not in sys.argv)
        return error.exit_code
    except OSError as error:
        if error.errno not in FULL:
            raise
        click.echo(f"the output cannot be written: {(error.strerror or str(error)).lower()}", err=True)
        return ExitCode.BAD_INPUT
    return code if isinstance(code, int) else 0
