import { App } from "cdktf";
import { drawingFiles } from "../lib/report/drawings";
import { allRules } from "../lib/rules/all-rules";
import { evaluate } from "../lib/rules/evaluate";
import { TerraformDocument } from "../lib/topology/document";
import { Topology } from "../lib/topology/topology";
import { AiApiStack } from "../stacks/ai-api-stack";
import { resolveEnvironment } from "../stacks/environment";
import { environments } from "../stacks/environments";

/** The pictures of the README, of prod as `report --svg` draws it: by file name. */
export function pictures(outdir: string): Map<string, string> {
  const stack = new AiApiStack(new App({ outdir }), "prod", resolveEnvironment("prod", environments, {}));
  const document = TerraformDocument.parse(JSON.parse(JSON.stringify(stack.toTerraform())));
  const topology = Topology.of(document);
  const drawings = drawingFiles({ name: "prod", topology, evaluation: evaluate(document, allRules) });
  return new Map(drawings.filter(([end]) => end.endsWith(".svg")).map(([end, text]) => [`prod-${end}`, text]));
}
