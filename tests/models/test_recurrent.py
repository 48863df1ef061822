"""The recurrent network: its two paths agree, and the two scopes do what Bau et al. distinguish."""

from __future__ import annotations

import torch

from neurox_core.interventions import Intervention
from neurox_core.models.base import TranslationModel

TEXTS = ["He left.", "She reads a book in the garden.", "The woman sees the two old houses."]


def test_stepped_path_equals_fused_path(tiny_recurrent: TranslationModel) -> None:
    """Asking for cell states takes the stepped path; hidden states must not change by it."""
    sources = [tiny_recurrent.checked(t) for t in TEXTS]
    targets = [
        tiny_recurrent.tokenize(t, "target")
        for t in ("Il est parti.", "Elle lit.", "La femme voit.")
    ]
    hidden = [f"{s}.{i}.rnn_hidden" for s in ("encoder", "decoder") for i in (0, 1)]
    cells = [h.replace("hidden", "cell") for h in hidden]
    fused = tiny_recurrent.forward(sources, targets, hidden, logprobs=True)
    stepped = tiny_recurrent.forward(sources, targets, hidden + cells, logprobs=True)
    for address in hidden:
        assert torch.allclose(fused.activations[address], stepped.activations[address], atol=1e-6)
    assert torch.allclose(fused.logprobs, stepped.logprobs, atol=1e-5)
    assert set(stepped.activations) == set(hidden + cells)


def test_cell_states_are_those_of_the_lstm(tiny_recurrent: TranslationModel) -> None:
    """h = o * tanh(c), with the output gate computed from the weights by hand."""
    source = [tiny_recurrent.checked(TEXTS[1])]
    wanted = ["encoder.0.embed", "encoder.0.rnn_hidden", "encoder.0.rnn_cell"]
    found = tiny_recurrent.forward(source, capture=wanted).activations
    rnn, size = tiny_recurrent.module.encoder[0].rnn, 8
    x, h, c = (found[a][0] for a in wanted)
    before = torch.cat([torch.zeros(1, size), h[:-1, :size]])
    gates = x @ rnn.weight_ih_l0.T + rnn.bias_ih_l0 + before @ rnn.weight_hh_l0.T + rnn.bias_hh_l0
    output = torch.sigmoid(gates[:, 3 * size :])
    assert torch.allclose(h[:, :size], output * torch.tanh(c[:, :size]), atol=1e-5)


def test_output_scope_spares_the_recurrence_and_recurrence_scope_does_not(
    tiny_recurrent: TranslationModel,
) -> None:
    source = [tiny_recurrent.checked(TEXTS[1])]
    site = "encoder.0.rnn_hidden"

    def states(scope: str) -> torch.Tensor:
        put = Intervention([f"{site}[2]"], "set", 3.0, positions=[1], scope=scope)
        return tiny_recurrent.forward(source, capture=[site], interventions=[[put]]).activations[
            site
        ][0]

    clean = tiny_recurrent.forward(source, capture=[site]).activations[site][0]
    output, recurrence = states("output"), states("recurrence")
    assert output[1, 2] == 3.0 and recurrence[1, 2] == 3.0
    assert torch.allclose(output[2:], clean[2:], atol=1e-6)
    # Unit 2 reads forward: later forward states feel it, earlier ones and the backward ones do not.
    assert not torch.allclose(recurrence[2:, :8], clean[2:, :8], atol=1e-3)
    assert torch.allclose(recurrence[0], clean[0], atol=1e-6)
    assert torch.allclose(recurrence[:, 8:], clean[:, 8:], atol=1e-6)


def test_output_scope_on_the_encoder_leaves_the_decoders_first_state(
    tiny_recurrent: TranslationModel,
) -> None:
    """Bau et al.: run the encoder as usual, then change what the decoder attends to."""
    source, target = (
        [tiny_recurrent.checked(TEXTS[1])],
        [tiny_recurrent.tokenize("Elle lit.", "target")],
    )
    site, first = "encoder.1.rnn_hidden", "decoder.1.rnn_hidden"

    def decoder(*interventions: Intervention) -> torch.Tensor:
        run = tiny_recurrent.forward(source, target, [first], [list(interventions)])
        return run.activations[first][0]

    units = [f"{site}[{u}]" for u in range(16)]
    assert torch.equal(decoder(Intervention(units, "zero")), decoder())
    assert not torch.allclose(
        decoder(Intervention(units, "zero", scope="recurrence")), decoder(), atol=1e-3
    )
