"""What people who know kubectl type at the verbs of a cluster: taken where it means the same, else answered."""

from collections.abc import Mapping

import click

SPELLINGS: Mapping[str, str] = {
    "--dry-run=server": "--dry-run",
    "--wait=true": "--wait",
    "--wait=false": "--no-wait",
    "--watch=true": "--watch",
}
"""Flags with the values that kubectl lets them have, and how they are written here."""

ON_SERVER = "the server is always asked, so write --dry-run; `neuralnav check` needs no cluster"
VALUES: Mapping[str, str] = {
    "--dry-run=client": ON_SERVER,
    "--dry-run=none": "leave it out, and write --yes",
}
"""Values that no flag has here, and what to write."""

_MANY = "each plan names its own namespace; a folder stands for all workloads below it"
_LOGIN = "a context of the kubeconfig says it: --context NAME"
_FORMAT = "the format is --format json"
_APPLY = "apply is always on the server, as the field manager neuralnav"
_FOLDER = "a folder stands for all workloads below it, as in: neuralnav {} ."
_PROMETHEUS = "Prometheus is asked, and no cluster: --prometheus URL"
ANSWERS: Mapping[str, str] = {
    "-o": _FORMAT,
    "-A": _MANY,
    "--all-namespaces": _MANY,
    "--all": _FOLDER,
    "-R": _FOLDER,
    "--recursive": _FOLDER,
    "-l": "name workloads, or a folder of them",
    "--selector": "name workloads, or a folder of them",
    "-f": "name the workload itself: neuralnav {} services/chat",
    "--filename": "name the workload itself: neuralnav {} services/chat",
    "-k": "name the workload itself: neuralnav {} services/chat",
    "--server-side": _APPLY,
    "--field-manager": _APPLY,
    "--cascade": "what controllers made for an object goes with it",
    "--grace-period": "each pod has its own time to end; --no-wait does not wait for it",
    "--now": "each pod has its own time to end; --no-wait does not wait for it",
    "--user": _LOGIN,
    "--cluster": _LOGIN,
    "--token": _LOGIN,
    "--server": _LOGIN,
    "-s": _LOGIN,
    "--as": _LOGIN,
    "--insecure-skip-tls-verify": "the cluster entry of the kubeconfig says it: insecure-skip-tls-verify: true",
    "--request-timeout": "how long a server is waited for is --patience",
}
"""Options that kubectl has and these verbs do not, and what does it here; `{}` is the verb."""

OWN: Mapping[tuple[str, str], str] = {
    ("deploy", "--force"): "--force-conflicts takes over fields that others own",
    ("deploy", "--watch"): "it waits with --yes; to look on: neuralnav status --watch",
    ("deploy", "-w"): "it waits with --yes; to look on: neuralnav status --watch",
    ("delete", "--force"): "--no-wait does not wait; what hangs is named with what holds it",
    ("diff", "--watch"): "neuralnav status --watch looks again and again",
    ("status", "--timeout"): "how long a server is waited for is --patience",
    ("observe", "--context"): _PROMETHEUS,
    ("observe", "--kubeconfig"): _PROMETHEUS,
    ("observe", "-n"): _PROMETHEUS,
    ("observe", "--namespace"): _PROMETHEUS,
    ("observe", "--since"): "how much time to look at is --window, such as --window 1h",
    ("observe", "--dry-run"): "--no-write writes no outcome, and without --apply no workload is edited",
}
"""The same, where it is another answer for one verb."""

PLACES: Mapping[str, str] = {"diff": "diff --live"}
"""What stands before a folder, where it is more than the verb."""


class ClusterCommand(click.Command):
    """A verb of a cluster: it takes kubectl's spellings, and an option that it lacks is answered with what does it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what click does, once words are spelled as here."""
        try:
            return super().parse_args(ctx, [self._spelled(word, ctx) for word in args])
        except click.NoSuchOption as error:
            name = error.option_name
            answer = OWN.get((ctx.info_name or "", name)) or ANSWERS.get(name)
            if answer is None:
                raise
            message = f"No such option {name!r}: {answer.format(PLACES.get(ctx.info_name or '', ctx.info_name))}"
            raise click.NoSuchOption(name, message, ctx=ctx) from error

    def _spelled(self, word: str, ctx: click.Context) -> str:
        names = {name for item in self.params if isinstance(item, click.Option) for name in item.opts}
        flag = word.partition("=")[0]
        if flag in names and word in VALUES:
            raise click.BadOptionUsage(flag, f"{word}: {VALUES[word]}", ctx)
        return SPELLINGS.get(word, word) if flag in names else word
