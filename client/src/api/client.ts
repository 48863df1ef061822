/**
 * One way to ask the server: every answer is either the typed body or an ApiError that carries the
 * server's own words, so that a pane can show what was wrong and what to do.
 */
import type { ErrorBody } from './types';
import { decodeFrame, type Frame } from '../lib/frame';

/** An answer that is not the wanted one: refused by the server, or never received. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly where: string | null = null,
    readonly job: string | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** The server's error shape, if that is what a value is. */
export function isErrorBody(value: unknown): value is ErrorBody {
  if (typeof value !== 'object' || value === null || !('error' in value)) return false;
  const error = (value as { error: unknown }).error;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

export function fromBody(body: ErrorBody): ApiError {
  const { code, message, where, job } = body.error;
  return new ApiError(code, message, body.status, where ?? null, job ?? null);
}

/** Whether an exception only says that its request was given up in favour of a newer one. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Address of an API resource, relative to the page, so that a path prefix of a proxy is kept. */
export function address(path: string): string {
  return new URL(`api/v1/${path}`, document.baseURI).toString();
}

export interface Ask {
  body?: unknown;
  method?: 'GET' | 'POST' | 'DELETE';
  signal?: AbortSignal;
}

async function send(path: string, ask: Ask): Promise<Response> {
  const { body, signal } = ask;
  let response: Response;
  try {
    response = await fetch(address(path), {
      method: ask.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      credentials: 'same-origin',
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError('unreachable', 'The server does not answer. Is it still running? This page tries again by itself.', 0);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (isErrorBody(body)) return fromBody(body);
  } catch {
    // Not JSON: something in front of the server answered, and the status is all there is.
  }
  return new ApiError('unexpected', `The server answered ${response.status} ${response.statusText}.`, response.status);
}

/** Ask for JSON. */
export async function ask<T>(path: string, options: Ask = {}): Promise<T> {
  const response = await send(path, options);
  return (await response.json()) as T;
}

/** Ask for JSON and say which status came with it (202 means that a job was started). */
export async function askWithStatus<T>(path: string, options: Ask = {}): Promise<{ status: number; body: T }> {
  const response = await send(path, options);
  return { status: response.status, body: (await response.json()) as T };
}

/** Ask for arrays of numbers. */
export async function askFrame<Meta>(path: string, options: Ask = {}): Promise<Frame<Meta>> {
  const response = await send(path, options);
  return decodeFrame<Meta>(await response.arrayBuffer());
}
