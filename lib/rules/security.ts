import { api, page, provider, unconfirmed } from "../google/source";
import { isHarmless, looksSecret } from "../language/secret-text";
import { type Block, blockOf, blocksOf, isBlock, type Resource } from "../topology/document";
import { iamOf, isServiceAccount, PUBLIC } from "../topology/iam";
import { nested } from "../topology/place";
import type { Topology } from "../topology/topology";
import { booleanOf, isComputed, isUnset, numberOf, textOf, textsOf } from "../topology/value";
import { containersOf, workloadsOf } from "../topology/workloads";
import { blocks, type Rule, rule, within } from "./rule";

const WIDE = /^google_(project|folder|organization)$/;
const BUCKET = /^google_storage_(bucket|managed_folder)$/;
const PLACES = unconfirmed("docs.cloud.google.com/iam/docs/principals-overview");
const INSTANCES = "google_compute_instance_template|google_compute_region_instance_template|google_compute_instance";
const SSL_POLICIES = "google_compute_ssl_policy|google_compute_region_ssl_policy";
const grants = (topology: Topology) => iamOf(topology).grants;

/** Whether the bucket of a grant refuses public access. */
function preventsAccess({ document }: Topology, { bucket }: Block): boolean {
  return textOf(document.target(bucket)?.values.public_access_prevention) === "enforced";
}

/** What opens a bucket to everybody: grants and the older access control lists. */
function* openBuckets(topology: Topology) {
  for (const { resource, at, member, family, iam } of grants(topology)) {
    const isOpen = BUCKET.test(family) && PUBLIC.includes(member) && !preventsAccess(topology, iam.resource.values);
    if (isOpen) yield { resource, at, value: member };
  }
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
  for (const { resource, at, block } of workloadsOf(topology))
    yield { resource, at: `${at}.service_account`, account: block.service_account };
  for (const { resource, at, block } of topology.places(INSTANCES, "service_account"))
    yield { resource, at: `${at}.email`, account: block.email };
  for (const { resource, at, member } of grants(topology)) yield { resource, at, account: member };
}

const publicAccess: readonly Rule[] = [
  rule("security-public-bucket", openBuckets, {
    title: "a bucket should not be open to everybody",
    advice: true,
    why: "Anyone on the internet reads what is in it.",
    fix: "name the readers, or serve the bucket through a backend bucket with signed URLs",
    source: unconfirmed("docs.cloud.google.com/storage/docs/access-control/making-data-public"),
    judge: ({ value }, blame) => blame("", value),
  }),
  rule("security-public-prevented", grants, {
    title: "a bucket that prevents public access must have no public grant",
    why: "Google Cloud rejects the grant at apply, because public_access_prevention is enforced. Not an error, because no source confirms it.",
    fix: "name the readers, or set public_access_prevention = inherited",
    source: unconfirmed("docs.cloud.google.com/storage/docs/public-access-prevention"),
    judge({ member, family, iam }, blame, topology) {
      const isOpen = BUCKET.test(family) && PUBLIC.includes(member);
      if (isOpen && preventsAccess(topology, iam.resource.values)) blame("", member);
    },
  }),
  rule("security-public-grant", grants, {
    title: "nothing but a service or a bucket should be open to everybody, and nothing to every Google account",
    advice: true,
    why: "Anyone on the internet gets the role: allAuthenticatedUsers is everybody who has a Google account, not your organization.",
    fix: "use domain:, group:, or the members themselves",
    source: PLACES,
    judge({ member, family, role }, blame) {
      const mayBePublic = member === "allUsers" && /^google_(cloud_run|cloudfunctions|iap_)/.test(family);
      if (PUBLIC.includes(member) && !BUCKET.test(family) && !mayBePublic) blame("", member, role);
    },
  }),

  rule("security-invoker-role", grants, {
    title: "the public should get no role on a service but roles/run.invoker",
    advice: true,
    why: "Anyone on the internet could change or delete the service.",
    fix: "grant roles/run.invoker, or set invoker_iam_disabled = true",
    source: unconfirmed("docs.cloud.google.com/run/docs/reference/iam/roles"),
    judge({ member, family, role = "" }, blame) {
      if (member !== "allUsers" || !family.startsWith("google_cloud_run")) return;
      if (/^roles\/(run\.(admin|developer|sourceDeveloper|builder)|owner|editor)$/.test(role)) blame("", member, role);
    },
  }),
];

const leastPrivilege: readonly Rule[] = [
  rule("security-admin-role", grants, {
    title: "a service account should be neither owner nor editor, nor administer a service of the whole project",
    advice: true,
    why: "Whoever takes over the workload has the whole project, or everything of that service.",
    fix: "grant the roles that the code needs, on the resources that it uses",
    source: unconfirmed("docs.cloud.google.com/iam/docs/roles-overview"),
    judge({ member, role = "", family }, blame, { document }) {
      const isAdmin = WIDE.test(family) && /(^|[.a-z])admin$/i.test(role.split("/").at(-1)!);
      if ((isAdmin || /^roles\/(owner|editor)$/.test(role)) && isServiceAccount(document, member))
        blame("", member, role);
    },
  }),

  rule("security-impersonation", grants, {
    title: "nobody should be able to become every service account of the project",
    advice: true,
    why: "On the whole project the role covers each service account, the ones with more rights too.",
    fix: "grant it with google_service_account_iam_member on the one service account",
    source: unconfirmed("docs.cloud.google.com/iam/docs/service-account-permissions"),
    judge({ member, role = "", family }, blame) {
      const actsAs = /^roles\/iam\.(serviceAccount(TokenCreator|User|KeyAdmin)|workloadIdentityUser)$/.test(role);
      // Google's own agents, such as Pub/Sub's, need it; they are bound to their service.
      if (actsAs && WIDE.test(family) && !member.includes("@gcp-sa-")) blame("", member, role);
    },
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
];

/** Texts that may be secrets, with the names that they go under: variables, arguments and metadata. */
function* plainTexts(topology: Topology) {
  for (const container of containersOf(topology)) {
    const { resource, at, block } = container;
    for (const env of nested(container, "env"))
      yield { resource, at: `${env.at}.value`, name: textOf(env.block.name) ?? "", text: textOf(env.block.value) };
    for (const list of ["args", "command"]) {
      for (const [index, word] of [block[list] ?? []].flat().entries()) {
        const [, name, value] = /^-{1,2}([\w-]+)=(.*)$/.exec(textOf(word) ?? "") ?? [];
        yield { resource, at: `${at}.${list}.${index}`, name: name ?? "", text: value ?? textOf(word) };
      }
    }
  }
  for (const { resource, block } of topology.places(INSTANCES)) {
    for (const [name, value] of Object.entries(isBlock(block.metadata) ? block.metadata : {}))
      yield { resource, at: `metadata.${name}`, name, text: textOf(value) };
  }
}

/** Keys and secrets that clients must not know, by resource type and attribute. */
const KEYS = Object.entries({
  google_certificate_manager_certificate: ["self_managed.pem_private_key", "self_managed.private_key_pem"],
  google_compute_ssl_certificate: ["private_key"],
  google_compute_region_ssl_certificate: ["private_key"],
  google_compute_backend_service: ["iap.oauth2_client_secret"],
  google_compute_region_backend_service: ["iap.oauth2_client_secret"],
}).flatMap(([type, paths]) => paths.map((path) => ({ type, path: path.split(".") })));

function* keys(topology: Topology) {
  for (const { type, path } of KEYS) {
    const name = path.at(-1)!;
    for (const { resource, at, block } of topology.places(type, path.slice(0, -1).join(".")))
      yield { resource, at: within(at, name), text: textOf(block[name]) };
  }
}

/** The values themselves stay out of the report. */
const secretsInPlainText: readonly Rule[] = [
  rule("security-key-literal", keys, {
    title: "a private key or an OAuth client's secret should not be written into the configuration",
    advice: true,
    why: "It is in the source code, in the synthesized JSON and in the plan.",
    fix: "read it from Secret Manager, or pass a sensitive variable",
    source: provider("google_certificate_manager_certificate 7.45.0"),
    judge({ text }, blame) {
      if (text) blame("", undefined, "a literal");
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

  rule("security-secret-literal", blocks("google_secret_manager_secret_version"), {
    title: "the data of a secret version should not be written into the configuration",
    advice: true,
    why: "The secret is in the source code and in the state.",
    fix: "add the version outside of Terraform, or pass secret_data_wo from an ephemeral variable",
    source: provider("google_secret_manager_secret_version 7.45.0"),
    judge({ block }, blame) {
      const name = ["secret_data", "secret_data_wo"].find((each) => !isHarmless(textOf(block[each]) ?? ""));
      if (name !== undefined) blame(name, undefined);
    },
  }),
];

/** Whether a Cloud Run resource says that it must not be destroyed: what one does in production. */
function isProtected({ values }: Resource): boolean {
  return [values.deletion_protection, blockOf(values.lifecycle)?.prevent_destroy].some((each) => booleanOf(each));
}

const images: readonly Rule[] = [
  rule("security-image-digest", containersOf, {
    title: "what is protected from deletion should run an image by digest",
    advice: true,
    why: "A tag can be moved: regions that are deployed at different times run different code, and a roll-back does not roll back.",
    fix: "append @sha256:… to the image, as the registry shows it",
    source: page("run/docs/deploying"),
    judge({ resource, block }, blame) {
      const image = textOf(block.image);
      if (image && isProtected(resource) && !image.includes("@sha256:")) blame("image", image);
    },
  }),
  rule("security-image-latest", containersOf, {
    title: "an image should be named by a version, not by latest or no tag",
    advice: true,
    why: "Cloud Run resolves the tag when a revision is made: a new image under the same tag changes nothing in Terraform and is not deployed.",
    fix: "name a version, better a digest",
    source: page("run/docs/deploying"),
    judge({ resource, block }, blame) {
      const image = textOf(block.image);
      if (!image || isProtected(resource) || image.includes("@sha256:")) return;
      const tag = /:(\w[\w.-]*)$/.exec(image.split("/").at(-1)!)?.[1];
      if (tag === undefined || tag === "latest") blame("image", image);
    },
  }),
];

/** URL maps with a way that serves instead of redirecting. */
function readServing(topology: Topology): ReadonlySet<Resource> {
  const serving = topology.routes.filter(({ targets, redirect }) => targets.length > 0 && !redirect);
  return new Set(serving.map(({ urlMap }) => urlMap));
}

const loadBalancers: readonly Rule[] = [
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
  rule("security-tls-version", blocks(SSL_POLICIES), {
    title: "an SSL policy should demand TLS 1.2 or later",
    advice: true,
    why: "TLS 1.0 and 1.1 are broken, and no current client needs them.",
    fix: "set min_tls_version = TLS_1_2",
    source: api("Compute API v1")("SslPolicy.minTlsVersion"),
    judge({ block: { min_tls_version: version } }, blame) {
      if (/^TLS_1_[01]$/.test(textOf(version) ?? "")) blame("min_tls_version", version);
    },
  }),
  rule("security-tls-profile", blocks(SSL_POLICIES), {
    title: "an SSL policy should have the profile MODERN, RESTRICTED or CUSTOM",
    advice: true,
    why: "COMPATIBLE, the default, allows cipher suites for clients that are long out of date.",
    fix: "set profile = MODERN, or RESTRICTED",
    source: api("Compute API v1")("SslPolicy.profile"),
    judge({ block }, blame) {
      if (isUnset(block, "profile") || textOf(block.profile) === "COMPATIBLE") blame("profile", block.profile);
    },
  }),
  rule("security-tls-policy", blocks("google_compute_target_https_proxy|google_compute_region_target_https_proxy"), {
    title: "an HTTPS proxy should have an SSL policy",
    advice: true,
    why: "Without one the load balancer speaks TLS 1.0 and old cipher suites.",
    fix: "make a google_compute_ssl_policy with TLS_1_2 and MODERN, and set ssl_policy",
    source: api("Compute API v1")("TargetHttpsProxy.sslPolicy"),
    judge({ block }, blame) {
      if (isUnset(block, "ssl_policy")) blame("ssl_policy", undefined);
    },
  }),
  rule("security-logging", (topology) => topology.backends, {
    title: "an external backend service should log its requests",
    advice: true,
    once: true,
    why: "Nobody can see afterwards who was served what, and which rule of Cloud Armor refused whom.",
    fix: "set log_config with enable = true and a sample_rate",
    source: api("Compute API v1")("BackendService.logConfig"),
    judge({ resource: { values }, kind, scheme, isGlobal }, blame) {
      const isExternal = isUnset(values, "load_balancing_scheme") ? isGlobal : scheme?.startsWith("EXTERNAL");
      if (kind !== "service" || !isExternal || isComputed(values, "log_config")) return;
      const [config] = blocksOf(values.log_config);
      const isOff = config === undefined || booleanOf(config.enable) === false;
      if (isOff || numberOf(config.sample_rate) === 0) blame("log_config", values.log_config);
    },
  }),
];

/** What is allowed, and should not be in production. */
export const securityRules: readonly Rule[] = [
  ...publicAccess,
  ...leastPrivilege,
  ...secretsInPlainText,
  ...images,
  ...loadBalancers,
];
