"""The demo project: how its corpus and its models are made, and what of them ships."""
