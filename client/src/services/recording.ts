/** What recording a model takes, for whoever is about to start it. */
import { computed, signal, type Signal } from '@preact/signals';
import { ask } from '../api/client';
import type { RecordingCost } from '../api/types';
import { reconnections } from './connection';
import { inProject, model, project } from './project';
import { Resource } from './resource';

interface Asked {
  cost: Resource<RecordingCost>;
  /** How many places on the page show it now; nothing is asked while there is none. */
  shown: Signal<number>;
}

/** By the model's name; '' is the open one. */
const asked = new Map<string, Asked>();

function askedOf(name: string): Asked {
  const known = asked.get(name);
  if (known !== undefined) return known;
  const shown = signal(0);
  const cost = new Resource<RecordingCost>(
    // A server that comes back may have another budget, or more room.
    computed(() => {
      const [p, m] = [project.value, name === '' ? model.value?.name : name];
      return shown.value === 0 || p === null || m === undefined ? null : JSON.stringify([p.id, m, reconnections.value]);
    }),
    async (stop, key) => {
      const [id, of] = JSON.parse(key) as [string, string];
      return ask<RecordingCost>(inProject(id, `models/${encodeURIComponent(of)}/recording`), { signal: stop });
    },
  );
  const made = { cost, shown };
  asked.set(name, made);
  cost.follow();
  return made;
}

/** What recording a model takes: '' of the open one. */
export function recordingCost(name: string): Resource<RecordingCost>['load'] {
  return askedOf(name).cost.load;
}

/** Have it asked for until the returned function is called. */
export function showRecording(name: string): () => void {
  const { shown } = askedOf(name);
  shown.value++;
  return () => { shown.value--; };
}

/** Whether recording must not be started: it would be refused, or what it takes is on its way. */
export function cannotRecord(name: string): boolean {
  const { state, value } = recordingCost(name).value;
  // Numbers that cannot be had keep nobody from trying: the job checks for itself.
  return state === 'ready' ? value !== null && value.refused !== null : state !== 'error';
}
