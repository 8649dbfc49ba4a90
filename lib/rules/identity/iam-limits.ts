import { iamOf } from "../../topology/iam";
import type { Topology } from "../../topology/topology";
import { length, limit, limitIn, matching, oneOf, set } from "../limit";
import type { OldRule as Rule } from "../old-rule";

const API = "IAM API v1";
const CONDITIONS = "docs.cloud.google.com/iam/docs/conditions-overview, read 2026-11-22";
const CUSTOM_ROLE = "google_project_iam_custom_role";

const iamPlaces = (topology: Topology) =>
  iamOf(topology).resources.map(({ resource }) => ({ resource, at: "", block: resource.values }));

/** What single attributes of service accounts, custom roles and grants may be. */
export const iamLimitRules: readonly Rule[] = [
  limit(
    "iam-account-id",
    "google_service_account",
    "account_id",
    matching(
      /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
      "6 to 30 lower-case letters, digits and hyphens, starting with a letter",
    ),
    "shorten or respell it",
    `${API}, CreateServiceAccountRequest.accountId, read 2026-11-22; terraform validate says so too, but later`,
  ),
  limit(
    "iam-account-display-name",
    "google_service_account",
    "display_name",
    { text: "at most 100 bytes", holds: (value) => Buffer.byteLength(String(value)) <= 100 },
    "shorten it; there is description for more",
    `${API}, ServiceAccount.displayName, read 2026-11-22`,
  ),
  limit(
    "iam-account-description",
    "google_service_account",
    "description",
    { text: "at most 256 bytes", holds: (value) => Buffer.byteLength(String(value)) <= 256 },
    "shorten it",
    `${API}, ServiceAccount.description, read 2026-11-22`,
  ),
  limit(
    "iam-custom-role-id",
    CUSTOM_ROLE,
    "role_id",
    matching(/^[A-Za-z0-9_.]{3,64}$/, "3 to 64 letters, digits, underscores and periods"),
    "respell it; hyphens are not allowed",
    `${API}, CreateRoleRequest.roleId, read 2026-11-22`,
  ),
  limit(
    "iam-custom-role-title",
    CUSTOM_ROLE,
    "title",
    length(1, 100),
    "shorten it",
    `${API}, Role.title, read 2026-11-22`,
  ),
  limit(
    "iam-custom-role-stage",
    CUSTOM_ROLE,
    "stage",
    oneOf("ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"),
    "use GA",
    `${API}, Role.stage, read 2026-11-22`,
  ),
  limit(
    "iam-custom-role-permission",
    CUSTOM_ROLE,
    "permissions[]",
    matching(/^[^\s*]+\.[^\s*]+\.[^\s*]+$/, "a permission such as run.routes.invoke, without wildcards"),
    "name each permission in full",
    `${API}, Role.includedPermissions, read 2026-11-22`,
  ),
  limitIn(
    "iam-role",
    "IAM grant",
    iamPlaces,
    "role",
    matching(
      /^(roles\/[A-Za-z0-9_.]+|(projects|organizations)\/[^/\s]+\/roles\/[A-Za-z0-9_.]+)$/,
      "roles/NAME, projects/PROJECT/roles/NAME or organizations/NUMBER/roles/NAME",
    ),
    "write a predefined role like roles/run.invoker, a custom one like projects/PROJECT/roles/NAME",
    `${API}, Role.name, read 2026-11-22`,
  ),
  limitIn(
    "iam-condition-title",
    "IAM grant",
    iamPlaces,
    "condition.title",
    { ...length(1, 100), required: true },
    "give the condition a short title",
    CONDITIONS,
  ),
  limitIn(
    "iam-condition-expression",
    "IAM grant",
    iamPlaces,
    "condition.expression",
    set(),
    "write the condition in CEL",
    CONDITIONS,
  ),
  limitIn(
    "iam-service-account-name",
    "IAM grant on a service account",
    (topology) => iamPlaces(topology).filter(({ resource }) => resource.type.startsWith("google_service_account_iam_")),
    "service_account_id",
    matching(/^projects\/[^/]+\/serviceAccounts\/[^/]+$/, "projects/PROJECT/serviceAccounts/EMAIL"),
    "use google_service_account.NAME.name",
    "provider documentation of google_service_account_iam 7.45.0",
  ),
];
