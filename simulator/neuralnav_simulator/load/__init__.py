"""An open-loop load generator: which requests when, the client that sends them, what it shows and what it reports."""
