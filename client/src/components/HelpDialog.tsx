/** Keys and conventions, in a native dialog that keeps the focus and closes on Escape. */
import { useEffect, useRef } from 'preact/hooks';
import { helpOpen, KEYS } from '../services/keys';
import { Icon } from './Icon';

export function HelpDialog() {
  const ref = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={ref} class="help-dialog" aria-labelledby="help-title" onClose={() => { helpOpen.value = false; }}>
      <header>
        <h2 id="help-title">Help</h2>
        <button type="button" class="plain tiny" aria-label="Close help" onClick={() => { helpOpen.value = false; }}><Icon name="close" /></button>
      </header>
      <p>
        NeuroX shows what single neurons of a translation model do, and lets you change them and watch the translation
        change. Choose a ranking, look at its neurons on the text, select some, and turn them.
      </p>
      <h3>Keys</h3>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h3>Conventions</h3>
      <ul>
        <li>Red is negative, blue is positive, on every screen; the legend under the activations shows the ends.</li>
        <li>A neuron is a layer and a unit: <code>encoder.1.rnn_hidden[3]</code>.</li>
        <li>The address bar holds everything you see. Copy it to share it; reload to get it back.</li>
      </ul>
    </dialog>
  );
}
