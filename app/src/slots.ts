/** Lets so many jobs run at once; the others wait in the order they came. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  public constructor(private free: number) {}

  public async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
