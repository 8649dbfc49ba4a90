import loadHighs from "highs";
import type { Choice } from "../../lib/planning/region-choice";

/** One for all problems: it takes longer to load than to solve most of them. */
const solver = loadHighs();

/** The least sum that a general solver finds for the same problem; undefined where it finds none. */
export async function leastByHighs(problem: Choice): Promise<number | undefined> {
  const { Status, ObjectiveValue } = (await solver).solve(model(problem), { mip_rel_gap: 0, output_flag: false });
  return Status === "Optimal" ? ObjectiveValue : undefined;
}

/** The problem as a mixed integer program: x says who serves whom, y what is open. */
function model({ count, weights, costs, distances, required, prices, budget }: Choice): string {
  const candidates = costs[0]!.map((_, index) => index);
  const allowed = costs.map((row) => candidates.filter((each) => row[each] !== Number.POSITIVE_INFINITY));
  const terms = costs.flatMap((row, client) =>
    allowed[client]!.map((each) => `${weights[client]! * row[each]!} x${client}_${each}`),
  );
  const served = allowed.map((some, client) => `${some.map((each) => `x${client}_${each}`).join(" + ")} = 1`);
  const links = allowed.flatMap((some, client) => some.map((each) => `x${client}_${each} - y${each} <= 0`));
  // Whoever has an open candidate goes nowhere farther.
  const closest = allowed.flatMap((some, client) =>
    some.flatMap((near) => {
      const farther = some.filter((each) => distances[client]![each]! > distances[client]![near]!);
      const isBound = farther.some((each) => costs[client]![each]! < costs[client]![near]!);
      return isBound ? [`${farther.map((each) => `x${client}_${each}`).join(" + ")} + y${near} <= 1`] : [];
    }),
  );
  const open = [
    `${candidates.map((each) => `y${each}`).join(" + ")} = ${count}`,
    ...required.map((each) => `y${each} = 1`),
  ];
  const afford =
    budget === undefined ? [] : [`${candidates.map((each) => `${prices![each]} y${each}`).join(" + ")} <= ${budget}`];
  const constraints = [...served, ...links, ...closest, ...open, ...afford];
  return [
    "Minimize",
    ` obj: ${terms.join("\n + ")}`,
    "Subject To",
    ...constraints.map((each, index) => ` c${index}: ${each}`),
    "Binary",
    ` ${candidates.map((each) => `y${each}`).join(" ")}`,
    "End",
  ].join("\n");
}
