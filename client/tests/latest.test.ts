import { describe, expect, it } from 'vitest';
import { Latest } from '../src/lib/latest';

interface Task {
  input: number;
  finish: (output: string) => void;
  fail: (error: Error) => void;
}

function harness(parallel = 1) {
  const tasks: Task[] = [];
  const delivered: string[] = [];
  const failed: number[] = [];
  const latest = new Latest<number, string>(
    {
      run: (input) =>
        new Promise<string>((finish, fail) => {
          tasks.push({ input, finish, fail });
        }),
      deliver: (output) => delivered.push(output),
      fail: (_, input) => failed.push(input),
    },
    parallel,
  );
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { latest, tasks, delivered, failed, settle };
}

describe('newest wins', () => {
  it('runs one task at a time and skips what was overtaken while waiting', async () => {
    const { latest, tasks, delivered, settle } = harness();
    for (const value of [1, 2, 3, 4]) latest.push(value);
    expect(tasks.map((t) => t.input)).toEqual([1]);
    tasks[0]?.finish('one');
    await settle();
    expect(tasks.map((t) => t.input)).toEqual([1, 4]);
    tasks[1]?.finish('four');
    await settle();
    expect(delivered).toEqual(['one', 'four']);
    expect(latest.busy).toBe(false);
  });

  it('drops an answer that comes after a newer one', async () => {
    const { latest, tasks, delivered, settle } = harness(2);
    latest.push(1);
    latest.push(2);
    tasks[1]?.finish('two');
    await settle();
    tasks[0]?.finish('one, too late');
    await settle();
    expect(delivered).toEqual(['two']);
  });

  it('goes on after a failure', async () => {
    const { latest, tasks, delivered, failed, settle } = harness();
    latest.push(1);
    latest.push(2);
    tasks[0]?.fail(new Error('refused'));
    await settle();
    tasks[1]?.finish('two');
    await settle();
    expect(failed).toEqual([1]);
    expect(delivered).toEqual(['two']);
  });

  it('delivers nothing that was asked before it was cleared', async () => {
    const { latest, tasks, delivered, settle } = harness();
    latest.push(1);
    latest.push(2);
    latest.clear();
    tasks[0]?.finish('one');
    await settle();
    expect(delivered).toEqual([]);
    expect(tasks).toHaveLength(1);
  });
});
