/** Select a neuron of a list, or take it away. The list itself has the keys. */
import { add, isSelected, remove } from '../services/selection';
import { Icon } from './Icon';

export function Toggle({ address }: { address: string }) {
  const on = isSelected(address);
  return (
    <button
      type="button"
      class={`plain tiny toggle ${on ? 'on' : ''}`}
      tabIndex={-1}
      aria-label={on ? `Remove ${address}` : `Select ${address}`}
      onClick={(e) => {
        e.stopPropagation();
        if (on) remove(address);
        else add(address);
      }}
    >
      <Icon name={on ? 'minus' : 'plus'} />
    </button>
  );
}
