"""The web server: projects, live decoding, jobs and the page, over HTTP and Socket.IO.

Installed as ``neurox_server``. It is thin: numbers come from neurox_core. The application factory
is :func:`neurox_server.app.create_app`; :func:`neurox_server.run.run` serves it.
"""

from __future__ import annotations
