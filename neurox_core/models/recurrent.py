"""A recurrent encoder-decoder with attention, built so that single states can be edited.

The architecture is the one of Bau et al. 2019 and Luong et al. 2015: an LSTM encoder, an LSTM
decoder that starts from the encoder's final states, general (bilinear) attention over the encoder's
outputs, and a readout tied to the embedding. There is no input feeding, so a teacher-forced pass
runs each layer over all positions at once.

Each layer has two equal paths. The *fused* path hands the whole sequence to ``nn.LSTM``. The
*stepped* path computes one position after another with the same weights; it is taken only where
something inside the recurrence is edited or a cell state is asked for, since the fused kernel
exposes neither. An edit with scope ``output`` changes what later layers and the attention see, as
in Bau et al.; an edit with scope ``recurrence`` changes the state itself, and thereby every later
position and the state that starts the decoder.

Assumptions: sequences are padded on the right; the encoder's width is the decoder's width.
"""

from __future__ import annotations

import math
import os
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .taps import Run, active, observe, tap

# The fused kernel is compiled for every shape of a batch that comes, and torch keeps the last 1,024
# of them: 150 MB, filled batch by batch. A few are enough. (It is asked for at the first one.)
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")

State = tuple[Tensor, Tensor]
"""Hidden and cell state, each (batch, hidden)."""


@dataclass(frozen=True)
class RecurrentConfig:
    """Everything needed to build the module again.

    Attributes
    ----------
    vocab_size : int
        Entries of the joint source and target vocabulary.
    embedding_size, hidden_size, layers : int
        `hidden_size` counts both directions of a bidirectional encoder layer together.
    bidirectional : bool
        Whether encoder layers read both ways; units 0 to hidden/2-1 are then the forward ones.
    dropout : float
        Used in training on embeddings, between layers and before the readout.
    pad_id, eos_id, unk_id, start_id : int
        Special token ids; `start_id` is what the decoder reads first.
    cell : {"lstm", "gru"}
    """

    vocab_size: int
    embedding_size: int = 256
    hidden_size: int = 320
    layers: int = 2
    bidirectional: bool = True
    dropout: float = 0.1
    pad_id: int = 0
    eos_id: int = 0
    unk_id: int = 1
    start_id: int = 0
    source_language: str = "en"
    target_language: str = "fr"
    model_type: str = "neurox_recurrent"
    cell: str = "lstm"

    def to_dict(self) -> dict[str, object]:
        """Plain values, for ``config.json``."""
        return asdict(self)


class RecurrentLayer(nn.Module):
    """One LSTM layer with a fused and a stepped path.

    Parameters
    ----------
    stack, index : str, int
        Where the layer stands; together they make its layer address.
    input_size, hidden_size : int
        `hidden_size` is the output width, both directions together.
    """

    def __init__(
        self, stack: str, index: int, input_size: int, hidden_size: int, bidirectional: bool = False
    ) -> None:
        super().__init__()
        self.hidden_address = f"{stack}.{index}.rnn_hidden"
        self.cell_address = f"{stack}.{index}.rnn_cell"
        self.directions = 2 if bidirectional else 1
        self.size = hidden_size // self.directions
        self._prepared: list[tuple[Tensor, Tensor, Tensor]] = []
        self.rnn = nn.LSTM(input_size, self.size, batch_first=True, bidirectional=bidirectional)

    def forward(
        self, x: Tensor, initial: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Run over all positions.

        Parameters
        ----------
        x : Tensor of shape (batch, positions, input)
        initial : pair of Tensor (batch, hidden), optional
            State before the first position; zero if missing.
        lengths : Tensor of shape (batch,), optional
            Real lengths; missing when nothing is padded or padding does no harm.

        Returns
        -------
        output : Tensor of shape (batch, positions, hidden)
            What later layers see (after edits of scope ``output``).
        final : pair of Tensor (batch, hidden)
            The state itself after the last real position of each direction.
        """
        run = active()
        if run is not None and self._needs_steps(run):
            output, final = self._stepped(x, initial, lengths, run)
        else:
            output, final = self._fused(x, initial, lengths)
        return tap(self.hidden_address, output), final

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Advance one position: `x` (batch, input) and `state` to output and new state."""
        inputs, _, bias = self._maps(0)
        gates = torch.addmm(bias, x, inputs)
        run = active()
        h, c = self._cell(gates, state, 0, run, slice(None), 0)
        if run is None:
            return h, (h, c)
        return run.visit(self.hidden_address, h.unsqueeze(1)).squeeze(1), (h, c)

    def _needs_steps(self, run: Run) -> bool:
        return (
            run.captures(self.cell_address)
            or run.touches(self.cell_address, "recurrence")
            or run.touches(self.hidden_address, "recurrence")
        )

    def _fused(
        self, x: Tensor, initial: State | None, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        start = None
        if initial is not None:
            start = (initial[0].unsqueeze(0).contiguous(), initial[1].unsqueeze(0).contiguous())
        if lengths is None:
            output, (h, c) = self.rnn(x, start)
        else:
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            packed_output, (h, c) = self.rnn(packed, start)
            output, _ = pad_packed_sequence(
                packed_output, batch_first=True, total_length=x.shape[1]
            )
        return output, (torch.cat(list(h), dim=-1), torch.cat(list(c), dim=-1))

    def _stepped(
        self, x: Tensor, initial: State | None, lengths: Tensor | None, run: Run
    ) -> tuple[Tensor, State]:
        """The same computation, one position at a time, with edits inside the recurrence."""
        batch, positions, _ = x.shape
        outputs = x.new_zeros(batch, positions, self.size * self.directions)
        cells = torch.zeros_like(outputs)
        finals: list[State] = []
        for direction in range(self.directions):
            units = slice(direction * self.size, (direction + 1) * self.size)
            zero = x.new_zeros(batch, self.size)
            state = (zero, zero) if initial is None else initial
            inputs, _, bias = self._maps(direction)
            gates = torch.matmul(x, inputs) + bias
            order = range(positions) if direction == 0 else range(positions - 1, -1, -1)
            for t in order:
                h, c = self._cell(gates[:, t], state, direction, run, units, t)
                if lengths is not None:
                    real = (lengths.to(x.device) > t).unsqueeze(1)
                    h, c = torch.where(real, h, state[0]), torch.where(real, c, state[1])
                    outputs[:, t, units], cells[:, t, units] = h * real, c * real
                else:
                    outputs[:, t, units], cells[:, t, units] = h, c
                state = (h, c)
            finals.append(state)
        if run.captures(self.cell_address):
            run.captured[self.cell_address] = cells
        return outputs, (
            torch.cat([h for h, _ in finals], dim=-1),
            torch.cat([c for _, c in finals], dim=-1),
        )

    def _edit_part(self, run: Run, address: str, part: Tensor, units: slice, offset: int) -> Tensor:
        # Edits address the whole width, so one direction is set into it and cut out again.
        whole = part.new_zeros(part.shape[0], self.size * self.directions)
        whole[:, units] = part
        edited = run.visit(address, whole.unsqueeze(1), offset, scope="recurrence")
        return edited.squeeze(1)[:, units]

    def _cell(
        self,
        gates: Tensor,
        state: State,
        direction: int,
        run: Run | None,
        units: slice,
        offset: int,
    ) -> State:
        """One LSTM step from the input's share of the gates (batch, 4*size), in torch's order.

        Edits of scope ``recurrence`` act on the part of the state that `units` names: on the cell
        before the hidden state is read off it, and on the hidden state itself.
        """
        gates = torch.addmm(gates, state[0], self._maps(direction)[1])
        i, f, g, o = gates.chunk(4, dim=-1)
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        if run is not None and run.touches(self.cell_address, "recurrence"):
            c = self._edit_part(run, self.cell_address, c, units, offset)
        h = torch.sigmoid(o) * torch.tanh(c)
        if run is not None and run.touches(self.hidden_address, "recurrence"):
            h = self._edit_part(run, self.hidden_address, h, units, offset)
        return h, c

    def prepare(self) -> None:
        """Keep the weights as single steps want them; call it when they no longer change."""
        self._prepared = [self._transposed(d) for d in range(self.directions)]

    def _maps(self, direction: int) -> tuple[Tensor, Tensor, Tensor]:
        """Input and state weights, (in, 4*size) each, and their joint bias."""
        return self._prepared[direction] if self._prepared else self._transposed(direction)

    def _transposed(self, direction: int) -> tuple[Tensor, Tensor, Tensor]:
        # Rows of a contiguous transpose are read in order; for a few rows that is up to three times
        # as fast as the product with the weights as they are stored.
        end = "_reverse" if direction else ""
        weights = [getattr(self.rnn, f"weight_{kind}_l0{end}") for kind in ("ih", "hh")]
        bias = getattr(self.rnn, f"bias_ih_l0{end}") + getattr(self.rnn, f"bias_hh_l0{end}")
        return weights[0].t().contiguous(), weights[1].t().contiguous(), bias


def layer_of(cell: str) -> type[RecurrentLayer]:
    """The layer for a kind of cell; ValueError if there is no such kind."""
    from .gated import GatedLayer  # It builds on this module.

    kinds = {"lstm": RecurrentLayer, "gru": GatedLayer}
    if cell not in kinds:
        raise ValueError(f"cell is one of {', '.join(kinds)}, not {cell!r}")
    return kinds[cell]


class RecurrentSeq2Seq(nn.Module):
    """Encoder, decoder, attention and tied readout.

    Parameters
    ----------
    config : RecurrentConfig
    """

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        width, hidden = config.embedding_size, config.hidden_size
        self.embedding = nn.Embedding(config.vocab_size, width)
        nn.init.normal_(self.embedding.weight, std=width**-0.5)
        layer = layer_of(config.cell)
        self.encoder = nn.ModuleList(
            layer("encoder", i, width if i == 0 else hidden, hidden, config.bidirectional)
            for i in range(config.layers)
        )
        self.decoder = nn.ModuleList(
            layer("decoder", i, width if i == 0 else hidden, hidden) for i in range(config.layers)
        )
        self.attention = nn.Linear(hidden, hidden, bias=False)
        self.readout = nn.Linear(2 * hidden, width)
        self.output_bias = nn.Parameter(torch.zeros(config.vocab_size))
        self.dropout = nn.Dropout(config.dropout)
        self._words: Tensor | None = None  # The transposed embedding, once prepared.

    def embed(self, stack: str, ids: Tensor) -> Tensor:
        """Scaled embeddings, (batch, positions) to (batch, positions, embedding)."""
        x = self.embedding(ids) * math.sqrt(self.config.embedding_size)
        embedded: Tensor = self.dropout(tap(f"{stack}.0.embed", x))
        return embedded

    def encode(self, ids: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, list[State]]:
        """Read the source.

        Parameters
        ----------
        ids : Tensor of shape (batch, source), int64
        lengths : Tensor of shape (batch,), int64, on the CPU, optional
            Leave out when no row is padded.

        Returns
        -------
        memory : Tensor of shape (batch, source, hidden)
        finals : list of State
            One for each layer; they start the decoder.
        """
        x = self.embed("encoder", ids)
        finals = []
        for index, layer in enumerate(self.encoder):
            x, final = layer(self.dropout(x) if index else x, None, lengths)
            finals.append(final)
        return x, finals

    def decode(
        self, ids: Tensor, memory: Tensor, initial: list[State], mask: Tensor | None = None
    ) -> Tensor:
        """Teacher-forced pass.

        Parameters
        ----------
        ids : Tensor of shape (batch, target), int64
            Decoder inputs, beginning with the start token.
        memory, initial
            As :meth:`encode` returned them.
        mask : Tensor of shape (batch, source), bool, optional
            True at real source tokens.

        Returns
        -------
        Tensor of shape (batch, target, embedding)
            The readout; :meth:`logits` turns it into scores over the vocabulary.
        """
        return self.advance(ids, memory, initial, mask)[0]

    def advance(
        self, ids: Tensor, memory: Tensor, initial: list[State], mask: Tensor | None = None
    ) -> tuple[Tensor, list[State]]:
        """As :meth:`decode`, with the states after the last position."""
        x = self.embed("decoder", ids)
        finals = []
        for index, layer in enumerate(self.decoder):
            x, final = layer(self.dropout(x) if index else x, initial[index], None)
            finals.append(final)
        return self._attend(x, memory, mask)[0], finals

    def read(
        self, ids: Tensor, memory: Tensor, states: list[State], mask: Tensor | None = None,
        alike: tuple[Tensor, Tensor] | None = None,
    ) -> tuple[Tensor, list[State], Tensor]:  # fmt: skip
        """One decoder position with carried states.

        Parameters
        ----------
        ids : Tensor (batch,), int64
        memory : Tensor (batch, source, width)
        states : list of State
        mask : Tensor (batch, source), bool, optional
        alike : (rows, for each row one of these), optional
            Rows whose recurrent layers are computed for the others, which read the same ids in the
            same states, too; what they attend to may differ.

        Returns
        -------
        readout : Tensor of shape (batch, embedding)
            :meth:`scores` turns it into scores over the vocabulary.
        states : list of State
        weights : Tensor of shape (batch, source)
            Attention over the source.
        """
        if alike is not None:
            ids, states = ids[alike[0]], [(h[alike[0]], c[alike[0]]) for h, c in states]
        x = self.embed("decoder", ids.unsqueeze(1)).squeeze(1)
        carried = []
        for layer, state in zip(self.decoder, states, strict=True):
            assert isinstance(layer, RecurrentLayer)
            x, state = layer.step(x, state)
            carried.append(state)
        if alike is not None:
            x, carried = x[alike[1]], [(h[alike[1]], c[alike[1]]) for h, c in carried]
        readout, weights = self._attend(x.unsqueeze(1), memory, mask)
        return readout.squeeze(1), carried, weights.squeeze(1)

    def scores(self, readout: Tensor) -> Tensor:
        """As :meth:`logits`, of single positions, and quick once it was prepared."""
        if self._words is None:
            return self.logits(readout)
        return torch.addmm(self.output_bias, readout, self._words)

    def prepare(self) -> None:
        """Make single steps quick; call it when the weights no longer change."""
        for layer in [*self.encoder, *self.decoder]:
            assert isinstance(layer, RecurrentLayer)
            layer.prepare()
        self._words = self.embedding.weight.t().contiguous()

    def logits(self, readout: Tensor) -> Tensor:
        """Scores over the vocabulary from the tied embedding."""
        return torch.nn.functional.linear(readout, self.embedding.weight, self.output_bias)

    def _attend(self, x: Tensor, memory: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        scores = torch.matmul(self.attention(x), memory.transpose(1, 2))
        if mask is not None:
            scores = scores.masked_fill(~mask.unsqueeze(1), float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        observe(f"decoder.{self.config.layers - 1}.cross_attn_map", weights)
        context = torch.matmul(weights, memory)
        context = tap(f"decoder.{self.config.layers - 1}.cross_attn_out", context)
        return self.readout(self.dropout(torch.cat([context, x], dim=-1))), weights
