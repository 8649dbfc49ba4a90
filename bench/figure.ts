/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly unit: "ms" | "MB" | "kB" | "×";
  /** DESIGN's; none for figures that only explain. */
  readonly budget?: number;
  /** Processor time of the same, where the figure is a time: it waits for no other process. */
  readonly cpuMs?: number;
  /** The same by a program that does nothing but what any program would have to. */
  readonly floor?: number;
  readonly floorCpuMs?: number;
  /**
   * How many times the floor the budget is on a machine with nothing else to do: on a slow one,
   * this decides.
   */
  readonly budgetInFloors?: number;
}

/** Measures with so many runs of each program. */
export type Benchmark = (runs: number) => Figure[];
