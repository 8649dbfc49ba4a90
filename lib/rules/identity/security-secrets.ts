import { isExpression } from "../../language/reference";
import { blockOf } from "../../topology/document";
import { textOf } from "../../topology/value";
import { containersOf, nested } from "../cloud-run/cloud-run-workload";
import type { OldRule as Rule } from "../old-rule";

const ENV_PAGE = "docs.cloud.google.com/run/docs/configuring/services/overview-environment-variables, read 2026-11-22";
/** Names that hold a secret whatever their value is. */
const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|PWD_HASH|CLIENT_SECRET|SECRET|SECRET_KEY|API_?KEY|APIKEY|PRIVATE_KEY|ACCESS_KEY|ACCESS_TOKEN|AUTH_TOKEN|BEARER_TOKEN|REFRESH_TOKEN|HF_TOKEN|GITHUB_TOKEN|CREDENTIALS?)$/i;
/** Names that may hold one: the value has to look like it. */
const MAYBE_NAME = /(^|_)(KEY|TOKEN|AUTH|SIGNATURE|SALT)$/i;
/** What says that there is no secret. */
const HARMLESS =
  /^$|^\d+$|^(true|false|none|null|disabled|enabled|unused|empty)$|^[./~]|^projects\/|^(https?|gs):\/\/[^@]*$|placeholder|change-?me|example|dummy|your[-_]|<[^>]*>|^x+$|^\*+$/i;
/** Formats of well-known secrets: keys of Google, OpenAI, Anthropic, AWS, Hugging Face, GitHub, Slack, Stripe; PEM; passwords in URLs. */
const SECRET_VALUE =
  /^AIza[\w-]{35}$|^sk-[\w-]{20,}$|^AKIA[0-9A-Z]{16}$|^hf_[A-Za-z0-9]{30,}$|^gh[pousr]_[A-Za-z0-9]{36,}$|^xox[abprs]-[\w-]{10,}$|^[sr]k_live_[A-Za-z0-9]{20,}$|-----BEGIN [A-Z ]*PRIVATE KEY-----|^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s:@$]+@|"private_key"\s*:/;

function looksSecret(name: string, value: string): boolean {
  if (SECRET_VALUE.test(value)) return true;
  if (HARMLESS.test(value)) return false;
  if (SECRET_NAME.test(name)) return true;
  return MAYBE_NAME.test(name) && value.length >= 16 && /\d/.test(value) && /[A-Za-z]/.test(value) && !/\s/.test(value);
}

/** Keys and secrets that clients must not know, by resource type. */
const KEYS: readonly (readonly [type: string, block: string, attributes: readonly string[]])[] = [
  ["google_certificate_manager_certificate", "self_managed", ["pem_private_key", "private_key_pem"]],
  ["google_compute_ssl_certificate", "", ["private_key"]],
  ["google_compute_region_ssl_certificate", "", ["private_key"]],
  ["google_compute_backend_service", "iap", ["oauth2_client_secret"]],
  ["google_compute_region_backend_service", "iap", ["oauth2_client_secret"]],
];

/** Instance metadata, function and job settings that are maps of texts. */
const MAPS: readonly (readonly [type: string, attribute: string])[] = [
  ["google_compute_instance_template", "metadata"],
  ["google_compute_region_instance_template", "metadata"],
  ["google_compute_instance", "metadata"],
];

/** Secrets that stand in the configuration in plain text. */
export const securitySecretRules: readonly Rule[] = [
  {
    id: "security-key-literal",
    title: "a private key or an OAuth client's secret is not written into the configuration",
    severity: "warning",
    why: "It stands in the source code, in the synthesized JSON and in the plan. Not an error, because the deploy succeeds.",
    fix: "read it from Secret Manager, or pass a sensitive variable",
    source: "provider documentation of google_certificate_manager_certificate 7.45.0",
    check(topology, report) {
      for (const [type, block, attributes] of KEYS) {
        for (const resource of topology.document.ofType(type)) {
          const values = block === "" ? resource.values : blockOf(resource.values[block]);
          for (const name of attributes) {
            const text = textOf(values?.[name]);
            // The value itself stays out of the report.
            if (text !== undefined && text !== "")
              report(resource, block === "" ? name : `${block}.${name}`, undefined, "a literal");
          }
        }
      }
    },
  },
  {
    id: "security-plain-secret",
    title: "a secret is not written into an environment variable",
    severity: "warning",
    why: "Everyone who may look at the project, the configuration or the state reads it, and it ends in logs. Not an error, because the value may be no secret.",
    fix: "put it into Secret Manager and refer to it with value_source.secret_key_ref",
    source: ENV_PAGE,
    check(topology, report) {
      for (const container of containersOf(topology)) {
        for (const { block, at, resource } of nested(container, "env")) {
          const name = textOf(block.name);
          const value = textOf(block.value);
          // The value itself stays out of the report.
          if (name !== undefined && value !== undefined && looksSecret(name, value))
            report(resource, `${at}.value`, name);
        }
      }
    },
  },
  {
    id: "security-secret-argument",
    title: "a secret is not written into the arguments of a container",
    severity: "warning",
    why: "Everyone who may look at the project, the configuration or the state reads it. Not an error, because the value may be no secret.",
    fix: "put it into Secret Manager, and let the server read a variable or a file",
    source: ENV_PAGE,
    check(topology, report) {
      for (const { block, at, resource } of containersOf(topology)) {
        for (const list of ["args", "command"]) {
          const words = Array.isArray(block[list]) ? block[list] : [];
          words.forEach((word, index) => {
            const [, name, value] = /^-{1,2}([\w-]+)=(.*)$/.exec(textOf(word) ?? "") ?? [];
            const isSecret =
              name === undefined
                ? SECRET_VALUE.test(textOf(word) ?? "")
                : looksSecret(name.replaceAll("-", "_"), value ?? "");
            if (isSecret) report(resource, `${at}.${list}.${index}`, name ?? list);
          });
        }
      }
    },
  },
  {
    id: "security-metadata-secret",
    title: "a secret is not written into the metadata of instances",
    severity: "warning",
    why: "Every process of the instance, and everyone who may look at the project, reads it. Not an error, because the value may be no secret.",
    fix: "put it into Secret Manager and read it when the instance starts",
    source: "docs.cloud.google.com/compute/docs/metadata/overview, from general knowledge, 2026-11",
    check(topology, report) {
      for (const [type, attribute] of MAPS) {
        for (const resource of topology.document.ofType(type)) {
          const map = resource.values[attribute];
          if (typeof map !== "object" || map === null) continue;
          for (const [name, value] of Object.entries(map)) {
            const text = textOf(value);
            if (text !== undefined && text.length < 4096 && looksSecret(name.replaceAll("-", "_"), text))
              report(resource, `${attribute}.${name}`, name);
          }
        }
      }
    },
  },
  {
    id: "security-secret-literal",
    title: "the data of a secret version is not written into the configuration",
    severity: "warning",
    why: "The secret stands in the source code and in the state. Not an error, because it may be a placeholder.",
    fix: "add the version outside of Terraform, or pass secret_data_wo from an ephemeral variable",
    source: "provider documentation of google_secret_manager_secret_version 7.45.0",
    check(topology, report) {
      for (const version of topology.document.ofType("google_secret_manager_secret_version")) {
        for (const name of ["secret_data", "secret_data_wo"]) {
          const data = version.values[name];
          if (typeof data === "string" && !isExpression(data) && !HARMLESS.test(data)) report(version, name, undefined);
        }
      }
    },
  },
];
