"""From a slider's event to the changed text, one 15-word sentence, greedy.

``server``: a Socket.IO client in Python sends what the page sends at every step of a slider (one
setting, one neuron, another value each time) and waits for the answer: the way there, the decode of
baseline and changed row, the diff, the way back.

``browser``: Chromium opens the page with one neuron selected, a script moves its slider, and the
time ends with the frame in which the changed translation stands on the screen. Targets for this, on
two cores: median under 60 ms for the LSTM, 120 ms for the Transformer.
"""

from __future__ import annotations

import argparse
import json
import time

import socketio

from .harness import Spread, need_models, table, verdict
from .page import browser
from .serving import demo_server, extract_all

TEXT = "The old woman did not see the two small children who played in the garden yesterday."
TARGETS = {"lstm-a": 60.0, "marian": 120.0}
NEURONS = {"lstm-a": "encoder.1.rnn_hidden[3]", "marian": "encoder.2.resid_post[3]"}


def server_side(url: str, model: str, events: int) -> list[float]:
    """Milliseconds of each event through Socket.IO."""
    client = socketio.Client(reconnection=False)
    client.connect(url, transports=["websocket"])
    found = []
    try:
        for number in range(events + 5):
            value = -1.0 + 2.0 * (number % 40) / 40
            body = {
                "project": "demo", "model": model, "texts": [TEXT], "request": number + 1,
                "settings": [{"name": "changed", "interventions": [
                    {"neurons": [NEURONS[model]], "operation": "set", "value": value}
                ]}],
            }  # fmt: skip
            began = time.perf_counter()
            answer = client.call("translate", body, timeout=120)
            milliseconds = (time.perf_counter() - began) * 1000
            if "items" not in answer or not answer["items"]:
                raise SystemExit(f"The server did not translate: {json.dumps(answer)[:300]}")
            if number >= 5:  # the first ones load the model
                found.append(milliseconds)
            time.sleep(0.01)
    finally:
        client.disconnect()
    return found


def browser_side(url: str, model: str, events: int) -> list[float]:
    """Milliseconds of each event in Chromium; see browser.mjs."""
    found = browser("slider", url, model, NEURONS[model], TEXT, events)
    if found["different"] < events // 10:
        print(f"Careful: only {found['different']} of {events} events changed the text of {model}.")
    times: list[float] = found["milliseconds"]
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=["lstm-a", "marian"])
    parser.add_argument("--events", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    rows: list[list[object]] = []
    with demo_server(options.threads) as served:
        extract_all(served.url)
        for model in need_models(options.models):
            sides = {"server": server_side}
            if not options.no_browser:
                sides["browser"] = browser_side
            for side, measure in sides.items():
                found = measure(served.url, model, options.events)
                spread = Spread.of(found)
                goal = TARGETS[model]
                rows.append([model, side, len(found), spread.text(), f"{spread.largest:.1f}",
                             f"{goal:.0f}", verdict(spread.median < goal)])  # fmt: skip
    columns = [
        "model",
        "measured in",
        "events",
        "ms: median [quartiles]",
        "largest",
        "target",
        "met",
    ]
    table("From slider to changed text", columns, rows)


if __name__ == "__main__":
    main()
