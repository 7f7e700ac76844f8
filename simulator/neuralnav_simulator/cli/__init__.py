"""The command line of the simulator: one thin module per verb, loaded when it is called."""

import contextlib
import gc
import os
import sys
from typing import NoReturn

import click

from neuralnav.cli.lazy import LazyGroup
from neuralnav.errors import ExitCode, NeuralnavError

VERBS = {
    "serve": "Serve a model that is not there, with the timing of a plan.",
    "predict": "Say what a server will show at a load, without starting it.",
    "load": "Send requests as users would, and report what came back.",
    "health": "Tell whether a server is ready.",
}


class _Verbs(LazyGroup):
    """The verbs."""

    summaries = VERBS
    module = "neuralnav_simulator.cli.{}_verb"


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001  # click's
    if value:
        from importlib.metadata import version  # 20 ms that a health check saves

        click.echo(f"neuralnav-sim, version {version('neuralnav-simulator')}")
        ctx.exit()


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `neuralnav-sim serve --lock plan.lock`. "
    "Exit codes: 0 done, 1 the engine died (serve) or not ready (health), 2 bad input, 4 an SLO missed "
    "(load --check), 5 a plan that cannot be served, 130 interrupted.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
              help="Show the version and exit.")  # fmt: skip
def cli() -> None:
    """Serve OpenAI's API without a GPU, with the timing that NeuralNav's serving model predicts."""


def main() -> NoReturn:
    """Run the command line as a whole process, and end it."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them costs 15 ms; we use none
    gc.set_threshold(200_000, 20, 20)  # a start makes catalogs that stay: the default takes 10 % of its time
    code = _run()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, AttributeError):  # there is none where it was closed before the start
            stream.flush()
    os._exit(code)  # taking the interpreter apart takes 60 ms, and there is nothing left to save


def _run() -> int:
    """Return the exit code; the one door through which expected errors leave."""
    try:
        code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except SystemExit:  # click ends so when the reader of a pipe is gone
        return ExitCode.DONE
    except click.ClickException as error:
        error.show()
        return ExitCode.BAD_INPUT
    except NeuralnavError as error:
        from neuralnav.report import diagnostics_text  # 60 ms that a server which starts does not need

        click.echo(diagnostics_text(error.diagnostics, writes=False), err=True)
        return error.exit_code
    return code if isinstance(code, int) else 0
