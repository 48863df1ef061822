/** Names of layers and neurons: `encoder.1.rnn_hidden` and `encoder.1.rnn_hidden[3]`. */
import type { LayerInfo } from '../api/types';

export interface Neuron {
  layer: string;
  unit: number;
}

const NEURON = /^((?:encoder|decoder)\.\d{1,4}\.[a-z_]+)\[(\d{1,7})\]$/;

/** Read a neuron address; null for anything else. */
export function parseNeuron(text: string): Neuron | null {
  const match = NEURON.exec(text.trim());
  return match?.[1] === undefined ? null : { layer: match[1], unit: Number(match[2]) };
}

export function neuronAddress(layer: string, unit: number): string {
  return `${layer}[${unit}]`;
}

/** Which stack an address belongs to. */
export function stackOf(address: string): 'encoder' | 'decoder' {
  return address.startsWith('decoder') ? 'decoder' : 'encoder';
}

/** The address of a flat index into layers laid one after another. */
export function neuronAt(layers: readonly Pick<LayerInfo, 'address' | 'width'>[], flat: number): string {
  let rest = flat;
  for (const { address, width } of layers) {
    if (rest < width) return neuronAddress(address, rest);
    rest -= width;
  }
  throw new RangeError(`Neuron ${flat} lies beyond the ${layers.length} layers of the ranking.`);
}

/** The flat index of an address, -1 if its layer is not among the layers. */
export function indexOf(layers: readonly LayerInfo[], address: string): number {
  const neuron = parseNeuron(address);
  if (neuron === null) return -1;
  let offset = 0;
  for (const layer of layers) {
    if (layer.address === neuron.layer) return neuron.unit < layer.width ? offset + neuron.unit : -1;
    offset += layer.width;
  }
  return -1;
}

/** The layer that a neuron belongs to, if these layers have such a unit. */
export function layerOf(layers: readonly LayerInfo[], address: string): LayerInfo | null {
  const neuron = parseNeuron(address);
  const layer = layers.find((l) => l.address === neuron?.layer);
  return neuron !== null && layer !== undefined && neuron.unit < layer.width ? layer : null;
}
