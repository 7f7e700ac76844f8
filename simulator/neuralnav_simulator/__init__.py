"""An OpenAI-compatible server without a GPU: NeuralNav's serving model, in real time."""
