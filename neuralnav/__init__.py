"""NeuralNav compiles a workload into a plan, a lock and KServe manifests. Start at `neuralnav.pipeline`."""

__version__ = "0.1.0"
