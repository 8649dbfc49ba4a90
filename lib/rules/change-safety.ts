import { allTypes } from "../google/all-types";
import { EVERYTHING } from "../google/resource-type";
import { api, measured, provider, reported } from "../google/source";
import { atLeast, lowerBound, parseConstraint } from "../language/version-constraint";
import { type Block, blockOf, type Resource } from "../topology/document";
import { readProxies, schemeOfRule } from "../topology/frontends";
import { isProtected } from "../topology/protection";
import type { Topology } from "../topology/topology";
import { booleanOf, isKnown, isSet, isUnset, numberOf, textOf, textsOf } from "../topology/value";
import { blocks, type Rule, rule } from "./rule";

const tried = measured("Terraform 1.11.4 and hashicorp/google 6.50.0", "2026-10");
const runServices = "google_cloud_run_v2_service";

/**
 * What may be replaced between a request and its answer. Clients hold on to identities, such as
 * addresses: they never are.
 */
const REPLACEABLE =
  /^google_(compute_(region_)?(network_endpoint_group|backend_(service|bucket)|url_map|target_https?_proxy|ssl_(policy|certificate)|security_policy|health_check|instance_template)|compute_managed_ssl_certificate|certificate_manager_(certificate|dns_authorization))$/;
const IDENTITIES = allTypes.flatMap(({ type, isIdentity }) => (isIdentity ? [type] : [])).join("|");

/** A name that ends in a hash or a version. */
const CHANGING_NAME = /-([0-9a-z]{6}|(?=[a-z]*\d)[0-9a-z]{4,}|v?\d+)$/;
const HARDLY_CHANGED = new Set(
  "name project provider lifecycle depends_on count for_each // region zone location network type format description".split(
    " ",
  ),
);

const RUN_TYPES = ["service", "job", "worker_pool"].map((kind) => `google_cloud_run_v2_${kind}`).join("|");
const managedCertificates = blocks(
  "google_certificate_manager_certificate|google_compute_managed_ssl_certificate",
  "managed",
);

/** Changes that would fail half-way through an apply, or leave requests without an answer. */
const changes: readonly Rule[] = [
  rule("change-create-before-destroy", ({ document }) => document.resources.map(subject), {
    title: "what another resource of the request path refers to must be created before its predecessor is destroyed",
    advice: true,
    why: "Removing or replacing it later fails with 400 resourceInUseByAnotherResource: Terraform destroys it before it changes what refers to it.",
    fix: "set lifecycle.create_before_destroy, under a name that changes with what forces replacement",
    source: tried,
    judge({ resource }, blame, topology) {
      if (!isReplaceable(resource) || topology.createdBeforeDestroy.has(resource.address)) return;
      const isOnPath = (each: Resource) => !each.isData && /^google_(compute|certificate_manager)_/.test(each.type);
      const referrer = topology.referrers(resource.address).find(isOnPath);
      if (referrer) blame("lifecycle.create_before_destroy", undefined, `${referrer.address} refers to it`);
    },
  }),
  rule("change-identity-replaced", blocks(IDENTITIES), {
    title: "addresses and forwarding rules must not be created before their predecessor is destroyed",
    why: "Two forwarding rules cannot hold one address and port, nor two addresses one name: replacing it fails with 409.",
    fix: "remove create_before_destroy from it and from what depends on it",
    source: tried,
    judge({ resource, block }, blame, topology) {
      // The provider asks for it on the addresses of a NAT, which nothing else can hold on to.
      if (topology.referrers(resource.address).some(({ type }) => type === "google_compute_router_nat")) return;
      const own = booleanOf(blockOf(block.lifecycle)?.create_before_destroy) === true;
      const isInherited = /forwarding_rule$/.test(resource.type) && topology.createdBeforeDestroy.has(resource.address);
      if (own || isInherited) blame("lifecycle.create_before_destroy", own);
    },
  }),
  rule("change-fixed-name", namedResources, {
    title: "what is created before its predecessor is destroyed must have a name that changes with it",
    advice: true,
    once: true,
    why: "Two resources of a type cannot have one name: a change of what forces replacement fails with 409.",
    fix: "end the name in a short hash of what forces replacement",
    source: reported("github.com/world-federation-of-advertisers/cross-media-measurement/issues/4139"),
    judge({ block, type }, blame) {
      const { attribute = "name", uniqueIn, isGlobal = false } = type.name ?? {};
      const name = textOf(block[attribute]);
      const isFirst = booleanOf(blockOf(block.lifecycle)?.create_before_destroy) === true;
      if (!name || !isFirst || type.isIdentity || CHANGING_NAME.test(name) || (!uniqueIn && !isGlobal)) return;
      const { replacedBy = [] } = type;
      const forcing = replacedBy === EVERYTHING ? Object.keys(block) : replacedBy;
      const set = forcing.find(
        (each) => each !== attribute && !HARDLY_CHANGED.has(each) && isSet(valueAt(block, each)),
      );
      if (set !== undefined) blame(attribute, name, `${set} forces replacement`);
    },
  }),
  rule("change-address-protected", (topology) => externalAddresses(topology).map(subject), {
    title: "where services are protected from deletion, the addresses of external forwarding rules must be too",
    advice: true,
    why: "An address that is destroyed is lost, and with it every DNS record and client that holds on to it.",
    fix: "set lifecycle.prevent_destroy on the address",
    source: tried,
    judge({ resource }, blame, { document }) {
      const prevent = blockOf(resource.values.lifecycle)?.prevent_destroy;
      if (document.ofType(runServices).some(isProtected) && isKnown(prevent) && booleanOf(prevent) !== true)
        blame("lifecycle.prevent_destroy", prevent);
    },
  }),
  rule("change-certificate-per-domain", managedCertificates, {
    title: "a managed certificate must be for one domain",
    advice: true,
    why: "Adding a domain replaces the certificate, and all of its domains are without until the new one is issued.",
    fix: "make one certificate, DNS authorization and map entry per domain",
    source: api("Certificate Manager API v1")("Certificate.managed.domains (immutable)"),
    judge({ block }, blame) {
      const bases = new Set(textsOf(block.domains).map((domain) => domain.replace(/^\*\./, "")));
      if (bases.size > 1) blame("domains", block.domains);
    },
  }),
  rule("change-proxy-waits-for-entries", (topology) => topology.once(readProxies), {
    title: "a proxy must depend on the entries of its certificate map",
    advice: true,
    why: "Otherwise Terraform may create the entries later: for a while the proxy refuses every handshake.",
    fix: "add the map entries to depends_on of the proxy",
    source: tried,
    judge({ resource }, blame, topology) {
      const { document } = topology;
      const maps = document.references(resource.values.certificate_map).map(({ address }) => document.at(address));
      const missing = document
        .ofType(maps.length === 0 ? "" : "google_certificate_manager_certificate_map_entry")
        .filter(({ values, address }) => {
          const map = document.target(values.map);
          return map && maps.includes(map) && !topology.dependsOn(resource, address);
        })
        .map(({ address }) => address);
      if (missing.length > 0) blame("depends_on", missing);
    },
  }),
  rule("change-neg-waits-for-invoker", checkedNegs, {
    title: "a serverless NEG must depend on the invoker bindings of its service",
    advice: true,
    why: "The load balancer may reach a region before its binding exists, or after it has gone: clients get 403 for a while.",
    fix: "add the bindings to depends_on of the NEG",
    source: tried,
    judge({ resource, invokerBindings }, blame, topology) {
      const addresses = invokerBindings.map(({ address }) => address);
      const missing = addresses.filter((address) => !topology.dependsOn(resource, address));
      if (missing.length > 0) blame("depends_on", missing);
    },
  }),
  rule("change-deletion-protection-explicit", blocks(RUN_TYPES), {
    title: "Cloud Run services, jobs and worker pools must say whether they are protected from deletion",
    advice: true,
    why: "deletion_protection is true by default: a destroy, or the removal of a region, fails half-way.",
    fix: "set deletion_protection to false where the environment must be destroyable, to true where it must not",
    source: provider("google_cloud_run_v2_service 7.45.0"),
    judge({ block }, blame) {
      if (isUnset(block, "deletion_protection")) blame("deletion_protection", undefined);
    },
  }),
  rule("change-api-stays-enabled", blocks("google_project_service"), {
    title: "an enabled API must not be disabled on destroy",
    advice: true,
    why: "Destroying the stack takes the API from the whole project. The default is true before provider 7.0.",
    fix: "set disable_on_destroy = false",
    source: provider("google_project_service 7.45.0"),
    judge({ block }, blame, { document }) {
      const isUnsafe = isUnset(block, "disable_on_destroy") && admitsBefore(document.providerConstraint, "7.0.0");
      if (isUnsafe || booleanOf(block.disable_on_destroy) === true)
        blame("disable_on_destroy", block.disable_on_destroy);
    },
  }),
  rule("change-group-keeps-capacity", blocks("google_compute_region_instance_group_manager", "update_policy"), {
    title: "a rolling update of a regional instance group must not go below capacity",
    advice: true,
    why: "Instances are removed before their successors serve; with max_unavailable of the group's size, all at once.",
    fix: "set max_unavailable_fixed to 0 and max_surge_fixed to at least the number of zones",
    source: tried,
    judge({ block }, blame) {
      const unavailable = numberOf(block.max_unavailable_fixed) ?? 0;
      if (textOf(block.type) === "PROACTIVE" && unavailable > 0) blame("max_unavailable_fixed", unavailable);
    },
  }),
];

/** What is at a path of blocks, of each the first. */
function valueAt(block: Block, path: string): unknown {
  return path.split(".").reduce<unknown>((value, step) => blockOf(value)?.[step], block);
}

function isReplaceable({ type, isData }: Resource): boolean {
  return !isData && REPLACEABLE.test(type);
}

function namedResources(topology: Topology) {
  return allTypes.flatMap((type) => topology.places(type.type).map((place) => ({ ...place, type })));
}

/** The serverless NEGs before services that check who may invoke them. */
function checkedNegs({ cloudRunTargets }: Topology) {
  const checked = cloudRunTargets.filter(({ invokerCheckDisabled }) => !invokerCheckDisabled);
  return checked.flatMap(({ negs, invokerBindings }) => negs.map((resource) => ({ resource, invokerBindings })));
}

function subject(resource: Resource): { readonly resource: Resource } {
  return { resource };
}

/** The addresses of this document that external forwarding rules listen on. */
function externalAddresses({ frontends }: Topology): Resource[] {
  const isExternal = frontends.filter(({ rule }) => schemeOfRule(rule)?.startsWith("EXTERNAL"));
  return [...new Set(isExternal.flatMap(({ address }) => (address && !address.isData ? [address] : [])))];
}

/** Whether a version constraint admits a provider before this version; not where there is none. */
function admitsBefore(constraint: string | undefined, version: string): boolean {
  const terms = constraint === undefined ? undefined : parseConstraint(constraint);
  return terms !== undefined && !atLeast(lowerBound(terms) ?? "0.0.0", version);
}

/**
 * Settings after which every plan of older providers shows a difference, though nothing has
 * changed.
 */
const drift: readonly Rule[] = [
  ...[
    { id: "drift-run-limits", place: "template.containers.resources.limits", names: ["cpu", "memory"] },
    { id: "drift-run-scaling", place: "template.scaling", names: ["min_instance_count", "max_instance_count"] },
  ].map(({ id, place, names }) =>
    rule(id, blocks(runServices, place), {
      title: `${place} of a Cloud Run service must have both ${names.join(" and ")}`,
      advice: true,
      why: "The API fills in the other one, and before provider 7.44 every plan wants to remove it again.",
      fix: "set both",
      source: tried,
      judge({ block }, blame) {
        for (const name of names) if (isUnset(block, name)) blame(name, undefined);
      },
    }),
  ),
  rule("drift-run-service-scaling", blocks(runServices, "scaling"), {
    title: "scaling of a Cloud Run service with a minimum of 0 must say its scaling_mode",
    advice: true,
    why: "The API returns no block for a bare minimum of 0: every plan before provider 7.15 wants to add it again.",
    fix: 'add scaling_mode = "AUTOMATIC"; leaving the block out keeps an old minimum with provider 7',
    source: tried,
    judge({ block }, blame) {
      if (Object.keys(block).join() === "min_instance_count" && numberOf(block.min_instance_count) === 0)
        blame("min_instance_count", 0);
    },
  }),
];

export const changeSafetyRules: readonly Rule[] = [...changes, ...drift];
