"""The model of an LLM server: step cost, memory, a continuous-batching engine, arrivals and load sweeps."""
