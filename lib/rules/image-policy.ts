import { admittedImages } from "../google/registry";
import { page, provider } from "../google/source";
import { mayAdmit } from "../language/image-pattern";
import { blockOf, blocksOf, type Resource, type TerraformDocument } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed } from "../topology/value";
import { servicesOf } from "../topology/workloads";
import { blocks, type Rule, rule } from "./rule";

const POLICY = "google_binary_authorization_policy";
const policies = blocks(POLICY);
const RUN = page("binary-authorization/docs/run/overview");

/**
 * The patterns of what a policy admits, where it refuses everything else without asking anyone;
 * undefined where it does not, or Terraform computes them.
 */
function admittedBy({ values }: Resource): string[] | undefined {
  const rule = blockOf(values.default_admission_rule);
  const isEnforced =
    rule?.enforcement_mode === "ENFORCED_BLOCK_AND_AUDIT_LOG" && rule.evaluation_mode === "ALWAYS_DENY";
  if (!isEnforced || isComputed(values, "admission_whitelist_patterns")) return undefined;
  return blocksOf(values.admission_whitelist_patterns).map(({ name_pattern }) => String(name_pattern));
}

/** The project as it is written, or that of the provider. */
function projectKey(document: TerraformDocument, resource: Resource): string {
  const { project, provider } = resource.values;
  return document.projectOf(resource) ?? JSON.stringify([project ?? null, provider ?? null]);
}

/** Policies after another one of the same project, where both surely exist. */
function* secondPolicies(topology: Topology) {
  const seen = new Map<string, Resource>();
  for (const { resource } of policies(topology)) {
    if (resource.values.count !== undefined || resource.values.for_each !== undefined) continue;
    const project = projectKey(topology.document, resource);
    const first = seen.get(project);
    if (first) yield { resource, first };
    else seen.set(project, resource);
  }
}

/**
 * Services that are checked against the policy of their project, with that policy if it is in the
 * document.
 */
function* checkedServices(topology: Topology) {
  const { document } = topology;
  for (const service of servicesOf(topology)) {
    const { resource } = service;
    const settings = blockOf(resource.values.binary_authorization);
    if (booleanOf(settings?.use_default) !== true) continue;
    const project = projectKey(document, resource);
    const policy = document.ofType(POLICY).find((each) => projectKey(document, each) === project);
    if (policy) yield { ...service, at: "", policy, mayBreakGlass: settings!.breakglass_justification !== undefined };
  }
}

/** Binary Authorization: which images may be deployed. */
export const imagePolicyRules: readonly Rule[] = [
  rule("binauthz-single", secondPolicies, {
    title: "a project must have only one Binary Authorization policy",
    why: "Two resources overwrite each other, and removing one admits everything.",
    fix: "put the patterns and rules of both into one",
    source: provider("google_binary_authorization_policy 7.45.0"),
    judge: ({ resource, first }, blame) =>
      blame("project", resource.values.project, `${first.address} is of the same project`),
  }),
  rule("binauthz-nothing-admitted", policies, {
    title: "a policy that denies should admit some images",
    advice: true,
    why: "Nothing that uses Binary Authorization can be deployed; a lock-down may be meant.",
    fix: "add admission_whitelist_patterns for the project's registries",
    source: page("binary-authorization/docs/policy-yaml-reference"),
    judge({ resource }, blame) {
      if (admittedBy(resource)?.length === 0) blame("admission_whitelist_patterns", undefined);
    },
  }),
  rule("binauthz-image-admitted", checkedServices, {
    title: "the project's policy must admit the image of a service that is checked against it",
    why: "Cloud Run checks the image when the revision is deployed: the deploy fails, and what runs keeps serving.",
    fix: "add a pattern for the image's repository, or take the image from a registry that is admitted",
    source: RUN,
    judge({ containers, policy, mayBreakGlass }, blame) {
      const patterns = mayBreakGlass ? undefined : admittedBy(policy);
      if (!patterns || patterns.length === 0 || !patterns.every(admittedImages.holds)) return;
      for (const { block, at } of containers) {
        const { image } = block;
        if (typeof image === "string" && !patterns.some((pattern) => mayAdmit(pattern, image)))
          blame(`${at}.image`, image, `${policy.address} admits none like it`);
      }
    },
  }),
  rule("binauthz-before-service", checkedServices, {
    title: "a service that is checked against the project's policy should be deployed after it",
    advice: true,
    why: "Where both change in one deploy, the new image may be checked against the old policy, and refused.",
    fix: "add the policy to the service's depends_on",
    source: RUN,
    judge({ resource, policy }, blame, topology) {
      if (!topology.dependsOn(resource, policy.address)) blame("depends_on", undefined, policy.address);
    },
  }),
];
