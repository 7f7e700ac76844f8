"""A scheduler that takes every step, holds every block, and knows nothing of jumps: what the engine must equal."""

from dataclasses import dataclass, field

from neuralnav.serving.limits import Limits
from neuralnav.serving.stepcost import StepCost


@dataclass(frozen=True, slots=True)
class Case:
    """Requests and limits; with `concurrency`, arrivals are given by finishes instead."""

    arrival_ms: list[float]
    prompt: list[int]
    output: list[int]
    cached: list[int]
    limits: Limits
    concurrency: int = 0


@dataclass(slots=True)
class Walked:
    """What came out: arrivals, the times of each request's tokens, and preemptions."""

    arrivals: list[float]
    emitted: list[list[float]]
    preemptions: int = 0


@dataclass(slots=True)
class Holder:
    """A request: tokens whose KV is computed, blocks it holds, and whether it has yet to give its next token anew."""

    index: int
    computed: int = 0
    blocks: int = 0
    prefilling: bool = True


@dataclass(slots=True)
class Plan:
    """Who computes how many tokens in a step."""

    tokens: list[tuple[Holder, int]] = field(default_factory=list)


class Walk:
    """vLLM v1's Scheduler.schedule, line by line, on counts instead of contents."""

    def __init__(self, cost: StepCost, case: Case) -> None:
        self.cost, self.case, self.limits = cost, case, case.limits
        count = len(case.prompt)
        sent = [0.0] * min(case.concurrency, count) if case.concurrency else list(case.arrival_ms)
        self.out = Walked(sent, [[] for _ in range(count)])
        self.running: list[Holder] = []
        self.preempted: list[Holder] = []
        self.finished: list[Holder] = []  # ended in the step before, not known to a planner ahead
        self.next, self.ended = 0, 0

    def run(self) -> Walked:
        now = known = 0.0
        while self.ended < len(self.case.prompt):
            if not self.limits.async_scheduling:
                known, self.finished = now, []
            plan = self.plan(known)
            if not plan.tokens:  # the planner waits for the step before to end, or for somebody to come
                self.finished = []
                if not self.preempted and not self.running:
                    now = max(now, self.ready(self.next))
                plan, known = self.plan(now), now
            started = now
            now += self.cost_ms(plan)
            self.finished = []
            self.emit(plan, now)
            known = started
        return self.out

    def ready(self, index: int) -> float:
        return self.out.arrivals[index] + self.cost.frontend_of_ms(self.case.prompt[index])

    def known_tokens(self, holder: Holder) -> int:
        return self.case.prompt[holder.index] + len(self.out.emitted[holder.index])

    def blocks_for(self, tokens: int) -> int:
        return -(-tokens // self.limits.block_tokens)

    def free(self) -> int:
        held = sum(h.blocks for h in (*self.running, *self.finished))
        return self.limits.kv_capacity_tokens // self.limits.block_tokens - held

    def plan(self, known: float) -> Plan:
        plan, budget, preempted = Plan(), self.limits.max_num_batched_tokens, False
        position = 0
        while position < len(self.running) and budget > 0:
            holder = self.running[position]
            tokens = min(self.known_tokens(holder) - holder.computed, budget)
            want = self.blocks_for(holder.computed + tokens)
            while self.free() < want - holder.blocks and holder in self.running:
                victim = self.running.pop()
                victim.computed, victim.blocks, victim.prefilling = 0, 0, True
                self.preempted.append(victim)
                self.out.preemptions += 1
                preempted = True
            if holder not in self.running:
                break
            holder.blocks = want
            plan.tokens.append((holder, tokens))
            budget -= tokens
            position += 1
        while not preempted and budget > 0 and len(self.running) + len(self.finished) < self.limits.max_num_seqs:
            fresh = not self.preempted
            if fresh and (self.next == len(self.out.arrivals) or self.ready(self.next) > known):
                break
            holder = Holder(self.next) if fresh else self.preempted[-1]
            cached = self.case.cached[holder.index]
            tokens = min(self.known_tokens(holder) - cached, budget)
            want = self.blocks_for(cached + tokens)
            if (self.blocks_for(self.known_tokens(holder)) if self.limits.whole_prompt else want) > self.free():
                break
            if fresh:
                self.next += 1
            else:
                self.preempted.pop()
            holder.computed, holder.blocks = cached, want
            self.running.append(holder)
            plan.tokens.append((holder, tokens))
            budget -= tokens
        return plan

    def cost_ms(self, plan: Plan) -> float:
        decodes = [h for h, _ in plan.tokens if not h.prefilling]
        prefills = [(h, tokens) for h, tokens in plan.tokens if h.prefilling]
        return self.cost.mixed_ms(
            prefill_tokens=sum(tokens for _, tokens in prefills),
            chunks_ms=sum(self.cost.chunk_ms(h.computed, tokens) for h, tokens in prefills),
            sampled=sum(h.computed + tokens == self.known_tokens(h) for h, tokens in plan.tokens),
            decodes=len(decodes),
            kv_tokens=sum(self.known_tokens(h) for h in decodes),
            window_kv_tokens=sum(
                self.cost.window_kv(self.case.prompt[h.index], self.case.output[h.index]) for h in decodes
            ),
        )

    def emit(self, plan: Plan, now: float) -> None:
        for holder, tokens in plan.tokens:
            holder.computed += tokens
            if holder.computed < self.known_tokens(holder):
                continue
            holder.prefilling = False
            times = self.out.emitted[holder.index]
            times.append(now)
            if len(times) == self.case.output[holder.index]:
                self.running.remove(holder)
                self.finished.append(holder)
                self.ended += 1
                if len(self.out.arrivals) < len(self.case.prompt):
                    self.out.arrivals.append(now)
