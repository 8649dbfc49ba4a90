import { securityPolicyOverview } from "../google/cloud-armor";
import { api, page, unconfirmed } from "../google/source";
import { type Backend, isHttp, protocolOf, schemeOf } from "../topology/backends";
import { blockOf, blocksOf, type Resource } from "../topology/document";
import { append } from "../topology/group-by";
import { iamOf, PUBLIC } from "../topology/iam";
import { securityPolicies, securityPolicyRules } from "../topology/security-policies";
import type { Topology } from "../topology/topology";
import { booleanOf, isUnset, textOf } from "../topology/value";
import { type Rule, rule } from "./rule";

const compute = api("Compute API v1");

/** What a backend leads to: Cloud Run services, other groups, or a bucket. */
function endsOf(topology: Topology, { groups, kind, resource: { values } }: Backend): string[] {
  const { document } = topology;
  if (kind === "bucket") {
    const name = document.target(values.bucket_name)?.address ?? textOf(values.bucket_name);
    return name === undefined ? [] : [name];
  }
  return groups.flatMap(({ resource, block }) => {
    // Of NEGs made by one for_each, each leads to a service of its own.
    const isOne = resource?.values.for_each === undefined && resource?.values.count === undefined;
    const service = resource && isOne ? topology.cloudRunBehind(resource)?.service.address : undefined;
    return service ?? document.identity(block.group) ?? [];
  });
}

/** Backends for the internet, with the others that lead to the same service, group or bucket. */
function readSharing(topology: Topology) {
  const isExternal = (each: Backend) =>
    each.kind === "bucket" || (schemeOf(each)?.startsWith("EXTERNAL") && isHttp(protocolOf(each)));
  const backends = topology.backends
    .filter(isExternal)
    .map((backend) => ({ backend, ends: new Set(endsOf(topology, backend)) }));
  const byEnd = new Map<string, Backend[]>();
  for (const { backend, ends } of backends) for (const end of ends) append(byEnd, end, backend);
  return backends.map(({ backend, ends }) => ({
    resource: backend.resource,
    backend,
    others: [...ends].flatMap((end) => (byEnd.get(end) ?? []).filter((each) => each !== backend)),
  }));
}

const sharing = (topology: Topology) => topology.once(readSharing);

/** Security policies that backends of this document use, each once. */
function usedPolicies(topology: Topology) {
  const used = topology.backends.flatMap(({ securityPolicy, edgeSecurityPolicy }) =>
    [securityPolicy, edgeSecurityPolicy].flatMap((each) => each?.address ?? []),
  );
  return [...new Set(used)].flatMap((address) => securityPolicies(topology).get(address) ?? []);
}

/** Headers that say where a request comes from, as whoever sends it says. */
const FORWARDED = /^(x-forwarded-for|x-real-ip|x-client-ip|forwarded)$/i;

/** Keys for signed URLs of buckets, with the bucket where this document has it. */
function signedBuckets({ document }: Topology) {
  return document.ofType("google_compute_backend_bucket_signed_url_key").flatMap((resource) => {
    const backend = document.target(resource.values.backend_bucket);
    const bucket = document.target(backend?.values.bucket_name);
    return bucket ? [{ resource, bucket }] : [];
  });
}

/** Grants that open a bucket to everybody, by the bucket. */
function readOpen(topology: Topology): ReadonlyMap<Resource | undefined, Resource> {
  const open = iamOf(topology).grants.filter(
    ({ family, member }) => family === "google_storage_bucket" && PUBLIC.includes(member),
  );
  return new Map(open.map(({ iam: { resource } }) => [topology.document.target(resource.values.bucket), resource]));
}

/** Protection that looks on, and is not, or has a way around it. */
export const protectionRules: readonly Rule[] = [
  rule("protection-way-around", sharing, {
    title: "all backends for the internet that lead to the same place should have a security policy, or none",
    advice: true,
    why: "Requests that come by this backend go around the policy of the other. Its routes may be meant to be open.",
    fix: "set the same security_policy (edge_security_policy of a backend bucket) on both backends",
    source: securityPolicyOverview,
    judge({ backend: { kind, resource }, others }, blame) {
      const name = kind === "bucket" ? "edge_security_policy" : "security_policy";
      if (!isUnset(resource.values, name)) return;
      const guarded = others.find(
        (other) =>
          other.kind === kind && typeof other.resource.values[name] === "string" && other.resource.values[name],
      );
      if (guarded) blame(name, undefined, `${guarded.resource.address} has one`);
    },
  }),
  rule("protection-iap-way-around", sharing, {
    title: "all backends for the internet that lead to the same place should have IAP, or none",
    advice: true,
    why: "Who comes by this backend does not have to sign in, where the service lets anybody call. Its routes may be meant to be open.",
    fix: "set iap.enabled = true on both backend services, or iap_enabled on the Cloud Run service instead",
    source: page("iap/docs/enabling-cloud-run"),
    judge({ backend: { iap, cdn, kind, resource }, others }, blame) {
      // Cached paths need a backend of their own: IAP and Cloud CDN do not go together.
      if (iap || cdn || kind === "bucket" || !isOff(resource)) return;
      const guarded = others.find((each) => each.iap);
      if (guarded) blame("iap", undefined, `${guarded.resource.address} has it`);
    },
  }),
  rule("protection-policy-idle", usedPolicies, {
    title: "a security policy that is in use must have a rule in force that denies, limits or redirects",
    advice: true,
    why: "It lets everything through: rules in preview are only logged. Rules may be managed elsewhere.",
    fix: "add a rule that denies or throttles, or set preview = false",
    source: compute("SecurityPolicyRule.preview"),
    judge({ resource: { values }, type, rules, isComputed }, blame) {
      if (!/^CLOUD_ARMOR(_EDGE)?$/.test(type ?? "") || isComputed || !isUnset(values, "adaptive_protection_config"))
        return;
      const mayAct = rules.some(
        ({ action, block }) => !action?.startsWith("allow") && booleanOf(block.preview) !== true,
      );
      if (mayAct) return;
      const inPreview = rules.filter(({ block }) => booleanOf(block.preview)).length;
      blame("rule", undefined, inPreview > 0 ? `${inPreview} in preview` : "all allow");
    },
  }),
  rule("protection-rate-key", securityPolicyRules, {
    title: "a rate limit must not count by an address that the client itself may write",
    advice: true,
    why: "X-Forwarded-For begins with what the client sent: whoever changes it with each request is never limited. A proxy in front may replace it.",
    fix: "use enforce_on_key = IP; behind another proxy USER_IP, with user_ip_request_headers",
    source: compute("SecurityPolicyRuleRateLimitOptions.enforceOnKey"),
    judge({ block, action }, blame) {
      const options = blockOf(block.rate_limit_options);
      if (!options || !/^(throttle|rate)/.test(action ?? "")) return;
      const keys = [
        [options.enforce_on_key, options.enforce_on_key_name],
        ...blocksOf(options.enforce_on_key_configs).map((each) => [each.enforce_on_key_type, each.enforce_on_key_name]),
      ];
      const forged = keys.find(
        ([key, name]) => key === "XFF_IP" || (key === "HTTP_HEADER" && FORWARDED.test(textOf(name) ?? "")),
      );
      if (forged) blame("rate_limit_options.enforce_on_key", forged[0], textOf(forged[1]));
    },
  }),
  rule("protection-signed-public", signedBuckets, {
    title: "a bucket behind signed URLs must not be open to everybody",
    advice: true,
    why: "Whoever knows a name reads the object at storage.googleapis.com, without a signature.",
    fix: "remove the grant to allUsers; grant roles/storage.objectViewer to Cloud CDN's service agent",
    source: unconfirmed("docs.cloud.google.com/cdn/docs/using-signed-urls"),
    judge({ resource, bucket }, blame, topology) {
      const open = topology.once(readOpen).get(bucket);
      if (open) blame("backend_bucket", resource.values.backend_bucket, open.address);
    },
  }),
];

/** Whether a backend service surely has no IAP. */
function isOff({ values }: Resource): boolean {
  return isUnset(values, "iap") || booleanOf(blockOf(values.iap)?.enabled) === false;
}
