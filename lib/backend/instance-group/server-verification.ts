import type { ComputeBackendServiceTlsSettings } from "@cdktf/provider-google/lib/compute-backend-service";
import { NetworkSecurityBackendAuthenticationConfig } from "@cdktf/provider-google/lib/network-security-backend-authentication-config";
import type { Construct } from "constructs";
import { checked } from "../../core/checked";
import { checkLiteral, checkPattern } from "../../core/checks";
import { ValidationError } from "../../core/errors";
import { COMPUTE_NAME, generatedName } from "../../core/naming";
import { ProjectServices } from "../../project/project-services";

const HOST = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The names that the machine's certificate must contain. */
export interface ServerNameOptions {
  /**
   * Host name to request (SNI). Without `subjectAltNames` the certificate must contain it.
   * @default none
   */
  readonly serverName?: string;
  /**
   * DNS names, one of them in the certificate; with `subjectAltUris` at most 5. @default serverName
   */
  readonly subjectAltNames?: string[];
  /** URIs, one of which the certificate must contain: `spiffe://…`. @default none */
  readonly subjectAltUris?: string[];
}

export interface ServerVerificationOptions extends ServerNameOptions {
  /**
   * Client certificate of the load balancer for backend mTLS, of scope CLIENT_AUTH:
   * `projects/P/locations/global/certificates/NAME`; a literal. @default none
   */
  readonly clientCertificateId?: string;
}

/**
 * Backend authenticated TLS: the load balancer verifies the machine's certificate before it sends a
 * request.
 *
 * Machines whose certificate fails get no requests, although health checks, which verify nothing,
 * still pass. So install the certificates on the machines first. It changes in place; a new trust
 * configuration creates a new authentication configuration beside the old one.
 */
@checked
export class ServerVerification {
  /**
   * Certificates of authorities that browsers trust.
   *
   * @param host Host name in the certificate, without which public roots have no effect.
   */
  public static publicRoots(host: string, options: ServerVerificationOptions = {}): ServerVerification {
    return new ServerVerification({ ...options, serverName: host }, { wellKnownRoots: "PUBLIC_ROOTS" });
  }

  /**
   * Certificates of your own authority.
   *
   * @param trustConfigId `projects/P/locations/global/trustConfigs/NAME` of Certificate Manager; a
   * literal, because a resource name contains a hash of it.
   */
  public static trustConfig(trustConfigId: string, options: ServerVerificationOptions = {}): ServerVerification {
    return new ServerVerification(options, { wellKnownRoots: "NONE", trustConfig: trustConfigId });
  }

  /**
   * An existing authentication configuration.
   *
   * @param authenticationConfigId `projects/P/locations/global/backendAuthenticationConfigs/NAME`,
   * or a token for it.
   */
  public static existing(authenticationConfigId: string, options: ServerNameOptions = {}): ServerVerification {
    return new ServerVerification(options, undefined, authenticationConfigId);
  }

  private constructor(
    private readonly options: ServerVerificationOptions,
    private readonly roots?: { readonly wellKnownRoots: string; readonly trustConfig?: string },
    private readonly existingId?: string,
  ) {}

  /** The new authentication configuration, if one is needed. @internal */
  public _createConfig(where: Construct): NetworkSecurityBackendAuthenticationConfig | undefined {
    if (!this.roots) return undefined;
    const { wellKnownRoots, trustConfig } = this.roots;
    const { clientCertificateId: clientCertificate } = this.options;
    checkLiteral(where, "trustConfigId", trustConfig);
    checkLiteral(where, "clientCertificateId", clientCertificate);
    checkId(where, "trustConfigId", trustConfig, "trustConfigs");
    checkId(where, "clientCertificateId", clientCertificate, "certificates");
    return new NetworkSecurityBackendAuthenticationConfig(where, "AuthenticationConfig", {
      name: generatedName(where, COMPUTE_NAME, ["authentication", trustConfig ?? "", clientCertificate ?? ""]),
      location: "global",
      wellKnownRoots,
      trustConfig,
      clientCertificate,
      lifecycle: { createBeforeDestroy: true },
      dependsOn: ProjectServices.of(where).require("networksecurity.googleapis.com"),
    });
  }

  /** @internal */
  public _render(
    where: Construct,
    config: NetworkSecurityBackendAuthenticationConfig | undefined,
  ): ComputeBackendServiceTlsSettings {
    const { serverName, subjectAltNames = [], subjectAltUris = [] } = this.options;
    checkId(where, "authenticationConfigId", this.existingId, "backendAuthenticationConfigs");
    for (const host of serverName === undefined ? subjectAltNames : [serverName, ...subjectAltNames]) {
      checkPattern(where, "server name", host, HOST, "a host name in lower case", "give the name in the certificate");
    }
    const count = subjectAltNames.length + subjectAltUris.length;
    if (count > 5) {
      throw new ValidationError(where, {
        what: "subjectAltNames",
        got: `${count} names and URIs`,
        allowed: "at most 5 together",
        fix: "give all machines a name in common",
      });
    }
    const names = [
      ...subjectAltNames.map((dnsName) => ({ dnsName })),
      ...subjectAltUris.map((uniformResourceIdentifier) => ({ uniformResourceIdentifier })),
    ];
    return {
      authenticationConfig: `//networksecurity.googleapis.com/${this.existingId ?? config!.id}`,
      sni: serverName,
      subjectAltNames: names.length > 0 ? names : undefined,
    };
  }
}

function checkId(where: Construct, what: string, id: string | undefined, collection: string): void {
  checkPattern(
    where,
    what,
    id,
    new RegExp(`^projects/[^/]+/locations/global/${collection}/[^/]+$`),
    `projects/P/locations/global/${collection}/NAME`,
    "pass the resource name, without //…googleapis.com/ in front",
  );
}
