import { createHash } from "node:crypto";
import type { ComputeRegionInstanceTemplate } from "@cdktf/provider-google/lib/compute-region-instance-template";
import { type IResolveContext, Lazy } from "cdktf";
import type { Construct } from "constructs";
import { COMPUTE_NAME, hashedSlug } from "../../core/naming";
import { providerOf } from "../../project/provider";
import { interpolationsIn } from "./interpolations";

type Json = { [key: string]: unknown };

/** Attributes that can change without replacing a template. */
const NO_INPUTS = ["name", "lifecycle", "depends_on", "provider", "timeouts", "//"];
const ATTRIBUTION = "goog-terraform-provisioned";
/** Length of the part that Terraform computes: a hyphen and eight hexadecimal digits. */
const COMPUTED_LENGTH = 9;

/**
 * A name for an instance template that changes whenever the template is replaced, and only then.
 *
 * Any change replaces a template, even of the provider's default labels. Its successor is created
 * beside it, so reusing the name would end in 409. The name is derived from the finished template
 * at synth, overrides included. Known values are hashed here. Values that only Terraform knows (an
 * image's digest, the address of a service account) are hashed by Terraform within the name: they
 * can change while their reference stays the same.
 */
export function templateName(where: Construct, template: () => ComputeRegionInstanceTemplate): string {
  return Lazy.stringValue({ produce: (context) => nameOf(where, template(), context) });
}

function nameOf(where: Construct, template: ComputeRegionInstanceTemplate, context: IResolveContext): string {
  const inputs = inputsOf(template, context);
  const text = JSON.stringify(sorted(inputs));
  const expressions = [...new Set(stringsIn(inputs).flatMap(interpolationsIn))].sort();
  const computed = expressions.length > 0;
  const segments = where.node.path.split("/").filter((segment) => segment !== "");
  const slug = hashedSlug(segments.join("-"), COMPUTE_NAME.maxLength - (computed ? COMPUTED_LENGTH : 0), [
    where.node.path,
    createHash("sha256").update(text).digest("hex"),
  ]);
  return computed ? `${slug}-\${substr(sha256(jsonencode([${expressions.join(", ")}])), 0, 8)}` : slug;
}

function inputsOf(template: ComputeRegionInstanceTemplate, context: IResolveContext): Json {
  const { resource } = template.toTerraform() as { resource: Json };
  const [attributes] = Object.values(resource[template.terraformResourceType] as Json) as Json[];
  const own = Object.fromEntries(Object.entries(attributes!).filter(([name]) => !NO_INPUTS.includes(name)));
  const resolved = context.resolve(own) as Json;
  return { ...resolved, labels: { ...providerLabels(template, context), ...(resolved.labels as Json | undefined) } };
}

/**
 * The labels that the provider adds to each resource. The attribution label is only added to
 * existing resources on request.
 */
function providerLabels(template: ComputeRegionInstanceTemplate, context: IResolveContext): Json {
  const provider = template.provider ?? providerOf(template);
  if (!provider) return {};
  const all = context.resolve(provider.toTerraform()) as { provider: { google: Json[] } };
  const [block] = all.provider.google;
  const proactive = block?.terraform_attribution_label_addition_strategy === "PROACTIVE";
  const attributed = proactive && block?.add_terraform_attribution_label !== false;
  return { ...(attributed && { [ATTRIBUTION]: "true" }), ...(block?.default_labels as Json | undefined) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, nested]) => [key, sorted(nested)]));
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, nested]) => [key, ...stringsIn(nested)]);
}
