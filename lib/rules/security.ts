import { page, provider, type Source, unconfirmed } from "../google/source";
import { isHarmless, looksSecret } from "../language/secret-text";
import { isBlock, type Resource } from "../topology/document";
import { type Grant, iamOf, isServiceAccount, PUBLIC } from "../topology/iam";
import { nested } from "../topology/place";
import { isProtected } from "../topology/protection";
import type { Topology } from "../topology/topology";
import { isUnset, textOf, textsOf } from "../topology/value";
import { containersOf, templatesOf } from "../topology/workloads";
import { blocks, type Rule, rule, within } from "./rule";

const WIDE = /^google_(project|folder|organization)$/;
const BUCKET = /^google_storage_(bucket|managed_folder)$/;
const INSTANCES = "google_compute_instance_template|google_compute_region_instance_template|google_compute_instance";
const grants = (topology: Topology) => iamOf(topology).grants;

/** What opens a bucket to everybody: grants and the older access control lists. */
function* openBuckets(topology: Topology) {
  for (const { resource, at, member, family } of grants(topology))
    if (BUCKET.test(family) && PUBLIC.includes(member)) yield { resource, at, value: member };
  for (const resource of topology.document.resources) {
    if (resource.isData || !/^google_storage_.*(_acl|_access_control)$/.test(resource.type)) continue;
    const { entity, predefined_acl: predefined, role_entity } = resource.values;
    const pair = textsOf(role_entity).find((each) => /:all(Authenticated)?Users$/.test(each));
    if (PUBLIC.includes(textOf(entity) ?? "")) yield { resource, at: "entity", value: entity };
    if (/^(publicRead|publicReadWrite|authenticatedRead)$/.test(textOf(predefined) ?? ""))
      yield { resource, at: "predefined_acl", value: predefined };
    if (pair !== undefined) yield { resource, at: "role_entity", value: pair };
  }
}

const DEFAULT_ACCOUNT =
  /^(serviceAccount:)?(\d+-compute@developer\.gserviceaccount\.com|[a-z][-a-z0-9]*@appspot\.gserviceaccount\.com)$/;

/** Where a service account is named: workloads, instances and grants. */
function* accounts(topology: Topology) {
  for (const { alike, at, block } of templatesOf(topology))
    yield { resource: alike[0]!, alike, at: `${at}.service_account`, account: block.service_account };
  for (const { resource, at, block } of topology.places(INSTANCES, "service_account"))
    yield { resource, at: `${at}.email`, account: block.email };
  for (const { resource, at, member } of grants(topology)) yield { resource, at, account: member };
}

const CHANGES_RUN = /^roles\/(run\.(admin|developer|sourceDeveloper|builder)|owner|editor)$/;
const ACTS_AS = /^roles\/iam\.(serviceAccount(TokenCreator|User|KeyAdmin)|workloadIdentityUser)$/;

/** Grants that give away more than one should. */
const GRANTS: readonly {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source: Source;
  isWrong(grant: Grant & { readonly role: string }, topology: Topology): boolean;
}[] = [
  {
    id: "security-public-grant",
    title: "only buckets, and services with roles/run.invoker, should be open to everybody",
    why: "Anyone on the internet gets the role: allAuthenticatedUsers is everybody who has a Google account.",
    fix: "use domain:, group:, or the members themselves",
    source: unconfirmed("docs.cloud.google.com/iam/docs/principals-overview"),
    isWrong: ({ member, family, role }) =>
      PUBLIC.includes(member) &&
      !BUCKET.test(family) &&
      !(member === "allUsers" && /^google_(cloud_run|cloudfunctions|iap_)/.test(family) && !CHANGES_RUN.test(role)),
  },
  {
    id: "security-admin-role",
    title: "a service account should be neither owner nor editor, nor administer a service of the whole project",
    why: "Whoever takes over the workload has the whole project, or everything of that service.",
    fix: "grant the roles that the code needs, on the resources that it uses",
    source: unconfirmed("docs.cloud.google.com/iam/docs/roles-overview"),
    isWrong: ({ member, role, family }, { document }) =>
      (/^roles\/(owner|editor)$/.test(role) || (WIDE.test(family) && /(^|[./a-z])admin$/i.test(role))) &&
      isServiceAccount(document, member),
  },
  {
    id: "security-impersonation",
    title: "nobody should be able to become every service account of the project",
    why: "On the whole project the role covers each service account, the ones with more rights too.",
    fix: "grant it with google_service_account_iam_member on the one service account",
    source: unconfirmed("docs.cloud.google.com/iam/docs/service-account-permissions"),
    // Google's own agents, such as Pub/Sub's, need it; they are bound to their service.
    isWrong: ({ member, role, family }) => WIDE.test(family) && ACTS_AS.test(role) && !member.includes("@gcp-sa-"),
  },
  {
    id: "security-all-secrets",
    title: "a service account should not read every secret of the project",
    why: "On the whole project the role covers each secret, those of other workloads and future ones too.",
    fix: "grant it with google_secret_manager_secret_iam_member on the secrets that the code reads",
    source: unconfirmed("docs.cloud.google.com/secret-manager/docs/best-practices"),
    isWrong: ({ member, role, family, condition }, { document }) =>
      WIDE.test(family) &&
      role === "roles/secretmanager.secretAccessor" &&
      condition === undefined &&
      isServiceAccount(document, member),
  },
];

/**
 * Texts that may be secrets, with the names that they go under: variables, arguments and metadata.
 */
function* plainTexts(topology: Topology) {
  for (const container of containersOf(topology)) {
    const { resource, alike, at, block } = container;
    for (const { at, block } of nested(container, "env"))
      yield { resource, alike, at: `${at}.value`, name: textOf(block.name) ?? "", text: textOf(block.value) };
    for (const list of ["args", "command"]) {
      for (const [index, word] of [block[list] ?? []].flat().entries()) {
        const [, name, value] = /^-{1,2}([\w-]+)=(.*)$/.exec(textOf(word) ?? "") ?? [];
        yield { resource, alike, at: `${at}.${list}.${index}`, name: name ?? "", text: value ?? textOf(word) };
      }
    }
  }
  for (const { resource, block } of topology.places(INSTANCES)) {
    for (const [name, value] of Object.entries(isBlock(block.metadata) ? block.metadata : {}))
      yield { resource, at: `metadata.${name}`, name, text: textOf(value) };
  }
}

/** Containers whose image has no digest. */
function* tagged(topology: Topology) {
  for (const { alike, at, block } of containersOf(topology)) {
    const image = textOf(block.image);
    if (image && !image.includes("@sha256:")) for (const resource of alike) yield { resource, at, image };
  }
}

/** Private keys and secrets: types, block and attributes. */
const KEYS = [
  ["google_certificate_manager_certificate", "self_managed", ["pem_private_key", "private_key_pem"]],
  ["google_compute_ssl_certificate|google_compute_region_ssl_certificate", "", ["private_key"]],
  ["google_compute_backend_service|google_compute_region_backend_service", "iap", ["oauth2_client_secret"]],
  ["google_secret_manager_secret_version", "", ["secret_data", "secret_data_wo"]],
] as const;

function* keys(topology: Topology) {
  for (const [types, path, names] of KEYS)
    for (const { resource, at, block } of topology.places(types, path))
      for (const name of names) yield { resource, at: within(at, name), text: textOf(block[name]) ?? "" };
}

/** URL maps with a way that serves instead of redirecting. */
function readServing(topology: Topology): ReadonlySet<Resource> {
  const serving = topology.routes.filter(({ targets, redirect }) => targets.length > 0 && !redirect);
  return new Set(serving.map(({ urlMap }) => urlMap));
}

/** What is allowed, and should not be in production. */
export const securityRules: readonly Rule[] = [
  ...GRANTS.map(({ id, isWrong, ...about }) =>
    rule(id, grants, {
      ...about,
      advice: true,
      judge(grant, blame, topology) {
        const { member, role = "" } = grant;
        if (isWrong({ ...grant, role }, topology)) blame("", member, role);
      },
    }),
  ),
  rule("security-public-bucket", openBuckets, {
    title: "a bucket should not be open to everybody",
    advice: true,
    why: "Anyone on the internet reads what is in it; Google Cloud rejects it where public_access_prevention is enforced.",
    fix: "name the readers, or serve the bucket through a backend bucket with signed URLs",
    source: unconfirmed("docs.cloud.google.com/storage/docs/access-control/making-data-public"),
    judge: ({ value }, blame) => blame("", value),
  }),
  rule("security-account-key", blocks("google_service_account_key"), {
    title: "Terraform should make no service account key",
    advice: true,
    why: "The private key is in the state, does not expire, and lets anyone in who has it.",
    fix: "use the identity of the workload, or workload identity federation",
    source: unconfirmed("docs.cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys"),
    judge: ({ block }, blame) => blame("service_account_id", block.service_account_id),
  }),
  rule("security-default-account", accounts, {
    title: "nothing should run as a default service account",
    advice: true,
    why: "All workloads of the project share the default service account, and it is an editor unless the organization forbids that.",
    fix: "create a google_service_account for the workload",
    source: unconfirmed("docs.cloud.google.com/iam/docs/service-account-types"),
    judge({ account }, blame, { document }) {
      const isDefault = document.target(account)?.type === "google_compute_default_service_account";
      if (isDefault || DEFAULT_ACCOUNT.test(textOf(account) ?? "")) blame("", account);
    },
  }),
  /** The value itself stays out of the report. */
  rule("security-secret-literal", keys, {
    title: "a private key or another secret should not be written into the configuration",
    advice: true,
    why: "It is in the source code, in the synthesized JSON and in the state.",
    fix: "read it from Secret Manager, or pass a sensitive or ephemeral variable",
    source: provider("google_secret_manager_secret_version 7.45.0"),
    judge({ text }, blame) {
      if (!isHarmless(text)) blame("", undefined, "a literal");
    },
  }),
  rule("security-plain-secret", plainTexts, {
    title: "a secret should not be written into a variable, an argument or instance metadata",
    advice: true,
    why: "Everyone who may look at the project, the configuration or the state reads it, and it ends up in logs.",
    fix: "put it into Secret Manager; in Cloud Run refer to it with value_source.secret_key_ref",
    source: page("run/docs/configuring/services/overview-environment-variables"),
    judge({ name, text }, blame) {
      // Longer texts are scripts.
      if (text !== undefined && text.length < 4096 && looksSecret(name, text)) blame("", name);
    },
  }),
  rule("security-image-digest", tagged, {
    title: "an image should be named by a version, and by digest where it is protected from deletion",
    advice: true,
    why: "A tag can be moved: regions run different code, and a new image under the same tag is not deployed.",
    fix: "append @sha256:… to the image, as the registry shows it, or name a version",
    source: page("run/docs/deploying"),
    judge({ resource, image }, blame) {
      const tag = /:(\w[\w.-]*)$/.exec(image.split("/").at(-1)!)?.[1];
      if (isProtected(resource) || tag === undefined || tag === "latest") blame("image", image);
    },
  }),
  rule(
    "security-plain-http",
    (topology) => topology.frontends.map((frontend) => ({ ...frontend, resource: frontend.rule })),
    {
      title: "plain HTTP should redirect to HTTPS",
      advice: true,
      why: "Requests, answers and API keys go unencrypted over the internet.",
      fix: "add an HTTPS front end, and let the URL map of port 80 redirect with https_redirect",
      source: unconfirmed("docs.cloud.google.com/load-balancing/docs/https/setting-up-http-https-redirect"),
      judge({ resource: { values }, protocol, scheme, urlMap }, blame, topology) {
        const isExternal = scheme?.startsWith("EXTERNAL") ?? isUnset(values, "load_balancing_scheme");
        if (protocol === "HTTP" && isExternal && urlMap && topology.once(readServing).has(urlMap))
          blame("target", values.target);
      },
    },
  ),
];
