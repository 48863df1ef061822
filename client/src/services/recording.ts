/** What recording the open model takes, for whoever is about to start it. */
import { computed, signal } from '@preact/signals';
import { ask } from '../api/client';
import type { RecordingCost } from '../api/types';
import { reconnections } from './connection';
import { inProject, model, project } from './project';
import { Resource } from './resource';

/** How many places on the page show it now; nothing is asked while there is none. */
const shown = signal(0);

/** A server that comes back may have another budget, or more room. */
export const recordingLoad = new Resource<RecordingCost>(
  computed(() => {
    const [p, m] = [project.value, model.value];
    return shown.value === 0 || p === null || m === null ? null : JSON.stringify([p.id, m.name, reconnections.value]);
  }),
  async (stop, key) => {
    const [id, name] = JSON.parse(key) as [string, string];
    return ask<RecordingCost>(inProject(id, `models/${encodeURIComponent(name)}/recording`), { signal: stop });
  },
);

/** Have it asked for until the returned function is called. */
export function showRecording(): () => void {
  shown.value++;
  return () => { shown.value--; };
}

/** Whether recording must not be started: it would be refused, or what it takes is on its way. */
export const cannotRecord = computed(() => {
  const { state, value } = recordingLoad.load.value;
  // Numbers that cannot be had keep nobody from trying: the job checks for itself.
  return state === 'ready' ? value !== null && value.refused !== null : state !== 'error';
});
