"""What a contributor runs: environment, tests, demo server, lint and benchmark. Never shipped."""
