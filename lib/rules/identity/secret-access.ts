import { soleReference } from "../../language/reference";
import type { Resource, TerraformDocument } from "../../topology/document";
import { accountOf, iamOf } from "../../topology/iam";
import type { Topology } from "../../topology/topology";
import { booleanOf, numberOf, textOf } from "../../topology/value";
import { nested, type Workload, workloadsOf } from "../cloud-run/cloud-run-workload";
import type { OldRule as Rule } from "../old-rule";

const SECRET = "google_secret_manager_secret";
const VERSION = "google_secret_manager_secret_version";
const PAGE = "docs.cloud.google.com/run/docs/configuring/secrets, read 2026-11-22";
/** Roles that let one read a secret. */
const READERS = ["roles/secretmanager.secretAccessor", "roles/secretmanager.admin", "roles/owner"];
/** Where a role also counts for the secrets inside. */
const WIDER = ["google_project", "google_folder", "google_organization"];

/** A place in a Cloud Run template that reads a secret of this document. */
interface Use {
  readonly workload: Workload;
  readonly at: string;
  readonly value: unknown;
  readonly version: unknown;
  readonly asVariable: boolean;
  readonly secret: Resource;
}

const CACHE = new WeakMap<Topology, readonly Use[]>();

function usesOf(topology: Topology): readonly Use[] {
  const known = CACHE.get(topology);
  if (known) return known;
  const { document } = topology;
  const byId = new Map(
    document.ofType(SECRET).flatMap((secret) => {
      const id = textOf(secret.values.secret_id);
      return id === undefined ? [] : [[id, secret] as const];
    }),
  );
  const uses = workloadsOf(topology).flatMap((workload) =>
    places(workload).flatMap((place) => {
      const secret = secretOf(document, byId, place.value);
      return secret ? [{ ...place, workload, secret }] : [];
    }),
  );
  CACHE.set(topology, uses);
  return uses;
}

function places(workload: Workload): Pick<Use, "at" | "value" | "version" | "asVariable">[] {
  const variables = workload.containers
    .flatMap((container) => nested(container, "env"))
    .flatMap((env) => nested(env, "value_source"))
    .flatMap((source) => nested(source, "secret_key_ref"))
    .map(({ at, block }) => ({ at, value: block.secret, version: block.version, asVariable: true }));
  const files = workload.volumes
    .flatMap((volume) => nested(volume, "secret"))
    .map((secret) => ({
      at: secret.at,
      value: secret.block.secret,
      version: nested(secret, "items")[0]?.block.version,
      asVariable: false,
    }));
  return [...variables, ...files];
}

function secretOf(
  document: TerraformDocument,
  byId: ReadonlyMap<string, Resource>,
  value: unknown,
): Resource | undefined {
  const target = document.target(value);
  if (target) return target.type === SECRET && !target.isData ? target : undefined;
  const text = textOf(value);
  // A name with a project may be of another project.
  return text === undefined || text.includes("/") ? undefined : byId.get(text);
}

function versionsOf(topology: Topology, secret: Resource): Resource[] {
  return topology.referrers(secret.address).filter((each) => each.type === VERSION && !each.isData);
}

/** Who may read secrets, indexed. */
interface Readers {
  /** Grants by secret and account: by address of both, or by the literal ID of the secret. */
  readonly sure: ReadonlyMap<string, readonly Resource[]>;
  /** Secrets, by address or literal ID, that someone else may read too; `*` for all of them. */
  readonly maybe: ReadonlySet<string>;
}

const READERS_CACHE = new WeakMap<Topology, Readers>();

function readReaders(topology: Topology): Readers {
  const known = READERS_CACHE.get(topology);
  if (known) return known;
  const sure = new Map<string, Resource[]>();
  const maybe = new Set<string>();
  const iam = iamOf(topology);
  for (const { iam: from, role, member, family } of iam.grants) {
    const wider = WIDER.includes(family);
    const mayRead = role === undefined || READERS.includes(role) || !role.startsWith("roles/");
    if ((!wider && family !== SECRET) || !mayRead) continue;
    const id = from.resource.values.secret_id;
    const on = wider ? "*" : (topology.document.target(id)?.address ?? textOf(id) ?? "*");
    const account = accountOf(topology.document, member);
    if (account && role !== undefined && READERS.includes(role)) {
      const key = `${on} ${account.address}`;
      sure.set(key, [...(sure.get(key) ?? []), from.resource]);
    } else if (!/^(user|group|domain):[^$]*$/.test(member)) maybe.add(on);
  }
  for (const { family, kind, resource } of iam.resources) {
    // Members of a list that is an expression are not among the grants.
    const open = kind === "policy" || (kind === "binding" && !Array.isArray(resource.values.members));
    if (open && (family === SECRET || WIDER.includes(family))) maybe.add("*");
  }
  const readers = { sure, maybe };
  READERS_CACHE.set(topology, readers);
  return readers;
}

/** Grants by which an account reads a secret for sure, and whether there may be others. */
function readersOf(topology: Topology, { secret }: Use, account: Resource): { sure: Resource[]; maybe: boolean } {
  const { sure, maybe } = readReaders(topology);
  const names = [secret.address, textOf(secret.values.secret_id) ?? secret.address, "*"];
  return {
    sure: names.flatMap((name) => sure.get(`${name} ${account.address}`) ?? []),
    maybe: names.some((name) => maybe.has(name)),
  };
}

/** Whether Terraform applies a resource after one of these. */
function comesAfter(topology: Topology, resource: Resource, addresses: readonly string[]): boolean {
  return addresses.some((address) => topology.dependsOn(resource, address));
}

function accountOfWorkload(topology: Topology, { block }: Workload): Resource | undefined {
  const account = topology.document.target(block.service_account);
  return account?.type === "google_service_account" && !account.isData ? account : undefined;
}

/** Cloud Run and the secrets it reads. */
export const secretAccessRules: readonly Rule[] = [
  {
    id: "secret-accessor",
    title: "the service account of a workload may read the secrets it uses",
    severity: "error",
    why: "Both are created here, so nobody can have granted it before, and Cloud Run checks it: the deploy fails with “Permission denied on secret”.",
    fix: "add google_secret_manager_secret_iam_member with roles/secretmanager.secretAccessor for the service account",
    source: PAGE,
    check(topology, report) {
      // A module may grant it, and a group may hold the account.
      if (topology.document.json.module !== undefined) return;
      if (topology.document.ofType("google_cloud_identity_group_membership").length > 0) return;
      for (const use of usesOf(topology)) {
        const account = accountOfWorkload(topology, use.workload);
        if (!account) continue;
        const { sure, maybe } = readersOf(topology, use, account);
        if (sure.length === 0 && !maybe) report(use.workload.resource, use.at, use.value, account.address);
      }
    },
  },
  {
    id: "secret-accessor-first",
    title: "a workload is deployed after the grant that lets it read its secrets",
    severity: "warning",
    why: "Terraform creates both at the same time, and Cloud Run checks the grant: the first apply fails if the grant is later. Not an error, because it may be earlier.",
    fix: "add the grant to depends_on of the workload",
    source: "measured with Terraform 1.11.4 and hashicorp/google 6.50.0, 2026-10",
    check(topology, report) {
      for (const use of usesOf(topology)) {
        const account = accountOfWorkload(topology, use.workload);
        if (!account) continue;
        const grants = readersOf(topology, use, account).sure.map((grant) => grant.address);
        if (grants.length > 0 && !comesAfter(topology, use.workload.resource, grants))
          report(use.workload.resource, "depends_on", undefined, grants[0]);
      }
    },
  },
  {
    id: "secret-without-version",
    title: "a secret that a workload reads has a version",
    severity: "warning",
    why: "The deploy fails while the secret has no version. Not an error, because one may be added outside of Terraform between two applies.",
    fix: "add google_secret_manager_secret_version with a first value, even a placeholder",
    source: PAGE,
    check(topology, report) {
      const seen = new Set<Resource>();
      for (const { secret } of usesOf(topology)) {
        if (seen.has(secret)) continue;
        seen.add(secret);
        if (versionsOf(topology, secret).length === 0) report(secret, "secret_id", secret.values.secret_id);
      }
    },
  },
  {
    id: "secret-version-first",
    title: "a workload is deployed after the version of the secret that it reads",
    severity: "warning",
    why: "Terraform creates both at the same time: the first apply fails if the version is later. Not an error, because it may be earlier.",
    fix: "add the version to depends_on of the workload, or take secret_key_ref.version from it",
    source: "measured with Terraform 1.11.4 and hashicorp/google 6.50.0, 2026-10",
    check(topology, report) {
      for (const use of usesOf(topology)) {
        const versions = versionsOf(topology, use.secret).map((version) => version.address);
        if (versions.length > 0 && !comesAfter(topology, use.workload.resource, versions))
          report(use.workload.resource, "depends_on", undefined, versions[0]);
      }
    },
  },
  {
    id: "secret-version-disabled",
    title: "a secret that a workload reads has an enabled version",
    severity: "error",
    why: "The deploy fails, and running instances cannot start again: the only version here is disabled, and the workload reads the latest or this one.",
    fix: "set enabled = true, or read another version",
    source: PAGE,
    check(topology, report) {
      for (const use of usesOf(topology)) {
        const versions = versionsOf(topology, use.secret);
        const [only] = versions;
        if (versions.length !== 1 || !only || booleanOf(only.values.enabled) !== false) continue;
        if (soleReference(use.version)?.address === only.address) report(only, "enabled", only.values.enabled);
      }
    },
  },
  {
    id: "secret-name-reference",
    title: "a workload names a secret, not a version of it",
    severity: "error",
    why: "Google Cloud rejects the name of a version in the place of the secret.",
    fix: "use google_secret_manager_secret.NAME.secret_id, and the version's number in version",
    source: "Cloud Run Admin API v2, SecretKeySelector.secret, read 2026-11-22",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        for (const { at, value } of places(workload)) {
          const reference = soleReference(value);
          const text = textOf(value);
          const isVersion =
            reference?.address.startsWith(`${VERSION}.`) && /^(id|name|version)$/.test(reference.attribute);
          if (isVersion || text?.includes("/versions/")) report(workload.resource, `${at}.secret`, value);
        }
      }
    },
  },
  {
    id: "secret-expires",
    title: "a secret that a workload reads does not expire",
    severity: "warning",
    why: "At that time Secret Manager deletes the secret with all versions, and no new instance starts. Not an error, because the workload may go before.",
    fix: "take ttl and expire_time away; rotate versions instead",
    source: "Secret Manager API v1, Secret.expireTime, read 2026-11-22",
    check(topology, report) {
      const seen = new Set<Resource>();
      for (const { secret } of usesOf(topology)) {
        if (seen.has(secret)) continue;
        seen.add(secret);
        for (const name of ["ttl", "expire_time"]) {
          if (secret.values[name] !== undefined) report(secret, name, secret.values[name]);
        }
      }
    },
  },
  {
    id: "secret-variable-rotates",
    title: "a variable from a secret that rotates names a version",
    severity: "warning",
    why: "A variable is read when an instance starts: with latest, old and new instances of one revision have different values after a rotation. Not an error, because both values may be valid.",
    fix: "name the number of a version, or mount the secret as a file, which is read anew each time",
    source: PAGE,
    check(topology, report) {
      for (const { asVariable, version, secret, workload, at } of usesOf(topology)) {
        const pinned = numberOf(version) !== undefined || (version !== undefined && textOf(version) !== "latest");
        if (asVariable && !pinned && secret.values.rotation !== undefined)
          report(workload.resource, `${at}.version`, version);
      }
    },
  },
];
