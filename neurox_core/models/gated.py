"""A GRU layer with the fused and the stepped path of :class:`.recurrent.RecurrentLayer`.

A GRU has no cell: its hidden state is all it carries. It is carried twice, so that everything that
moves an LSTM's pair of states moves a GRU's as well; the second of the pair is never read.

With torch's order of gates (reset, update, new)::

    r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
    z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
    n = tanh(W_in x + b_in + r * (W_hn h + b_hn))
    h' = (1 - z) * n + z * h
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .recurrent import RecurrentLayer, State
from .taps import Run


class GatedLayer(RecurrentLayer):
    """One GRU layer; parameters as :class:`.recurrent.RecurrentLayer`."""

    def __init__(
        self, stack: str, index: int, input_size: int, hidden_size: int, bidirectional: bool = False
    ) -> None:
        super().__init__(stack, index, input_size, hidden_size, bidirectional)
        self.rnn: nn.GRU = nn.GRU(  # type: ignore[assignment]
            input_size, self.size, batch_first=True, bidirectional=bidirectional
        )

    def _fused(
        self, x: Tensor, initial: State | None, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        start = None if initial is None else initial[0].unsqueeze(0).contiguous()
        if lengths is None:
            output, last = self.rnn(x, start)
        else:
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            packed_output, last = self.rnn(packed, start)
            output, _ = pad_packed_sequence(
                packed_output, batch_first=True, total_length=x.shape[1]
            )
        final = torch.cat(list(last), dim=-1)
        return output, (final, final)

    def _cell(
        self,
        gates: Tensor,
        state: State,
        direction: int,
        run: Run | None,
        units: slice,
        offset: int,
    ) -> State:
        """One GRU step from the input's share of the gates (batch, 3*size), its bias included."""
        hidden = state[0]
        recurrent = torch.addmm(self._state_bias(direction), hidden, self._maps(direction)[1])
        reset_x, update_x, new_x = gates.chunk(3, dim=-1)
        reset_h, update_h, new_h = recurrent.chunk(3, dim=-1)
        update = torch.sigmoid(update_x + update_h)
        new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
        found = (1 - update) * new + update * hidden
        if run is not None and run.touches(self.hidden_address, "recurrence"):
            found = self._edit_part(run, self.hidden_address, found, units, offset)
        return found, found

    def _state_bias(self, direction: int) -> Tensor:
        found: Tensor = getattr(self.rnn, f"bias_hh_l0{'_reverse' if direction else ''}")
        return found

    def _transposed(self, direction: int) -> tuple[Tensor, Tensor, Tensor]:
        # The two biases cannot be added up: the reset gate multiplies one of them.
        end = "_reverse" if direction else ""
        weights = [getattr(self.rnn, f"weight_{kind}_l0{end}") for kind in ("ih", "hh")]
        bias: Tensor = getattr(self.rnn, f"bias_ih_l0{end}")
        return weights[0].t().contiguous(), weights[1].t().contiguous(), bias
