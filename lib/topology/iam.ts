import { IAM_TYPE } from "../google/iam";
import { isExpression, soleReference } from "../language/reference";
import { type Block, blockOf, blocksOf, type Resource, type TerraformDocument } from "./document";
import type { Topology } from "./topology";
import { textOf } from "./value";

/** An IAM resource of any kind: `google_…_iam_member`, `…_binding` or `…_policy`. */
export interface IamResource {
  readonly resource: Resource;
  readonly kind: "member" | "binding" | "policy";
  /** The type without its kind: `google_storage_bucket`. */
  readonly family: string;
  /**
   * The same for all that grant on the same thing, written the same way; undefined where one
   * resource is many.
   */
  readonly on?: string;
  /** Empty for a policy. */
  readonly role?: string;
  /** The role and its condition. */
  readonly roleKey?: string;
}

/** One member of one role. */
export interface Grant {
  /** Resource or `google_iam_policy` data source that says so. */
  readonly resource: Resource;
  readonly family: string;
  /** Path of the member in `resource`. */
  readonly at: string;
  readonly role?: string;
  /** As it is written, maybe with expressions. */
  readonly member: string;
  readonly condition?: Block;
  /** The IAM resource; the same as `resource` but for policies. */
  readonly iam: IamResource;
}

/** What does not say on what is granted. */
const NOT_TARGET = new Set([
  "role",
  "member",
  "members",
  "condition",
  "policy_data",
  "depends_on",
  "lifecycle",
  "count",
  "for_each",
  "provisioner",
  "connection",
  "timeouts",
  "dynamic",
  "//",
]);
/** What a member may refer to. */
export const ACCOUNTS: readonly string[] = ["google_service_account", "google_project_service_identity"];

const ABOVE = /^google_(project|folder|organization)$/;

/** Everybody, and everybody who has a Google account. */
export const PUBLIC: readonly string[] = ["allUsers", "allAuthenticatedUsers"];

interface Iam {
  readonly resources: readonly IamResource[];
  readonly grants: readonly Grant[];
}

/** All IAM resources and grants of a document. */
export function iamOf(topology: Topology): Iam {
  return topology.once(readIam);
}

function readIam({ document }: Topology): Iam {
  const resources = document.resources.flatMap((resource) => readResource(document, resource));
  return { resources, grants: resources.flatMap((each) => readGrants(document, each)) };
}

function readResource(document: TerraformDocument, resource: Resource): IamResource[] {
  const match = resource.isData ? null : IAM_TYPE.exec(resource.type);
  if (!match || match[3] === "audit_config") return [];
  const { values } = resource;
  const role = textOf(values.role);
  const repeated = values.count !== undefined || values.for_each !== undefined;
  const conditional = JSON.stringify(values.condition ?? null);
  return [
    {
      resource,
      family: match[1]!,
      kind: match[3] as IamResource["kind"],
      on: repeated ? undefined : targetKey(document, match[1]!, values),
      role,
      roleKey: role === undefined ? undefined : `${role} ${conditional}`,
    },
  ];
}

function targetKey(document: TerraformDocument, family: string, values: Block): string {
  const parts = Object.entries(values)
    .filter(([name]) => !NOT_TARGET.has(name))
    .map(([name, value]) => {
      const target = document.target(value);
      // All attributes that one can grant by name the same instance of a resource.
      return `${name}=${target ? `${target.address}[${soleReference(value)?.key ?? ""}]` : JSON.stringify(value)}`;
    });
  return [family, ...parts.sort()].join(" ");
}

function readGrants(document: TerraformDocument, iam: IamResource): Grant[] {
  const { resource, family, kind, role } = iam;
  const { values } = resource;
  const condition = blockOf(values.condition);
  if (kind === "member" && typeof values.member === "string")
    return [{ resource, family, at: "member", role, member: values.member, condition, iam }];
  if (kind === "binding")
    return membersIn(values, "members").map((each) => ({ resource, family, role, condition, iam, ...each }));
  const policy = kind === "policy" ? document.target(values.policy_data) : undefined;
  return blocksOf(policy?.values.binding).flatMap((binding, index) =>
    membersIn(binding, `binding.${index}.members`).map((each) => ({
      resource: policy!,
      family,
      role: textOf(binding.role),
      condition: blockOf(binding.condition),
      iam,
      ...each,
    })),
  );
}

function membersIn(block: Block, at: string): { at: string; member: string }[] {
  const { members } = block;
  if (!Array.isArray(members)) return [];
  return members.flatMap((member, index) => (typeof member === "string" ? [{ at: `${at}.${index}`, member }] : []));
}

/** The service account of this document that a member is, however it is written. */
export function accountOf(document: TerraformDocument, member: string): Resource | undefined {
  const account = document.target(
    member.startsWith("serviceAccount:") ? member.slice("serviceAccount:".length) : member,
  );
  return account && !account.isData && ACCOUNTS.includes(account.type) ? account : undefined;
}

/** The same text for two spellings of one member. */
export function memberKey(document: TerraformDocument, member: string): string {
  const account = accountOf(document, member);
  if (!account) return isExpression(member) ? member : member.toLowerCase();
  return `${account.address}[${soleReference(member.replace(/^serviceAccount:/, ""))?.key ?? ""}]`;
}

/** Whether a member is a service account, by its prefix or by what it refers to. */
export function isServiceAccount(document: TerraformDocument, member: string): boolean {
  return member.startsWith("serviceAccount:") || accountOf(document, member) !== undefined;
}

/**
 * Whether a member may be a service agent of Google's: it is known by a part of its address, and
 * what this document does not make itself may be it.
 */
export function mayBeAgent({ document }: Topology, member: string, agent: string): boolean {
  if (member.includes(agent)) return true;
  if (!isExpression(member)) return false;
  return !document.references(member).some(({ address }) => address.startsWith("google_service_account."));
}

/**
 * Whether this document may grant one of some roles to a service agent of Google's: on one of some
 * things, or on a project and above.
 *
 * @param families Types of the things.
 */
export function mayGrantAgent(
  topology: Topology,
  agent: string,
  roles: RegExp,
  families: RegExp,
  things: readonly Resource[],
): boolean {
  if (topology.document.json.module !== undefined) return true;
  const reaches = ({ family, resource }: IamResource) => {
    if (ABOVE.test(family)) return true;
    if (!families.test(family)) return false;
    const named = [...topology.dependencies(resource)].filter((address) => families.test(address.split(".")[0]!));
    return named.length === 0 || named.some((address) => things.some((thing) => thing.address === address));
  };
  const { grants, resources } = iamOf(topology);
  return (
    resources.some(
      (each) =>
        (each.kind === "policy" || (each.kind === "binding" && !Array.isArray(each.resource.values.members))) &&
        reaches(each),
    ) ||
    grants.some(
      ({ role, member, iam }) =>
        (role === undefined || roles.test(role) || !role.startsWith("roles/")) &&
        mayBeAgent(topology, member, agent) &&
        reaches(iam),
    )
  );
}
