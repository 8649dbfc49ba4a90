import { bytes } from "./formats";
import { items, type Limits, length, matching, oneOf, set, unset } from "./limit";
import { EVERYTHING, type ResourceType, resourceType, when } from "./resource-type";
import { api, page, provider, unconfirmed } from "./source";

const iam = api("IAM API v1");
const CONDITIONS = page("iam/docs/conditions-overview");

const ACCOUNT = provider("google_service_account 7.45.0", "validate");

export const accountDisplayName = bytes(100).fix("shorten it; there is description for more", iam("ServiceAccount.displayName"));

const serviceAccount = resourceType("google_service_account", {
  group: "account",
  name: {
    attribute: "account_id",
    format: matching(/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/, "6 to 30 lower-case letters, digits and hyphens, starting with a letter, not ending in a hyphen").fix("respell it", ACCOUNT),
    uniqueIn: [],
  },
  replacedBy: ["account_id"],
  limits: {
    display_name: accountDisplayName,
    description: bytes(256).fix("shorten it", iam("ServiceAccount.description")),
  },
});

const roleId = matching(/^[A-Za-z0-9_.]{3,64}$/, "3 to 64 letters, digits, underscores and periods").fix("respell it; hyphens are not allowed", iam("CreateRoleRequest.roleId"));

const customRole = (type: string, place: string) =>
  resourceType(type, {
    group: "role",
    name: { attribute: "role_id", format: roleId, uniqueIn: [place].filter(Boolean) },
    replacedBy: ["role_id", place].filter(Boolean),
    limits: {
      title: length(1, 100).fix("shorten it", iam("Role.title")),
      stage: oneOf("ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP").fix("use GA", provider("google_project_iam_custom_role 7.45.0", "validate")),
      "permissions[]": matching(/^[^\s*]+\.[^\s*]+\.[^\s*]+$/, "a permission such as run.routes.invoke, without wildcards").fix("name each permission in full", iam("Role.includedPermissions")),
    },
  });

const BASIC_ROLES = ["roles/owner", "roles/editor", "roles/viewer"];

/**
 * The service whose roles one grants on a resource, by how its type begins. Basic and custom roles
 * go everywhere.
 */
const SERVICES = { artifact_registry: "artifactregistry", cloud_run_v2: "run", kms: "cloudkms", pubsub: "pubsub", secret_manager: "secretmanager", storage_bucket: "storage" };

const roleName = matching(/^(roles\/[A-Za-z0-9_.]+|(projects|organizations)\/[^/\s]+\/roles\/[A-Za-z0-9_.]+)$/, "roles/NAME, projects/PROJECT/roles/NAME or organizations/NUMBER/roles/NAME")
  .fix("write it like roles/run.invoker", iam("Role.name"))
  .refs({ google_project_iam_custom_role: "id name", google_organization_iam_custom_role: "id name" });

const roleOf = (service: string) =>
  matching(new RegExp(`^(?!roles/[a-z]+\\.)|^roles/(iam|${service})\\.`), "a role of the service that the resource belongs to")
    .named("service")
    .why("Google Cloud rejects a role that holds no permission for this kind of resource; some roles of other services do hold one.")
    .fix("grant a role of the resource's own service here, and others with google_project_iam_member", unconfirmed("docs.cloud.google.com/iam/docs/roles-overview"));

const sharedRole = matching(/^(?!roles\/(owner|editor)$)(?!.*\.serviceAgent$)/, "other than owner, editor and the roles of service agents")
  .named("shared")
  .fix("use google_project_iam_member", provider("google_project_iam 7.45.0"))
  .advice("The binding removes every other holder of the role: people, and service agents that Google adds by itself.");

const living = matching(/^(?!deleted:)/, "a principal that has not been deleted")
  .named("deleted")
  .fix("remove the member, or name the principal that has replaced it", provider("google_project_iam 7.45.0", "validate"));

const accountName = matching(/^projects\/[^/]+\/serviceAccounts\/[^/]+$/, "projects/PROJECT/serviceAccounts/EMAIL")
  .refs({ google_service_account: "name id" })
  .fix("use google_service_account.NAME.name", provider("google_service_account_iam 7.45.0"));

const grant: Limits = {
  member: living,
  "members[]": living,
  members: items(1)
    .fix("name the members, or remove the resource", provider("google_project_iam 7.45.0"))
    .advice("A binding without members does not exist in the cloud: Terraform plans to create it forever."),
  "condition.title": length(1, 100).required().fix("give the condition a short title", CONDITIONS),
  "condition.expression": set().fix("write the condition in CEL", CONDITIONS),
};

/** Names of IAM types: on what they grant, and how. */
export const IAM_TYPE = /^(google_(\w+))_iam_(member|binding|policy|audit_config)$/;
const WIDE = /^(project|folder|organization)$/;

const known = new Map<string, ResourceType>();

/**
 * What is known of `google_…_iam_member` and its like; all of them have the same facts, so that
 * none needs a table of its own.
 */
export function iamType(type: string): ResourceType | undefined {
  const [, , family = "", kind] = IAM_TYPE.exec(type) ?? [];
  if (kind === undefined) return undefined;
  const facts = known.get(type) ?? readIamType(type, family, kind);
  known.set(type, facts);
  return facts;
}

/**
 * Services that keep data, keys or access, by the API that a stack enables for them, as audit
 * configs name them (docs.cloud.google.com/logging/docs/audit/services, from general knowledge,
 * 2026-11; Cloud SQL's is in IAM API v1, AuditConfig.service).
 */
export const DATA_ACCESS_SERVICES: Readonly<Record<string, string>> = {
  ...Object.fromEntries("artifactregistry cloudkms iam iap pubsub run secretmanager storage".split(" ").map((name) => [`${name}.googleapis.com`, `${name}.googleapis.com`])),
  "sqladmin.googleapis.com": "cloudsql.googleapis.com",
};

const audit = provider("google_project_iam 7.45.0");
const auditedService = matching(/^(allServices|[a-z0-9-]+(\.[a-z0-9-]+)*\.googleapis\.com)$/, "allServices, or a service such as storage.googleapis.com").fix("name the service as its API", audit);

/** Of the audit configs of a project, folder or organization, the last one for a service holds. */
const auditConfig = (type: string, family: string): ResourceType =>
  resourceType(type, {
    group: "iam",
    replacedBy: ["service", family === "organization" ? "org_id" : family],
    limits: {
      service: auditedService.named("audited"),
      "audit_log_config.log_type": oneOf("ADMIN_READ", "DATA_READ", "DATA_WRITE").fix("use DATA_READ, DATA_WRITE or ADMIN_READ", audit),
    },
  });

function readIamType(type: string, family: string, kind: string): ResourceType {
  if (kind === "audit_config") return auditConfig(type, family);
  const service = Object.entries(SERVICES).find(([prefix]) => family.startsWith(prefix))?.[1];
  return resourceType(type, {
    group: "iam",
    replacedBy: EVERYTHING,
    limits: {
      ...grant,
      role: [roleName, ...(service === undefined ? [] : [roleOf(service)]), ...(kind === "binding" && WIDE.test(family) ? [sharedRole] : [])],
      ...(family === "service_account" && { service_account_id: accountName }),
    },
    together: [
      when({ role: BASIC_ROLES }, { condition: unset() }, { id: "condition-basic-role" })
        .why("Google Cloud rejects conditions on owner, editor and viewer.")
        .fix("grant a predefined role under the condition", CONDITIONS),
    ],
  });
}

/** One type for each row that grants have. Of any other, ask `iamType`. */
const grants = ["project_iam_binding", "storage_bucket_iam_member", "service_account_iam_member", "project_iam_audit_config"].map((name) => iamType(`google_${name}`)!);

export const iamTypes = [
  serviceAccount,
  resourceType("google_service_account_key", { group: "account-key", replacedBy: EVERYTHING }),
  customRole("google_project_iam_custom_role", ""),
  customRole("google_organization_iam_custom_role", "org_id"),
  ...grants,
];
