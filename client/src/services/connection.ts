/**
 * The open line to the server: job news come in over it, and live decoding goes out. It is loaded
 * after the first paint, reconnects by itself, and everything still works over plain requests
 * while it is down.
 */
import { signal } from '@preact/signals';
import type { Socket } from 'socket.io-client';
import { ApiError, ask, fromBody, isErrorBody } from '../api/client';
import type { Job, TranslateRequest, TranslateResponse } from '../api/types';
import { takeJob } from './jobs';

export type Line = 'connecting' | 'open' | 'lost';

export const line = signal<Line>('connecting');

/** Counts up each time the line comes back, for those who have to ask again. */
export const reconnections = signal(0);

const ANSWER_WITHIN = 60_000;
let socket: Socket | null = null;

/** Open the line and keep it open. */
export async function connect(): Promise<void> {
  const { io } = await import('socket.io-client');
  const base = new URL('.', document.baseURI);
  socket = io(base.origin, {
    path: `${base.pathname}socket.io`,
    transports: ['websocket', 'polling'],
    reconnectionDelayMax: 4000,
    timeout: 6000,
  });
  socket.on('connect', () => {
    if (line.peek() === 'lost') reconnections.value++;
    line.value = 'open';
  });
  socket.on('disconnect', () => {
    line.value = 'lost';
  });
  socket.on('connect_error', () => {
    line.value = 'lost';
  });
  socket.on('job', (job: Job) => {
    takeJob(job);
  });
}

/** Translate over the open line, or by a plain request while there is none. */
export async function translate(request: TranslateRequest): Promise<TranslateResponse> {
  if (socket === null || !socket.connected) {
    return ask<TranslateResponse>(`projects/${encodeURIComponent(request.project)}/translate`, { body: request });
  }
  let answer: unknown;
  try {
    answer = await socket.timeout(ANSWER_WITHIN).emitWithAck('translate', request);
  } catch {
    throw new ApiError('unreachable', 'The server did not answer the translation in time. Move the slider or reload to try again.', 0);
  }
  if (isErrorBody(answer)) throw fromBody(answer);
  return answer as TranslateResponse;
}
