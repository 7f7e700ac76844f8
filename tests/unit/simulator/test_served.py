"""What is served: from flags and from locks, settled or refused with its numbers."""

import functools
from dataclasses import replace
from pathlib import Path

import pytest
from builders import catalog as small
from builders import packaged
from neuralnav_simulator.load.aims import aims_of
from neuralnav_simulator.served.lengths import lengths_of
from neuralnav_simulator.served.locked import catalog_near, served_from_lock
from neuralnav_simulator.served.prediction import predicted
from neuralnav_simulator.served.room import NoRoomError
from neuralnav_simulator.served.settle import LOAD_SECONDS_PER_GIB, served_from_flags
from neuralnav_simulator.served.wanted import Wanted

from neuralnav.errors import ExitCode, InputError, NeuralnavError
from neuralnav.locking import STARTUP_SECONDS_PER_GIB
from neuralnav.model.catalog import Catalog
from neuralnav.report import diagnostics_text
from neuralnav.serving.configurations import Configuration
from neuralnav.serving.lengths import fixed, lognormal
from neuralnav.serving.pace import paced
from neuralnav.serving.server import server_of
from neuralnav.serving.settings import DEFAULT_SETTINGS

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
SUPPORT = EXAMPLES / "support-chat" / "plan.lock"
ALPHA = Wanted(model="alpha-8b", precision="bf16", accelerator="h100")


@functools.cache
def catalog() -> Catalog:
    """Two models on three accelerators, with the packaged coefficients."""
    return replace(small(), serving=packaged().serving)


def refusal(wanted: Wanted) -> tuple[ExitCode, str]:
    with pytest.raises(NeuralnavError) as caught:
        served_from_flags(wanted, catalog())
    return caught.value.exit_code, diagnostics_text(caught.value.diagnostics, writes=False)


def edited(folder: Path, *changes: tuple[str, str], lock: Path = SUPPORT) -> Path:
    text = lock.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "plan.lock"
    path.write_text(text)
    return path


def lock_refusal(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ExitCode, str]:
    monkeypatch.chdir(path.parent)
    with pytest.raises(NeuralnavError) as caught:
        served_from_lock(path)
    return caught.value.exit_code, diagnostics_text(caught.value.diagnostics, writes=False)


def test_a_step_may_have_as_few_tokens_as_sequences() -> None:
    limits = served_from_flags(replace(ALPHA, max_num_batched_tokens=256), catalog()).served.limits
    assert (limits.max_num_batched_tokens, limits.max_num_seqs) == (256, 256)


def test_flags_alone_settle_a_server_with_the_defaults_of_plans() -> None:
    settled = served_from_flags(ALPHA, catalog())
    served, data = settled.served, catalog()
    alpha = data.models["alpha-8b"]
    configuration = Configuration("alpha-8b", alpha.architecture, alpha.checkpoints[0], data.accelerators["h100"], tp=1)
    server = server_of(configuration, 512, 256, data.serving, DEFAULT_SETTINGS)
    assert server is not None
    assert (served.cost, served.limits, served.lanes) == (server.cost, server.limits, 1)
    assert (served.names, served.candidate, served.shown) == (("alpha-8b",), "alpha-8b/bf16/h100/tp1", "1x NVIDIA H100")
    assert (served.max_model_len, served.prefix_caching, served.engine_version) == (131072, True, "0.19.0")
    assert served.output == lognormal(256.0, variation=0.5, cap=131072)
    assert (settled.prompt_tokens, settled.output_tokens, settled.factors) == (512, 256, (1.0, 1.0))
    assert settled.notes == ("max-model-len is 131,072: the model's context",)


def test_flags_say_all_that_vllm_has() -> None:
    wanted = Wanted(
        model="test/alpha-8b-fp8", accelerator="NVIDIA H100", tensor_parallel_size=2, max_model_len=4096,
        max_num_seqs=32, max_num_batched_tokens=2048, gpu_memory_utilization=0.5, kv_cache_dtype="fp8",
        enable_prefix_caching=False, served_model_name=("bot", "alias"), engine_version="0.18.1",
        prompt_tokens=100, output_tokens=50, ttft_factor=1.5, itl_factor=0.5,
    )  # fmt: skip
    settled = served_from_flags(wanted, catalog(), output_lengths="fixed")
    served, plain = settled.served, served_from_flags(Wanted(model="test/alpha-8b-fp8").over(ALPHA_FP8), catalog())
    assert (served.candidate, served.shown, served.names) == (
        "alpha-8b/fp8/h100/tp2",
        "2x NVIDIA H100",
        ("bot", "alias"),
    )
    assert (served.max_model_len, served.limits.max_num_seqs, served.limits.max_num_batched_tokens) == (4096, 32, 2048)
    assert (served.prefix_caching, served.engine_version, served.output) == (False, "0.18.1", fixed(50))
    assert settled.notes == ()
    assert served.limits.kv_capacity_tokens != plain.served.limits.kv_capacity_tokens
    assert len(served.cost.token_ms) == 2049


ALPHA_FP8 = Wanted(model="alpha-8b", precision="fp8", accelerator="h100")


def test_factors_set_the_pace() -> None:
    plain, slow = (served_from_flags(Wanted(itl_factor=f, ttft_factor=f).over(ALPHA), catalog()) for f in (1.0, 1.25))
    assert slow.served.cost == paced(plain.served.cost, ttft=1.25, itl=1.25)
    assert slow.factors == (1.25, 1.25)


def test_a_short_context_shortens_the_usual_request() -> None:
    settled = served_from_flags(Wanted(max_model_len=300).over(ALPHA), catalog())
    assert (settled.prompt_tokens, settled.output_tokens, settled.served.max_model_len) == (200, 100, 300)


def test_a_small_cache_shortens_the_longest_sequence_and_says_so() -> None:
    settled = served_from_flags(Wanted(gpu_memory_utilization=0.24).over(ALPHA), catalog())
    longest = settled.served.max_model_len
    assert settled.served.limits.blocks * 16 == longest
    assert longest < 131072
    blocks = f"the {longest // 16:,} blocks of KV cache hold no more"
    assert settled.notes == (f"max-model-len is {longest:,} of 131,072: {blocks}",)
    with pytest.raises(NoRoomError):
        served_from_flags(Wanted(gpu_memory_utilization=0.24, max_model_len=longest + 16).over(ALPHA), catalog())


def test_a_pipeline_is_lanes() -> None:
    settled = served_from_flags(
        Wanted(model="llama-3.1-405b", precision="bf16", accelerator="h100", tensor_parallel_size=8,
               pipeline_parallel_size=2, max_model_len=4096), packaged(),
    )  # fmt: skip
    assert (settled.served.lanes, settled.served.limits.max_num_seqs) == (2, 128)
    assert settled.served.shown == "16x NVIDIA H100 in 2 pipeline stages"


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (
            Wanted(),
            (
                "--model  no model is named\n  say which, such as --model llama-3.1-8b, or give a --lock\n"
                "--accelerator  no accelerator is named\n  say which, such as --accelerator h100\n2 problems"
            ),
        ),
        (
            Wanted(model="alpa-8b", accelerator="h10"),
            (
                '--model  unknown model "alpa-8b"\n  did you mean alpha-8b?\n'
                '--accelerator  unknown accelerator "h10"\n  did you mean h100?\n2 problems'
            ),
        ),
        (
            Wanted(model="alpha-8b", accelerator="h100"),
            (
                "--precision  alpha-8b is served in 2 precisions on NVIDIA H100\n"
                "  give --precision: one of bf16, fp8\n1 problem"
            ),
        ),
        (
            Wanted(model="alpha-8b", accelerator="h100", precision="int4"),
            '--precision  alpha-8b has no precision "int4"\n  one of bf16, fp8\n1 problem',
        ),
        (
            Wanted(tensor_parallel_size=3).over(ALPHA),
            (
                "--tensor-parallel-size  32 attention heads and 8 KV heads cannot be shared out over 3 GPUs\n"
                "  use 1 or 2 or 4 or 8\n1 problem"
            ),
        ),
        (
            Wanted(tensor_parallel_size=16).over(ALPHA),
            (
                "--tensor-parallel-size  a tensor parallelism of 16 is more than the 8 GPUs of an NVIDIA H100 node\n"
                "  use 1 or 2 or 4 or 8, with --pp for more nodes\n1 problem"
            ),
        ),
        (
            Wanted(pipeline_parallel_size=33).over(ALPHA),
            (
                "--pipeline-parallel-size  33 pipeline stages are more than the 32 layers of the model\n"
                "  use fewer\n1 problem"
            ),
        ),
        (
            Wanted(max_model_len=200_000).over(ALPHA),
            (
                "--max-model-len  200,000 tokens are more than the model's context of 131,072\n"
                "  use 131072 or less\n1 problem"
            ),
        ),
        (
            Wanted(max_num_batched_tokens=100, gpu_memory_utilization=1.5, kv_cache_dtype="fp4").over(ALPHA),
            (
                '--kv-cache-dtype  KV cache type "fp4" is unknown\n  use auto or fp8\n'
                "--gpu-memory-utilization  1.5 of a GPU's memory cannot be used\n  use more than 0, and 1 at most\n"
                "--max-num-batched-tokens  100 tokens per step are fewer than 256 sequences: vLLM refuses that\n"
                "  use 256 or more\n3 problems"
            ),
        ),
        (
            Wanted(max_model_len=100, prompt_tokens=90, output_tokens=20).over(ALPHA),
            (
                "--prompt-tokens  a request of 110 tokens is longer than the longest sequence, 100\n"
                "  give a larger --max-model-len, or fewer tokens\n1 problem"
            ),
        ),
        (
            Wanted(max_num_seqs=0, ttft_factor=-1.0, served_model_name=(" ",), engine_version="").over(ALPHA),
            (
                "--max-num-seqs  max num seqs is 0\n  use 1 to 65,536\n"
                "--ttft-factor  ttft factor is -1.0\n  use 0.01 to 100.0\n"
                "--served-model-name  the name that clients call the model is empty\n"
                "  give it a name, or leave the flag out\n"
                '--engine-version  "" is no version\n  use one such as 0.19.0\n4 problems'
            ),
        ),
    ],
)
def test_what_no_engine_starts_is_bad_input(wanted: Wanted, text: str) -> None:
    assert refusal(wanted) == (ExitCode.BAD_INPUT, text)


def test_a_plan_whose_replica_is_full_shares_its_peak_with_headroom(tmp_path: Path) -> None:
    found = served_from_lock(edited(tmp_path, ("    capacity_rps: 16.2137", "    capacity_rps: 15.0")))
    assert found.planned is not None
    assert found.planned.rate_rps == pytest.approx(13.3333 / 2)


def test_the_lanes_of_a_pipeline_share_the_rate_that_is_predicted() -> None:
    wanted = Wanted(model="qwen3-8b", precision="bf16", accelerator="h100", pipeline_parallel_size=2)
    settled = served_from_flags(wanted, packaged())
    assert settled.served.lanes == 2
    foreseen = predicted(settled, 4.0, fixed(32), requests=100, seed=1)
    assert foreseen.achieved_rps == pytest.approx(4.0, rel=0.2)


def test_weights_that_do_not_fit_are_refused_with_what_would() -> None:
    code, text = refusal(Wanted(model="beta-70b", precision="bf16", accelerator="h100"))
    assert code == ExitCode.INFEASIBLE
    assert text == (
        "--accelerator  beta-70b/bf16/h100/tp1 does not fit: weights take 121.4 GiB and the engine 4.4 GiB of 71.6 GiB "
        "(0.9 of the 79.6 GiB of one NVIDIA H100) per GPU, which leaves no KV cache\n"
        "  would fit: --tp 2, or --precision fp8\n1 problem"
    )


def test_a_sequence_that_does_not_fit_is_refused_with_the_longest_that_does() -> None:
    wanted = Wanted(model="alpha-8b", precision="fp8", accelerator="l4", max_model_len=131072)
    code, text = refusal(wanted)
    assert code == ExitCode.INFEASIBLE
    message, hint, count = text.splitlines()
    assert message.startswith(
        "--max-model-len  alpha-8b/fp8/l4/tp1 does not hold a sequence of 131,072 tokens: weights"
    )
    assert message.endswith("GiB are left for KV cache, 16.0 GiB are needed")
    assert (count, hint.split(", or ")[0]) == ("1 problem", "  would fit: --tp 2")
    longest = int(hint.rpartition(" ")[2])
    assert served_from_flags(Wanted(max_model_len=longest).over(wanted), catalog()).served.max_model_len <= longest
    with pytest.raises(NoRoomError):
        served_from_flags(Wanted(max_model_len=longest + 1).over(wanted), catalog())


def test_a_report_says_of_the_kv_cache_what_the_lock_does(tmp_path: Path) -> None:
    assert aims_of(SUPPORT).facts.kv_dtype == "auto"
    assert aims_of(edited(tmp_path, ("  kv_cache_dtype: auto", "  kv_cache_dtype: fp8"))).facts.kv_dtype == "fp8"


def test_a_lock_stands_for_all_flags() -> None:
    found = served_from_lock(SUPPORT)
    served = found.settled.served
    assert (served.candidate, served.names) == ("gpt-oss-20b/fp4/h100/tp1", ("gpt-oss-20b",))
    assert (served.max_model_len, served.prefix_caching, served.engine_version) == (1536, False, "0.19.0")
    assert (found.settled.prompt_tokens, found.settled.output_tokens, found.settled.notes) == (512, 256, ())
    assert found.planned is not None
    assert (found.planned.choice.id, found.planned.rate_rps) == (served.candidate, 13.3333)


def test_a_flag_goes_before_the_lock_and_takes_the_plan_with_it() -> None:
    longer = served_from_lock(SUPPORT, Wanted(max_model_len=4096, served_model_name=("bot",)))
    assert (longer.settled.served.max_model_len, longer.settled.served.names) == (4096, ("bot",))
    assert longer.planned is not None
    other = served_from_lock(SUPPORT, Wanted(tensor_parallel_size=2))
    assert (other.settled.served.candidate, other.planned) == ("gpt-oss-20b/fp4/h100/tp2", None)


EVIDENCE = "    evidence: b4340b28fabebb63\n"
CORRECTED = (
    EVIDENCE,
    f"{EVIDENCE}    correction:\n      measured_runs: 3\n      ttft: 1.2\n      itl: 0.9\n      e2e: 0.95\n",
)


def test_measured_runs_that_corrected_the_plan_set_the_pace(tmp_path: Path) -> None:
    plain, found = served_from_lock(SUPPORT), served_from_lock(edited(tmp_path, CORRECTED))
    assert found.settled.factors == (1.2, 0.9)
    assert found.settled.served.cost == paced(plain.settled.served.cost, ttft=1.2, itl=0.9)
    over = served_from_lock(tmp_path / "plan.lock", Wanted(itl_factor=1.0))
    assert over.settled.factors == (1.2, 1.0)


def test_catalogs_of_the_repository_are_read_from_the_folder_of_the_lock(tmp_path: Path) -> None:
    (tmp_path / "neuralnav.yaml").write_text(
        "apiVersion: neuralnav.dev/v1alpha1\nkind: Project\nspec: {catalogs: [own.yaml]}\n"
    )
    (tmp_path / "own.yaml").write_text("apiVersion: neuralnav.dev/v1alpha1\nkind: Nothing\n")
    with pytest.raises(InputError, match='kind "Nothing" is not a kind of catalog'):
        served_from_lock(edited(tmp_path))


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        (
            [("  model: gpt-oss-20b", "  model: gpt-os-20b")], ExitCode.BAD_INPUT,
            ('plan.lock:71:10  unknown model "gpt-os-20b"\n  71 |   model: gpt-os-20b\n'
            "     |          ^^^^^^^^^^ did you mean gpt-oss-20b?\n1 problem"),
        ),
        (
            [("  accelerator: h100", "  accelerator: h1000")], ExitCode.BAD_INPUT,
            ('plan.lock:75:16  unknown accelerator "h1000"\n  75 |   accelerator: h1000\n'
            "     |                ^^^^^ did you mean h100?\n1 problem"),
        ),
        (
            [("schema: 1", "schema: 2")], ExitCode.BAD_INPUT,
            ("plan.lock  the lock has schema 2; this neuralnav reads 1\n"
            "  upgrade neuralnav: a newer version wrote it\n1 problem"),
        ),
        (
            [("\n...\n", "\n")], ExitCode.BAD_INPUT,
            ('plan.lock:578  the lock is cut short: it does not end with "..."\n'
            "  restore it from git, or `neuralnav compile --upgrade` chooses afresh\n1 problem"),
        ),
        (
            [("assumptions:", "<<<<<<< ours\nassumptions:")], ExitCode.BAD_INPUT,
            ("plan.lock:14:1  damaged lock: merge conflict: both sides are still here\n  14 | <<<<<<< ours\n"
            "     | ^^^^^^^^^^^^ keep what is right\n1 problem"),
        ),
        (
            [("  feasible: 113", "  feasible: 0")], ExitCode.INFEASIBLE,
            ("plan.lock:119:13  the plan has no feasible candidate\n  119 |   feasible: 0\n"
            "      |             ^ relax the workload and compile\n1 problem"),
        ),
        (
            [("  tensor_parallel: 1\n", "  tensor_parallel: -1\n")], ExitCode.BAD_INPUT,
            ("plan.lock:81:20  tensor parallel size is -1\n  81 |   tensor_parallel: -1\n"
            "     |                    ^^ use 1 to 64\n1 problem"),
        ),
        (
            [("  peak_rps: 13.3333", "  peak_rps: 0.0")], ExitCode.BAD_INPUT,
            ("plan.lock:48:13  a load of 0 requests a second cannot be planned for\n  48 |   peak_rps: 0.0\n"
            "     |             ^^^\n1 problem"),
        ),
        (
            [("  gpu_memory_utilization: 0.9", "  gpu_memory_utilization: 0.2")], ExitCode.INFEASIBLE,
            ("plan.lock:75:16  gpt-oss-20b/fp4/h100/tp1 does not fit: weights take 12.8 GiB and the engine 3.4 GiB of "
            "15.8 GiB (0.2 of the 79.19 GiB of one NVIDIA H100) per GPU, which leaves no KV cache\n"
            "  75 |   accelerator: h100\n"
            "     |                ^^^^ would fit: --tp 2, or --gpu-memory-utilization 0.9\n1 problem"),
        ),
    ],
)  # fmt: skip
def test_a_lock_that_cannot_be_served_is_told_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: list[tuple[str, str]], code: ExitCode, text: str
) -> None:
    assert lock_refusal(edited(tmp_path, *changes), monkeypatch) == (code, text)


def test_what_stands_beside_a_lock_leads_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workload = tmp_path / "workload.yaml"
    workload.write_text((SUPPORT.parent / "workload.yaml").read_text())
    told = (ExitCode.BAD_INPUT, "workload.yaml  this is a workload, and what is served stands in its lock\n")
    compile_it, use_it = "  `neuralnav compile` writes its plan.lock\n1 problem", "  use plan.lock\n1 problem"
    assert lock_refusal(workload, monkeypatch) == (told[0], told[1] + compile_it)
    edited(tmp_path)
    assert lock_refusal(workload, monkeypatch) == (told[0], told[1] + use_it)
    monkeypatch.chdir(tmp_path.parent)
    with pytest.raises(InputError) as caught:
        served_from_lock(tmp_path)
    name = tmp_path.name
    assert diagnostics_text(caught.value.diagnostics, writes=False) == (
        f"{name}  this is a folder, and a lock is a file\n  use {name}/plan.lock\n1 problem"
    )


def test_catalogs_that_are_not_there_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = []
    for path in (Path("none"), Path()):
        with pytest.raises(InputError) as caught:
            catalog_near(tmp_path, [path])
        told.append(caught.value.diagnostics[0].message)
    assert told == ["none does not exist", ". holds no file that ends in .yaml"]


def test_weights_load_as_fast_as_plans_have_patience_for() -> None:
    assert LOAD_SECONDS_PER_GIB == STARTUP_SECONDS_PER_GIB
    assert served_from_lock(SUPPORT).settled.served.load_seconds == 130.0


def test_lengths_are_told_by_name() -> None:
    assert lengths_of("fixed", 10, longest=100) == fixed(10)
    assert lengths_of("lognormal", 10, longest=100) == lognormal(10.0, variation=0.5, cap=100)
    assert lengths_of("lognormal:1.5", 10, longest=100) == lognormal(10.0, variation=1.5, cap=100)


@pytest.mark.parametrize(
    "text", ["", "normal", "lognormal:", "lognormal:-1", "lognormal:nan", "fixed:2", "lognormal:9"]
)
def test_other_lengths_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        lengths_of(text, 10, longest=100)
    assert diagnostics_text(caught.value.diagnostics, writes=False) == (
        f'--output-lengths  "{text}" names no lengths\n  use fixed, lognormal or lognormal:0.5\n1 problem'
    )
