import { createHash, X509Certificate } from "node:crypto";
import { CertificateManagerCertificate } from "@cdktf/provider-google/lib/certificate-manager-certificate";
import type { CertificateManagerCertificateMap } from "@cdktf/provider-google/lib/certificate-manager-certificate-map";
import type { CertificateManagerCertificateMapEntry } from "@cdktf/provider-google/lib/certificate-manager-certificate-map-entry";
import { Fn, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import type { ISecret } from "../project/secret";
import { secretValue } from "../project/secret-value";
import { normalDomains } from "../routing/route-pattern";
import { createCertificateMap, createMapEntry, domainScope } from "./certificate-map";

/** A certificate that you obtain, upload and renew. Exactly one source each for chain and key. */
export interface SelfManagedCertificate {
  /** Domains to use it for, all covered by it: `api.example.com`, `*.example.com`; literals. */
  readonly domains: string[];
  /**
   * The chain in PEM format, the domains' certificate first: a text or a reference.
   * @default certificateSecret
   */
  readonly certificatePem?: string;
  /** The chain in Secret Manager. @default certificatePem */
  readonly certificateSecret?: ISecret;
  /**
   * The private key in PEM format, as a reference: a sensitive `TerraformVariable`, or
   * `Fn.file(…)`. Literals are refused. @default privateKeySecret
   */
  readonly privateKeyPem?: string;
  /** The private key in Secret Manager. @default privateKeyPem */
  readonly privateKeySecret?: ISecret;
}

export interface SelfManagedCertificatesProps extends ProviderOptions {
  readonly certificates: SelfManagedCertificate[];
}

/** Length of the hash that Terraform computes, after the readable part of a name and a hyphen. */
const HASH_LENGTH = 8;
const NAME = { ...COMPUTE_NAME, maxLength: COMPUTE_NAME.maxLength - HASH_LENGTH - 1 };

/**
 * A certificate map with your own certificates: one in Certificate Manager for each, and one map
 * entry per domain.
 *
 * A renewed certificate takes over without a gap: Terraform creates it, updates the entries, and
 * deletes the old one. Its name contains a hash of chain and key, computed by Terraform, which
 * alone knows the values. (Provider 6.50.0 replaces a certificate whose PEM data change, 7.45.0
 * could change it in place; tried 2026-11-22.)
 *
 * The private keys are in the Terraform state, marked as sensitive: only those who may have the
 * keys may have access to it. Nothing renews these certificates; watch their expiry.
 */
@checked
export class SelfManagedCertificates extends Construct {
  public readonly map: CertificateManagerCertificateMap;
  public readonly entries: CertificateManagerCertificateMapEntry[] = [];
  public readonly certificates: CertificateManagerCertificate[] = [];

  public constructor(scope: Construct, id: string, props: SelfManagedCertificatesProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const all = domainsOfCertificates(this, props.certificates);
    this.map = createCertificateMap(this);
    for (const certificate of props.certificates) {
      const domains = all.splice(0, certificate.domains.length);
      this.addCertificate(domains, certificate);
    }
  }

  private addCertificate(domains: readonly string[], given: SelfManagedCertificate): void {
    const certificate = createSelfManaged(this, domains, given);
    this.certificates.push(certificate);
    for (const domain of domains) this.entries.push(createMapEntry(this, this.map, domain, certificate.id));
  }
}

/**
 * The certificate of one chain and key, below the construct of its first domain.
 *
 * @param location A region; global if it is left out.
 */
export function createSelfManaged(
  owner: Construct,
  domains: readonly string[],
  given: SelfManagedCertificate,
  location?: string,
): CertificateManagerCertificate {
  const scope = domainScope(owner, domains[0]!);
  const what = `certificate of ${domains[0]}`;
  checkChain(owner, what, domains, given);
  checkKey(owner, what, given);
  const chain = given.certificatePem ?? secretValue(scope, "Chain", given.certificateSecret!);
  const key = given.privateKeyPem ?? secretValue(scope, "PrivateKey", given.privateKeySecret!);
  const hash = Fn.substr(Fn.sha256(Fn.join(" ", [hashable(chain), hashable(key)])), 0, HASH_LENGTH);
  return new CertificateManagerCertificate(scope, "Certificate", {
    name: `${generatedName(scope, NAME, location === undefined ? ["self-managed"] : ["self-managed", location])}-${hash}`,
    location,
    selfManaged: { pemCertificate: chain, pemPrivateKey: key },
    lifecycle: { createBeforeDestroy: true },
    dependsOn: ProjectServices.of(owner).require("certificatemanager.googleapis.com"),
  });
}

/** The domains of all certificates in order, as `normalDomains` writes them; each once. */
export function domainsOfCertificates(
  where: IConstruct,
  certificates: readonly { readonly domains: string[] }[],
): string[] {
  const without = certificates.find(({ domains }) => domains.length === 0);
  if (without) {
    throw new ValidationError(where, {
      what: "domains",
      got: [],
      allowed: "at least one domain for each certificate",
      fix: "name the domains that the certificate is for",
    });
  }
  return normalDomains(
    where,
    certificates.flatMap(({ domains }) => domains),
  );
}

/** A literal is in the configuration already; its hash is enough for the name. */
function hashable(value: string): string {
  return Token.isUnresolved(value) ? value : createHash("sha256").update(value).digest("hex");
}

function checkChain(
  where: IConstruct,
  what: string,
  domains: readonly string[],
  { certificatePem: pem, certificateSecret: secret }: SelfManagedCertificate,
): void {
  const refuse = (got: string, allowed: string, fix: string): never => {
    throw new ValidationError(where, { what, got, allowed, fix });
  };
  if ((pem === undefined) === (secret === undefined)) {
    refuse(
      pem === undefined ? "no chain" : "a chain twice",
      "certificatePem or certificateSecret",
      "give one of the two",
    );
  }
  if (pem === undefined || Token.isUnresolved(pem)) return;
  if (/PRIVATE KEY/.test(pem)) {
    refuse(
      "a chain with a private key in it",
      "certificates only",
      "remove the key and pass it as privateKeySecret or privateKeyPem",
    );
  }
  let leaf: X509Certificate | undefined;
  try {
    leaf = new X509Certificate(pem);
  } catch {
    refuse(
      "no certificate",
      "a chain in PEM format: -----BEGIN CERTIFICATE-----",
      "pass the file's content, not its path",
    );
  }
  // A wildcard covers exactly the names one level below it, so any of them will do.
  const missing = domains.find((domain) => !leaf!.checkHost(domain.replace(/^\*\./, "any-name-below.")));
  if (missing !== undefined) {
    refuse(
      `${missing}, with a certificate for ${leaf!.subjectAltName ?? "no name"}`,
      "domains that the first certificate of the chain covers",
      "name other domains, put the domains' own certificate first, or have one issued that covers them",
    );
  }
}

function checkKey(
  where: IConstruct,
  what: string,
  { privateKeyPem: pem, privateKeySecret: secret }: SelfManagedCertificate,
): void {
  const given = [pem, secret].filter((each) => each !== undefined).length;
  if (given === 1 && (pem === undefined || Token.isUnresolved(pem))) return;
  throw new ValidationError(where, {
    what,
    // The message must not contain the key.
    got: given === 1 ? "a private key as literal" : given === 0 ? "no private key" : "a private key twice",
    allowed: "privateKeySecret, or a reference as privateKeyPem",
    fix:
      given === 1
        ? "keep the key in Secret Manager and pass privateKeySecret, or pass a sensitive TerraformVariable's stringValue: a literal would be in the synthesized JSON"
        : "give one of the two",
  });
}
