"""``python -m neurox_server.cli``: the command ``neurox`` where its script is not on the path."""

from . import main

main()
