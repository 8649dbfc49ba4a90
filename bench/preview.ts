import { envoyAtHand } from "../cli/preview/envoy-binary";
import type { Benchmark } from "./figure";
import { alternate, median, type Run, run } from "./measure";

/** From the command to the first answer of prod, against its synth; nothing where there is no Envoy. */
export const preview: Benchmark = (runs) => {
  if (!envoyAtHand()) return [];
  const [command = [], floor = []] = alternate(
    runs,
    () => run("bench/programs/first-answer.ts"),
    () => run("main.ts"),
  );
  return [
    {
      what: "preview of prod, to the first answer",
      measured: median(command, (each: Run) => each.own.firstAnswerMs),
      unit: "ms",
      budget: 4000,
      floor: median(floor, (each: Run) => each.wallMs),
    },
  ];
};
