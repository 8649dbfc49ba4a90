import { type GlobalAiApi, type GlobalAiApiProps, Notify, type ObservabilityOptions } from "../../lib";
import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "../../lib/topology/document";
import { buildApi } from "../api/global-ai-api-support";

/** An API in two regions that is observed, with what the test changes of it and adds to it afterwards. */
export function observed(
  options: Partial<ObservabilityOptions> = {},
  api: Partial<GlobalAiApiProps> = {},
  then?: (api: GlobalAiApi) => void,
): TerraformDocument {
  return buildApi({ rules: false, ...api }, (each) => {
    each.observe({ notify: [Notify.email("oncall@example.com")], ...options });
    then?.(each);
  });
}

/** Policies of an alert by its id; those of objectives have the id `burn`. */
export function policies(document: TerraformDocument, id: string): Resource[] {
  return document
    .ofType("google_monitoring_alert_policy")
    .filter(({ values }) => blockOf(values.user_labels)?.alert === id);
}

/** PromQL of a policy, one for each condition. */
export function queries({ values }: Resource): string[] {
  return blocksOf(values.conditions).map(({ condition_prometheus_query_language: promql }) =>
    String(blockOf(promql)?.query),
  );
}

/** The one query of the one policy of an alert. */
export function queryOf(document: TerraformDocument, id: string): string {
  const [only, ...others] = policies(document, id).flatMap(queries);
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} queries of ${id}`);
  return only;
}

/** Objectives by the region they are of, and `worldwide`. */
export function objectives(document: TerraformDocument): Record<string, Block> {
  return Object.fromEntries(
    document
      .ofType("google_monitoring_slo")
      .map(({ values }) => [String(values.display_name).replace(/^.*, /, ""), values]),
  );
}
