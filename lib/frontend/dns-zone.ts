import { DnsManagedZone } from "@cdktf/provider-google/lib/dns-managed-zone";
import { Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkPattern } from "../core/checks";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, chosenName, type NameRule } from "../core/naming";
import { RemovalPolicy } from "../core/removal-policy";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";
import { normalHost } from "../routing/route-pattern";

/** A public zone of Cloud DNS, in which records can be created. */
export interface IDnsZone extends IConstruct {
  /** Its name in Cloud DNS: `example-com`. */
  readonly zoneName: string;
  /** The domain of the zone, in lower case and ASCII, with the final dot: `example.com.`. */
  readonly dnsName: string;
  /** Its project. @default the project of its provider */
  readonly projectId?: string;
}

export interface DnsZoneReferenceOptions {
  /** The zone's project; deployers need `roles/dns.admin` in it. @default the provider's project */
  readonly projectId?: string;
}

export interface DnsZoneProps extends ProviderOptions {
  /** The domain of the zone: `example.com`; a literal. Another one needs a new zone. */
  readonly dnsName: string;
  /**
   * Its name in Cloud DNS, 1 to 63 characters. Cannot be changed without a new zone.
   * @default generated from the construct path
   */
  readonly zoneName?: string;
  /**
   * Signs the responses (DNSSEC). It takes effect when the registrar, or the parent zone, has the
   * DS record. Before turning it off, remove that record and wait for its TTL: resolvers refuse
   * unsigned responses of a domain with a DS record. @default true
   */
  readonly dnssec?: boolean;
  /**
   * `DESTROY` deletes the zone with all its records, even those that others created.
   * @default RemovalPolicy.PROTECT
   */
  readonly removalPolicy?: RemovalPolicy;
}

const ZONE_NAME: NameRule = { ...COMPUTE_NAME, kind: "zoneName" };

/**
 * A public zone of Cloud DNS. It takes effect when the domain's registrar, or the parent zone,
 * lists its name servers (`nameServers`).
 *
 * Everyone depends on its name servers and keys, so it is never replaced: its name depends only on
 * the construct path, and with `PROTECT` Terraform refuses to replace or destroy it while the
 * construct exists.
 */
@checked
export class DnsZone extends Construct implements IDnsZone {
  /**
   * An existing zone.
   *
   * @param zoneName Its name in Cloud DNS (`example-com`), or a token for it.
   * @param dnsName Its domain: `example.com`; a literal, because it decides which records belong in
   * the zone.
   * @throws ValidationError for an invalid zone name or domain.
   */
  public static fromName(
    scope: Construct,
    id: string,
    zoneName: string,
    dnsName: string,
    options: DnsZoneReferenceOptions = {},
  ): IDnsZone {
    return new ImportedDnsZone(scope, id, zoneName, dnsName, options.projectId);
  }

  public readonly resource: DnsManagedZone;
  public readonly zoneName: string;
  public readonly dnsName: string;
  public readonly projectId?: string;
  /** NS records to set at the registrar or in the parent zone; known after the first deploy. */
  public readonly nameServers: string[];

  public constructor(scope: Construct, id: string, props: DnsZoneProps) {
    super(scope, id);
    useProvider(this, props.provider);
    this.dnsName = normalDnsName(this, props.dnsName);
    const isProtected = (props.removalPolicy ?? RemovalPolicy.PROTECT) === RemovalPolicy.PROTECT;
    this.resource = new DnsManagedZone(this, "Resource", {
      name: chosenName(this, ZONE_NAME, props.zoneName),
      dnsName: this.dnsName,
      visibility: "public",
      dnssecConfig: { state: (props.dnssec ?? true) ? "on" : "off" },
      // Cloud DNS does not delete a zone with records other than its own NS and SOA.
      forceDestroy: !isProtected,
      lifecycle: { preventDestroy: isProtected },
      dependsOn: ProjectServices.of(this).require("dns.googleapis.com"),
    });
    this.zoneName = this.resource.name;
    this.nameServers = this.resource.nameServers;
  }
}

class ImportedDnsZone extends Construct implements IDnsZone {
  public readonly dnsName: string;

  public constructor(
    scope: Construct,
    id: string,
    public readonly zoneName: string,
    dnsName: string,
    public readonly projectId?: string,
  ) {
    super(scope, id);
    checkPattern(
      this,
      "zoneName",
      zoneName,
      COMPUTE_NAME.pattern,
      COMPUTE_NAME.allowed,
      "pass the zone's name in Cloud DNS, not its domain: gcloud dns managed-zones list shows both",
    );
    if (
      projectId !== undefined &&
      !Token.isUnresolved(projectId) &&
      !/^[a-z][-a-z0-9:.]{4,}[a-z0-9]$/.test(projectId)
    ) {
      throw new ValidationError(this, {
        what: "projectId",
        got: projectId,
        allowed: "a project ID",
        fix: "pass the ID, not the number or the name shown to people",
      });
    }
    this.dnsName = normalDnsName(this, dnsName);
  }
}

/** Whether a domain, or the names below a wildcard, are in the zone. Ignores delegated zones. */
export function isInZone(zone: IDnsZone, domain: string): boolean {
  return `.${domain.replace(/^\*\./, "")}.`.endsWith(`.${zone.dnsName}`);
}

function normalDnsName(where: IConstruct, dnsName: string): string {
  const name = Token.isUnresolved(dnsName) ? dnsName : dnsName.replace(/\.$/, "");
  const normal = normalHost(where, "dnsName", name);
  if (normal.includes("*") || !normal.includes(".")) {
    throw new ValidationError(where, {
      what: "dnsName",
      got: dnsName,
      allowed: "a full domain name without wildcard: example.com",
      fix: "name the domain that the zone answers for",
    });
  }
  return `${normal}.`;
}
