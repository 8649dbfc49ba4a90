import { type Block, blocksOf, type Resource } from "../../topology/document";
import type { Topology } from "../../topology/topology";
import { booleanOf, isComputed, textOf } from "../../topology/value";
import { nested, servicesOf } from "../cloud-run/cloud-run-workload";
import { limit, matching } from "../limit";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";

const POLICY = "google_binary_authorization_policy";
const READ = "read 2026-11-22";
const YAML = `docs.cloud.google.com/binary-authorization/docs/policy-yaml-reference, ${READ}`;
const RUN = `docs.cloud.google.com/binary-authorization/docs/run/overview, ${READ}`;
const PROVIDER = "resource_binary_authorization_policy.go of google 7.45.0, read 2026-11-22";

function policies(topology: Topology): readonly Resource[] {
  return topology.document.ofType(POLICY).filter(({ isData }) => !isData);
}

/** The default rule and those of single clusters. */
function admissionRules(policy: Resource): Place[] {
  const place = { resource: policy, at: "", block: policy.values };
  return [...nested(place, "default_admission_rule"), ...nested(place, "cluster_admission_rules")];
}

/** The patterns as they are written, with expressions; undefined where Terraform computes how many there are. */
function patternsOf({ values }: Resource): string[] | undefined {
  if (isComputed(values, "admission_whitelist_patterns")) return undefined;
  return blocksOf(values.admission_whitelist_patterns).map(({ name_pattern }) => String(name_pattern));
}

/** Whether the policy refuses, and does not only report, what no pattern admits, without asking anyone. */
function deniesOthers(policy: Resource): boolean {
  return nested({ resource: policy, at: "", block: policy.values }, "default_admission_rule").some(
    ({ block }) =>
      textOf(block.evaluation_mode) === "ALWAYS_DENY" &&
      textOf(block.enforcement_mode) === "ENFORCED_BLOCK_AND_AUDIT_LOG",
  );
}

/** Whether a pattern may admit an image; what stands behind an expression on either side may be anything. */
function mayAdmit(pattern: string, image: string): boolean {
  const prefix = pattern.replace(/\*+$/, "");
  if (image.startsWith(prefix)) {
    const rest = image.slice(prefix.length);
    return pattern.endsWith("**") || (pattern.endsWith("*") ? !rest.includes("/") : /^([:@]|$)/.test(rest));
  }
  const literal = (text: string) => text.split("${")[0]!;
  if (!prefix.includes("${") && !image.includes("${")) return false;
  const [one, other] = [literal(prefix), literal(image)];
  return one.startsWith(other) || other.startsWith(one);
}

function projectOf(block: Block): string {
  return JSON.stringify(block.project ?? null);
}

/** Binary Authorization: which images may be deployed. */
export const imagePolicyRules: readonly Rule[] = [
  limit(
    "binauthz-pattern",
    POLICY,
    "admission_whitelist_patterns.name_pattern",
    { ...matching(/^[^*\s/]+\/[^*\s]*\*{0,2}$/, "a registry, a slash and a path, with * or ** at the end only") },
    'write it like "europe-docker.pkg.dev/PROJECT/REPOSITORY/**"',
    YAML,
  ),
  limit(
    "binauthz-attestor",
    POLICY,
    "default_admission_rule.require_attestations_by[]",
    matching(/^(projects\/[^/]+\/attestors\/)?[A-Za-z0-9_-]+$/, "projects/PROJECT/attestors/NAME"),
    "use google_binary_authorization_attestor.NAME.name, or the full name in another project",
    PROVIDER,
  ),
  {
    id: "binauthz-single",
    title: "a project has one Binary Authorization policy",
    severity: "error",
    why: "There is one in a project: two resources overwrite each other, and each plan sees a difference. Removing one sets the policy back to admitting everything.",
    fix: "put the patterns and rules of both into one",
    source: PROVIDER,
    check(topology, report) {
      const seen = new Map<string, Resource>();
      for (const policy of policies(topology)) {
        const first = seen.get(projectOf(policy.values));
        if (first) report(policy, "project", policy.values.project, `${first.address} is of the same project`);
        else seen.set(projectOf(policy.values), policy);
      }
    },
  },
  {
    id: "binauthz-attestors",
    title: "an admission rule names attestors where it requires attestations, and only there",
    severity: "error",
    why: "Google Cloud rejects the policy.",
    fix: 'set evaluation_mode = "REQUIRE_ATTESTATION" and name at least one attestor, or neither',
    source: `${PROVIDER}, require_attestations_by`,
    check(topology, report) {
      for (const { block, at, resource } of policies(topology).flatMap(admissionRules)) {
        const mode = textOf(block.evaluation_mode);
        const by = block.require_attestations_by;
        if (mode === undefined || isComputed(block, "require_attestations_by")) continue;
        const named = Array.isArray(by) && by.length > 0;
        if (named !== (mode === "REQUIRE_ATTESTATION")) report(resource, `${at}.require_attestations_by`, by, mode);
      }
    },
  },
  {
    id: "binauthz-nothing-admitted",
    title: "a policy that denies admits some images",
    severity: "warning",
    why: "No image at all can be deployed, by any service or cluster of the project that uses Binary Authorization. Not an error, because a lock-down may be meant.",
    fix: "add admission_whitelist_patterns for the project's registries",
    source: YAML,
    check(topology, report) {
      for (const policy of policies(topology)) {
        if (deniesOthers(policy) && patternsOf(policy)?.length === 0)
          report(policy, "admission_whitelist_patterns", undefined);
      }
    },
  },
  {
    id: "binauthz-image-admitted",
    title: "a service that goes by the project's policy runs an image that the policy admits",
    severity: "error",
    why: "Cloud Run checks the image when the revision is deployed: the deploy fails, and what runs serves on.",
    fix: "add a pattern for the image's repository, or take the image from a registry that is admitted",
    source: RUN,
    check(topology, report) {
      const denying = policies(topology).filter(deniesOthers);
      if (denying.length === 0) return;
      for (const { resource, containers } of servicesOf(topology)) {
        const [settings] = blocksOf(resource.values.binary_authorization);
        if (booleanOf(settings?.use_default) !== true || settings?.breakglass_justification !== undefined) continue;
        const policy = denying.find(({ values }) => projectOf(values) === projectOf(resource.values));
        const patterns = policy && patternsOf(policy);
        if (!patterns || patterns.length === 0) continue;
        for (const { block, at } of containers) {
          const { image } = block;
          if (typeof image === "string" && !patterns.some((pattern) => mayAdmit(pattern, image)))
            report(resource, `${at}.image`, image, `${policy.address} admits none like it`);
        }
      }
    },
  },
  {
    id: "binauthz-before-service",
    title: "a service that goes by the project's policy is deployed after a policy of the same stack",
    severity: "warning",
    why: "Terraform does both at once: the new image may be checked against the old policy, and refused. Not an error, because it matters only where both change in one deploy.",
    fix: "add the policy to the service's depends_on",
    source: RUN,
    check(topology, report) {
      for (const { resource } of servicesOf(topology)) {
        const [settings] = blocksOf(resource.values.binary_authorization);
        if (booleanOf(settings?.use_default) !== true) continue;
        const late = policies(topology).find(
          (policy) =>
            projectOf(policy.values) === projectOf(resource.values) && !topology.dependsOn(resource, policy.address),
        );
        if (late) report(resource, "depends_on", undefined, late.address);
      }
    },
  },
  {
    id: "binauthz-breakglass",
    title: "breakglass is not left on",
    severity: "warning",
    why: "Each further revision is exempt from the policy too. Not an error, because it is there for emergencies.",
    fix: "take breakglass_justification away once the emergency is over",
    source: `docs.cloud.google.com/binary-authorization/docs/run/using-breakglass-cloud-run, ${READ}`,
    check(topology, report) {
      for (const { resource } of servicesOf(topology)) {
        const [settings] = blocksOf(resource.values.binary_authorization);
        if (settings?.breakglass_justification !== undefined && settings.breakglass_justification !== null)
          report(resource, "binary_authorization.breakglass_justification", settings.breakglass_justification);
      }
    },
  },
];
