/**
 * Newest wins: runs one task at a time for a stream of inputs, skips what was overtaken while it
 * waited, and never delivers an answer after a newer one. This is what keeps a slider honest: the
 * text under it always belongs to the newest setting that has been answered.
 */

export interface LatestHandlers<Input, Output> {
  run: (input: Input, serial: number) => Promise<Output>;
  deliver: (output: Output, input: Input) => void;
  fail: (error: unknown, input: Input) => void;
}

export class Latest<Input, Output> {
  private serial = 0;
  private delivered = 0;
  private running = 0;
  private waiting: { input: Input; serial: number } | null = null;

  /**
   * @param parallel how many tasks may be under way at once. With 1 the next one starts when the
   *   last one ends, with whatever input is newest by then.
   */
  constructor(
    private readonly handlers: LatestHandlers<Input, Output>,
    private readonly parallel = 1,
  ) {}

  /** Ask for an input; what waits already is forgotten. */
  push(input: Input): void {
    this.waiting = { input, serial: ++this.serial };
    this.next();
  }

  /** Forget what waits and ignore what is under way. */
  clear(): void {
    this.waiting = null;
    this.delivered = this.serial;
  }

  /** Whether anything is waiting or under way. */
  get busy(): boolean {
    return this.running > 0 || this.waiting !== null;
  }

  private next(): void {
    if (this.waiting === null || this.running >= this.parallel) return;
    const { input, serial } = this.waiting;
    this.waiting = null;
    this.running++;
    const settle = (act: () => void) => {
      this.running--;
      if (serial > this.delivered) {
        this.delivered = serial;
        act();
      }
      this.next();
    };
    this.handlers.run(input, serial).then(
      (output) => {
        settle(() => {
          this.handlers.deliver(output, input);
        });
      },
      (error: unknown) => {
        settle(() => {
          this.handlers.fail(error, input);
        });
      },
    );
  }
}
