import { factsOf } from "../google/all-types";
import { ipv4Range, overlap } from "../language/ip-range";
import type { Backend } from "../topology/backends";
import { CERTIFICATE, ENTRY, managedDomains } from "../topology/certificates";
import { type Block, blockOf, type Resource } from "../topology/document";
import type { Topology } from "../topology/topology";
import { booleanOf, isSet, isUnset, numberOf, textsOf } from "../topology/value";
import { isDestroyed, labelOf, type ResourceChange } from "./resource-changes";

/** What a change does besides what it is meant to do. */
export interface Remark {
  /** `danger`: the deploy fails half-way, or users notice it. `note`: it may be meant. */
  readonly level: "danger" | "note";
  readonly id: string;
  /** Undefined where it is about the whole stack. */
  readonly resource?: Resource;
  readonly what: string;
  /** How to get there safely. */
  readonly safely: string;
}

/** Two synthesized stacks, the deployed one first, and what a deploy of the second does. */
export interface Comparison {
  readonly before: Topology;
  readonly after: Topology;
  readonly changes: readonly ResourceChange[];
  /** Addresses that are destroyed: removed or replaced. */
  readonly destroyed: ReadonlySet<string>;
}

interface RemarkKind extends Pick<Remark, "level" | "id" | "safely"> {
  /** What happens, for each resource that it happens to. */
  judge?(change: ResourceChange, comparison: Comparison): string | undefined;
  /** What happens to the whole stack. */
  judgeAll?(comparison: Comparison): string | undefined;
}

/** All remarks on a change, the kinds in their order. */
export function remarksOn(comparison: Comparison): Remark[] {
  return REMARKS.flatMap(({ judge, judgeAll, ...kind }): Remark[] => {
    const ofAll = judgeAll?.(comparison);
    if (ofAll !== undefined) return [{ ...kind, what: ofAll }];
    return comparison.changes.flatMap((change) => {
      const what = judge?.(change, comparison);
      return what === undefined ? [] : [{ ...kind, resource: change.resource, what }];
    });
  });
}

/** What is looked for, in the order in which it is said. */
export const REMARKS: readonly RemarkKind[] = [
  {
    level: "danger",
    id: "state-moved",
    safely: "terraform init -migrate-state in the stack's folder, before the deploy and without other changes",
    judgeAll({ before, after }) {
      const stateOf = ({ document: { json } }: Topology) => {
        const { backend, cloud } = blockOf(json.terraform) ?? {};
        return JSON.stringify(backend ?? cloud ?? null);
      };
      const isEmpty = [before, after].some(({ document }) => document.resources.length === 0);
      return isEmpty || stateOf(before) === stateOf(after)
        ? undefined
        : "the state is kept in another place: without a migration Terraform does not know what is deployed, and creates it again (409)";
    },
  },
  {
    level: "danger",
    id: "protected",
    safely: "deploy once with the protection off (destroyable: true, or RemovalPolicy.DESTROY), then make this change",
    judge({ kind, resource, old }) {
      if (!isDestroyed({ kind })) return undefined;
      // The configuration protects by lifecycle, so that a removed resource has nothing left; the state by attribute.
      const isPrevented = booleanOf(blockOf(resource.values.lifecycle)?.prevent_destroy) === true;
      if (isPrevented && kind === "removed")
        return "it is protected, and its protection goes with it: Terraform destroys it without asking";
      const isProtected = isPrevented || booleanOf(old!.values.deletion_protection) === true;
      return isProtected ? `it is protected, but ${kind}: Terraform refuses, half-way through the deploy` : undefined;
    },
  },
  {
    level: "danger",
    id: "address-lost",
    safely:
      "leave it as it is and make a second one beside it; move clients and DNS records, and remove the first when nobody uses it any more",
    judge({ kind, resource, because }) {
      if (kind !== "replaced" || !isIdentity(resource)) return undefined;
      const consequence = isAddress(resource)
        ? "it is another address afterwards, and clients and DNS records hold on to this one"
        : "clients hold on to it, and nothing answers at its address until the new one is there";
      return `it is replaced (${because.join(", ")}): ${consequence}`;
    },
  },
  {
    level: "danger",
    id: "in-use",
    safely:
      "set create_before_destroy on it, where it stays with a name that changes with it, and deploy; then make this change",
    judge({ kind, resource, old }, { before, after, destroyed }) {
      if (!isDestroyed({ kind })) return undefined;
      const topology = kind === "removed" ? before : after;
      const { address } = kind === "removed" ? old! : resource;
      if (topology.createdBeforeDestroy.has(address)) return undefined;
      // What is destroyed itself goes first.
      const user = users(topology, address).find(
        (each) => after.document.at(each.address) && !destroyed.has(each.address),
      );
      if (!user) return undefined;
      const consequence = /^google_(compute|certificate_manager)_/.test(resource.type)
        ? "Google Cloud refuses that (400 resourceInUseByAnotherResource)"
        : "meanwhile that works without it, or not at all";
      return `it is destroyed while ${labelOf(user)} still refers to it: ${consequence}`;
    },
  },
  {
    level: "danger",
    id: "gap",
    safely: "set create_before_destroy on it, with a name that changes with it, and deploy; then make this change",
    judge({ kind, resource, createdFirst }, { after, destroyed }) {
      if (kind !== "replaced" || createdFirst || isIdentity(resource) || !SERVES.test(resource.type)) return undefined;
      const user = users(after, resource.address).find(({ address }) => destroyed.has(address));
      return user && `it and ${labelOf(user)} are destroyed before new ones are there: until then nothing answers`;
    },
  },
  {
    level: "danger",
    id: "name-collision",
    safely: "give it a name that changes with it, such as one with a hash of what forces replacement",
    judge({ kind, resource, differences, createdFirst }, { after, destroyed }) {
      if (kind !== "replaced" || !createdFirst) return undefined;
      const { attribute = "name", uniqueIn = [], isGlobal = false } = factsOf(resource.type)?.name ?? {};
      const name = resource.values[attribute];
      const differs = (each: string) => differences.some(({ path }) => path === each);
      if (name === undefined || /_iam_(member|binding|policy)$/.test(resource.type) || differs(attribute))
        return undefined;
      if (!isGlobal && [...uniqueIn, "project"].some(differs)) return undefined;
      const isNew = after.document.references(name).some(({ address }) => destroyed.has(address));
      return isNew
        ? undefined
        : "it is created beside a predecessor of the same name: Google Cloud refuses that (409 alreadyExists)";
    },
  },
  {
    level: "danger",
    id: "range-collision",
    safely: "choose a range that does not overlap, or one that contains the old one: that is extended in place",
    judge({ kind, resource, old, createdFirst }) {
      if (kind !== "replaced" || !createdFirst) return undefined;
      const [was, is] = [old!, resource].map(({ values }) => ipv4Range(String(values.ip_cidr_range)));
      return was && is && overlap(was, is)
        ? "it is created beside a predecessor whose range overlaps: Google Cloud refuses that"
        : undefined;
    },
  },
  {
    level: "danger",
    id: "no-backend",
    safely: "keep a group with capacity in it, or first route the requests to another backend service and deploy",
    judge({ resource }, { before, after }) {
      const now = after.backendOf(resource);
      if (!now || isServing(now) || !after.routedBackends.includes(now)) return undefined;
      const was = before.backendOf(before.document.at(resource.address));
      return was && !isServing(was) ? undefined : "requests are routed to it, and no group behind it has capacity";
    },
  },
  {
    level: "danger",
    id: "cold-groups",
    safely:
      "deploy the new groups beside the old ones, wait until they serve, then remove the old ones (or set wait_for_instances)",
    judge({ kind, resource, old }, { before, after, changes }) {
      const now = kind === "changed" ? after.backendOf(resource) : undefined;
      const was = now && before.backendOf(before.document.at(old!.address));
      if (!now || !was || !isServing(was) || now.groups.length === 0) return undefined;
      const cold = new Set(
        changes
          .filter(
            (each) =>
              (each.kind === "added" || each.kind === "replaced") &&
              /_instance_group_manager$/.test(each.resource.type) &&
              booleanOf(each.resource.values.wait_for_instances) !== true,
          )
          .map((each) => each.resource.address),
      );
      return now.groups.every((group) => group.resource && cold.has(group.resource.address))
        ? "all of its groups are new, and requests fail until their first instances serve"
        : undefined;
    },
  },
  {
    level: "danger",
    id: "certificate-gap",
    safely:
      "two deploys: the new certificate beside the old one in the same map entry, until it is ACTIVE; then without the old one",
    judge({ kind, resource }, { after }) {
      if (kind !== "replaced" || resource.type !== CERTIFICATE || !managedDomains(resource)?.length) return undefined;
      const entry = after.referrers(resource.address).find(({ type }) => type === ENTRY);
      return entry && "it is a new certificate, and its domain is without TLS until Google has issued it";
    },
  },
  {
    level: "danger",
    id: "certificates-swapped",
    safely:
      "four deploys: the map beside the certificates and unattached, until it is ACTIVE; both on the proxy; the map alone; without the old certificates",
    judge({ kind, resource, old }) {
      const only = ({ values }: Resource, set: string, unset: string) => isSet(values[set]) && isUnset(values, unset);
      const swaps = (a: string, b: string) => only(old!, a, b) && only(resource, b, a);
      return kind === "changed" &&
        (swaps("ssl_certificates", "certificate_map") || swaps("certificate_map", "ssl_certificates"))
        ? "the provider clears the old certificates before it sets the new ones, and Google Cloud refuses a proxy without any (400)"
        : undefined;
    },
  },
  {
    level: "danger",
    id: "callers-refused",
    safely: "two deploys: the bindings that allow the callers while the service is still public; then the check",
    judge({ kind, resource, old }, { before }) {
      const isPublic = ({ values }: Resource) => booleanOf(values.invoker_iam_disabled) === true;
      if (kind !== "changed" || resource.type !== "google_cloud_run_v2_service") return undefined;
      if (!isPublic(old!) || isPublic(resource) || before.cloudRunOf(old)?.invokerBindings.length) return undefined;
      return "everybody gets 403 for a while: the check of callers begins before the bindings that allow them are known everywhere";
    },
  },
  {
    level: "danger",
    id: "kept",
    safely: "write the value that turns it off",
    judge({ kind, resource, old }) {
      const kept = (factsOf(resource.type)?.keptWhenUnset ?? []).filter(
        (path) => valueAt(old?.values, path) !== undefined && valueAt(resource.values, path) === undefined,
      );
      return kind === "changed" && kept.length > 0
        ? `${kept.join(" and ")} is left out, and the provider then keeps it as it was`
        : undefined;
    },
  },
  {
    level: "danger",
    id: "contents-lost",
    safely: "make a second one beside it, copy what it holds, move its users, and remove the first in a later deploy",
    judge({ kind, resource, because }) {
      const holds = holdsOf(resource);
      return kind === "replaced" && holds !== undefined
        ? `it is replaced (${because.join(", ")}), and its ${holds} are gone`
        : undefined;
    },
  },
  {
    level: "danger",
    id: "api-disabled",
    safely: "deploy once with disable_on_destroy = false, then remove it",
    judge({ kind, old }) {
      return isDestroyed({ kind }) &&
        old!.type === "google_project_service" &&
        booleanOf(old!.values.disable_on_destroy)
        ? `${String(old!.values.service)} is disabled for everything in the project`
        : undefined;
    },
  },
  {
    level: "note",
    id: "contents-removed",
    safely: "copy what is still needed first",
    judge({ kind, resource }) {
      const holds = holdsOf(resource);
      return kind === "removed" && holds !== undefined ? `its ${holds} go with it` : undefined;
    },
  },
  {
    level: "note",
    id: "address-released",
    safely: "change the DNS records first, and wait for their time to live",
    judge({ kind, resource }) {
      return kind === "removed" && isAddress(resource)
        ? "clients and DNS records that point to it lead nowhere afterwards, and it cannot be had again"
        : undefined;
    },
  },
  {
    level: "note",
    id: "not-drained",
    safely: "drain first (drainingRegions), deploy, wait for the longest request, then remove",
    judge({ kind, resource, old }, { before, after, destroyed }) {
      if (kind !== "changed" || !/backend_service$/.test(resource.type)) return undefined;
      const listedNow = new Set(after.backendOf(resource)?.groups.map(({ block }) => block.group));
      const cut = (before.backendOf(before.document.at(old!.address))?.groups ?? []).filter(
        ({ block, resource: group }) => {
          if (!group || listedNow.has(block.group) || numberOf(block.capacity_scaler) === 0) return false;
          return destroyed.has((before.cloudRunBehind(group)?.service ?? group).address);
        },
      );
      const which = cut.length === 1 ? "the group that is removed" : `the ${cut.length} groups that are removed`;
      return cut.length > 0 ? `requests that still run in ${which} may be cut` : undefined;
    },
  },
  {
    level: "note",
    id: "opened",
    safely: "check that everybody may call it, or that something else stands in front of it",
    judge({ kind, resource, old }, { before, after }) {
      const opened = [
        ...(booleanOf(resource.values.invoker_iam_disabled) && !booleanOf(old?.values.invoker_iam_disabled)
          ? ["Cloud Run no longer checks who calls"]
          : []),
        ...(kind === "changed" && isSet(old!.values.security_policy) && isUnset(resource.values, "security_policy")
          ? ["Cloud Armor no longer guards it"]
          : []),
        ...(kind === "changed" && before.backendOf(old)?.iap && after.backendOf(resource)?.iap === false
          ? ["Identity-Aware Proxy no longer guards it"]
          : []),
        ...(/_iam_(member|binding)$/.test(resource.type) && kind === "added" && isPublicGrant(resource)
          ? ["everybody gets this role"]
          : []),
      ];
      return kind !== "added" || /_iam_/.test(resource.type) ? opened.join(", and ") || undefined : undefined;
    },
  },
];

/** What answers requests. */
const SERVES = /^google_(compute|certificate_manager|cloud_run_v2_service|dns)/;

/** Whether clients outside Terraform hold on to it. */
function isIdentity({ type }: Resource): boolean {
  return factsOf(type)?.isIdentity === true;
}

/** What is lost with it; what a remote repository holds can be had again. */
function holdsOf({ type, values }: Resource): string | undefined {
  return /^(REMOTE|VIRTUAL)_/.test(String(values.mode)) ? undefined : factsOf(type)?.holds;
}

function isAddress({ type }: Resource): boolean {
  return /^google_compute_(global_)?address$/.test(type);
}

/** What refers to a resource by an attribute; what only waits for it by depends_on works without it. */
function users(topology: Topology, address: string): Resource[] {
  return topology.referrers(address).filter(({ isData, values: { depends_on: _dependsOn, ...values } }) => {
    return !isData && topology.document.references(values).some((reference) => reference.address === address);
  });
}

/** Whether requests get an answer from it, as far as is known. */
function isServing({ kind, groups, resource: { values } }: Backend): boolean {
  const isListed = groups.length > 0 || isUnset(values, "backend");
  return kind === "bucket" || !isListed || groups.some(({ block }) => numberOf(block.capacity_scaler) !== 0);
}

function isPublicGrant({ values }: Resource): boolean {
  return textsOf([values.member, values.members].flat()).some((member) => /^all(Authenticated)?Users$/.test(member));
}

function valueAt(values: Block | undefined, path: string): unknown {
  const [first = "", ...rest] = path.split(".");
  const value = values?.[first] ?? undefined;
  return rest.length === 0 ? value : valueAt(blockOf(value), rest.join("."));
}
